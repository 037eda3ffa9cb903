"""The private local server under a real systemd: its limits hold for all units of a user, or the caller is told."""

import unittest

from support.booted import ALICE, Booted
from support.wait import eventually

TIMEOUT = 1800
PATIENCE = 60
LIMITERS = "limiters"
BUCKET = [LIMITERS, "bucket", "run", "--name", "x", "--rate", "1/1h", "-n", "--", "echo", "ran"]
AS_ALICE = f"User={ALICE}"
ROOTS, ALICES = "/run/limiters", f"/tmp/limiters-{ALICE}"
OWN_UNIT = r"limiters-server-[0-9a-f]{8}\.service"


class Systemd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = Booted()
        cls.addClassCleanup(cls.machine.close)

    def setUp(self):
        self.machine.run("sh", "-c", "systemctl stop 'limiters-server-*' 'test-*'; loginctl disable-linger alice; "
                                     "loginctl terminate-user alice; pkill -9 -u alice sleep; pkill -9 redis-")
        eventually(lambda: not self.machine.path(f"/run/user/{ALICE}").exists() and not self.servers(), PATIENCE,
                   "the end of all that was")
        self.machine.run("rm", "-rf", ROOTS, ALICES)

    def linger(self):
        self.machine.run("loginctl", "enable-linger", "alice")
        self.wait_for_manager()

    def wait_for_manager(self):
        eventually(lambda: self.machine.path(f"/run/user/{ALICE}/bus").exists(), PATIENCE, "alice's manager")

    def servers(self):
        return self.machine.run("pgrep", "-f", "redis.sock").out.split()

    def assertHolds(self, *kinds):
        """One limit for callers of these kinds, who ask one after the other: the first alone gets its token."""
        results = [self.machine.unit(*BUCKET, **kind) for kind in kinds]
        self.assertEqual([r.code for r in results], [0] + [75] * (len(kinds) - 1), results)
        self.assertEqual(len(self.servers()), 1)
        return results[0].err

    def assertStartsNothing(self, result, *parts):
        self.assertEqual((result.code, result.out), (69, ""), result)
        for part in parts:
            self.assertIn(part, result.err)
        self.assertEqual(self.servers(), [])

    # As root.

    def test_three_units_in_a_row_share_one_limit(self):
        told = self.assertHolds({}, {}, {})
        self.assertRegex(told, rf"started a private server at \S+, in the unit {OWN_UNIT}: .*two users share nothing")

    def test_fifty_units_at_once_share_one_server(self):
        words = " ".join(self.machine.unit_words())
        result = self.machine.run("sh", "-c", f"seq 50 | xargs -P 50 -I{{}} {words} --wait --pipe -- {' '.join(BUCKET)}")
        self.assertEqual((result.out, result.err.count("started a private server")), ("ran\n", 1), result.err)
        self.assertEqual(len(self.servers()), 1)

    def test_a_job_that_a_timer_starts_runs_once_in_its_min_hold(self):
        job = [LIMITERS, "-q", "sem", "run", "--name", "x", "-j", "1", "-n", "-E", "0", "--min-hold", "1h", "--"]
        self.machine.run("rm", "-f", "/run/ticks", "/run/jobs")
        self.machine.run("systemd-run", "--unit=test-tick", "--on-active=100ms", "--on-unit-inactive=100ms",
                         "--timer-property=AccuracySec=10ms", "--property=ExecStopPost=sh -c 'echo >>/run/ticks'", "--",
                         *job, "sh", "-c", "echo >>/run/jobs")
        eventually(lambda: self.machine.path("/run/ticks").read_text().count("\n") >= 4, PATIENCE, "four ticks")
        self.machine.run("systemctl", "stop", "test-tick.timer", "test-tick.service")
        self.assertEqual(self.machine.path("/run/jobs").read_text(), "\n")

    def test_the_end_of_one_unit_frees_no_slot_of_another(self):
        for name in ("first", "second"):
            self.machine.run("systemd-run", f"--unit=test-{name}", "--", LIMITERS, "sem", "run", "--name", name, "-j", "1",
                             "--", "sh", "-c", f"echo >/run/{name}; exec sleep 1000")
            eventually(self.machine.path(f"/run/{name}").exists, PATIENCE, f"{name} to hold")
        before = self.servers()
        self.machine.run("systemctl", "stop", "test-first")
        ask = [LIMITERS, "sem", "run", "-j", "1", "-n", "--name"]
        self.assertEqual(self.machine.unit(*ask, "second", "--", "true").code, 75)
        self.assertEqual(self.machine.unit(*ask, "first", "--", "true").code, 0)
        self.assertEqual(self.servers(), before)

    def test_a_holder_in_a_unit_starts_a_killed_server_again_outside_and_keeps_its_slot(self):
        hold = [LIMITERS, "sem", "run", "--name", "x", "-j", "1", "--expiry", "3s", "--"]
        self.machine.run("systemd-run", "--unit=test-holder", "--", *hold, "sh", "-c", "echo >/run/held; exec sleep 1000")
        eventually(self.machine.path("/run/held").exists, PATIENCE, "the holder")
        [before] = self.servers()
        self.machine.run("kill", "-9", before)
        [after] = eventually(lambda: [pid for pid in self.servers() if pid != before], PATIENCE, "the next server")
        self.assertRegex(self.machine.run("cat", f"/proc/{after}/cgroup").out, rf"/{OWN_UNIT}\n")
        self.assertEqual(self.machine.unit(*hold[:-1], "-n", "--", "true").code, 75)

    def test_read_only_folders_and_a_private_tmp_are_no_harm_to_root(self):
        self.assertHolds({"properties": ["ProtectSystem=strict"]}, {}, {"properties": ["PrivateTmp=yes"]})

    def test_a_server_that_does_not_come_up_is_ended_with_its_unit(self):
        self.machine.run("sh", "-c", "mkdir -p /run/programs; printf '#!/bin/sh\\nsleep 1000\\nexit\\n' "
                                     ">/run/programs/redis-server; chmod 755 /run/programs/redis-server")
        result = self.machine.unit(LIMITERS, "--redis-timeout", "1s", *BUCKET[1:],
                                   properties=["Environment=PATH=/run/programs:/usr/bin:/bin"])
        self.assertStartsNothing(result, "systemd-run", "limiters-server-")
        self.assertEqual(self.machine.run("systemctl", "list-units", "--no-legend", "limiters-server-*").out, "")

    def test_doctor_tells_the_unit_of_the_server(self):
        self.assertRegex(self.machine.unit(LIMITERS, "-q", "doctor").out, rf"note .*two users share nothing.*\nnote .*{OWN_UNIT}")

    # As a user.

    def test_a_user_without_a_manager_gets_an_error_that_helps(self):
        result = self.machine.unit(*BUCKET, properties=[AS_ALICE])
        self.assertStartsNothing(result, "enable-linger", "--redis", "limiters server start")
        self.assertEqual(self.machine.login("limiters server start").code, 0)
        self.assertHolds({"properties": [AS_ALICE]}, {"properties": [AS_ALICE]})

    def test_units_of_both_managers_of_a_user_and_a_login_share_one_limit(self):
        self.linger()
        told = self.assertHolds({"properties": [AS_ALICE]}, {"properties": [AS_ALICE]}, {"user": True},
                                {"properties": [AS_ALICE, "ProtectSystem=strict"]})
        self.assertRegex(told, rf"in the unit {OWN_UNIT}: ")
        self.assertEqual(self.machine.login(" ".join(BUCKET)).code, 75)

    def test_units_of_a_users_own_manager_share_one_limit(self):
        self.linger()
        self.assertHolds({"user": True}, {"user": True}, {"user": True})

    def test_read_only_folders_are_no_harm_to_a_user_with_a_manager(self):
        self.linger()
        self.assertHolds({"properties": [AS_ALICE, "ProtectSystem=strict"]}, {"properties": [AS_ALICE]})

    def test_a_server_that_ends_with_the_last_session_is_told_so(self):
        with self.machine.start("su", "--login", "alice", "--command", "sleep 1000"):
            self.wait_for_manager()
            result = self.machine.unit(*BUCKET, properties=[AS_ALICE])
            self.assertEqual(result.code, 0, result.err)
            self.assertRegex(result.err, "ends with your last session unless 'loginctl enable-linger'")

    def test_the_server_of_a_login_outlives_it(self):
        # alice's manager ends with the session, and what runs in a session does not: KillUserProcesses=no.
        self.assertEqual(self.machine.login(" ".join(BUCKET)).code, 0)
        eventually(lambda: self.machine.login(" ".join(BUCKET)).code == 75, PATIENCE, "the next login")
        self.assertEqual(len(self.servers()), 1)

    def test_the_server_of_a_cron_job_outlives_it(self):
        self.assertIn("KillMode=process", self.machine.run("systemctl", "show", "-p", "KillMode", "cron").out)
        self.machine.run("sh", "-c", "printf '* * * * * /usr/local/bin/%s >>/tmp/cron.out 2>&1\\n' '"
                         + " ".join(BUCKET) + "' | crontab -u alice -")
        self.addCleanup(self.machine.run, "crontab", "-u", "alice", "-r")
        eventually(lambda: "ran\n" in self.machine.path("/tmp/cron.out").read_text(), 90, "a cron job")
        self.machine.run("systemctl", "restart", "cron")
        self.assertEqual(self.machine.login(" ".join(BUCKET)).code, 75)

    def test_a_private_tmp_is_an_error_and_never_a_second_server(self):
        self.linger()
        for properties in ([AS_ALICE, "PrivateTmp=yes"], ["DynamicUser=yes"], [AS_ALICE, "TemporaryFileSystem=/tmp:mode=1777"],
                           [AS_ALICE, "PrivateTmp=yes", "ProtectProc=invisible"],
                           [AS_ALICE, "PrivateTmp=yes", "KillMode=process"]):
            for command in (BUCKET, [LIMITERS, "status"]):
                with self.subTest(properties):
                    self.assertStartsNothing(self.machine.unit(*command, properties=properties), "PrivateTmp=", "--redis")

    def test_the_one_folder_in_a_private_tmp_is_a_way_out(self):
        self.linger()
        self.assertHolds({"properties": [AS_ALICE]},
                         {"properties": [AS_ALICE, "PrivateTmp=yes", f"BindPaths={ALICES}"]})


if __name__ == "__main__":
    unittest.main()
