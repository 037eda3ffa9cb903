"""The private server of a user who names no Redis: started when it is needed, once, the same from everywhere."""

import os
import pwd
import unittest

from local.case import NOTICE, OTHER, OTHERS_FOLDER, SEM, LocalServerTest
from support.machine import TOOL


class FirstUse(LocalServerTest):
    def test_it_starts_on_first_use_with_one_notice_and_serves_from_then_on(self):
        self.assertStarts(self.machine.sem(command=["echo", "ran"]), "ran\n")
        first = self.server()
        self.assertSilent(self.machine.sem(command=["echo", "ran"]), 0, "ran\n")
        self.assertSilent(self.machine.run(TOOL, "bucket", "run", "--name", "x", "--rate", "1/1h", "--", "true"))
        self.assertEqual(self.server(), first)

    def test_a_bucket_starts_it_too(self):
        self.assertStarts(self.machine.run(TOOL, "bucket", "run", "--name", "x", "--rate", "1/1h", "--", "true"))

    def test_quiet_hides_the_notice(self):
        self.assertSilent(self.machine.sem("-q"))
        self.server()

    def test_limits_hold_between_its_users(self):
        for code in (0, 75):
            result = self.machine.run(TOOL, "-q", "bucket", "run", "--name", "x", "--rate", "1/1h", "-n", "--", "true")
            self.assertEqual(result.code, code)

    def test_fifty_at_once_start_exactly_one(self):
        result = self.machine.run("sh", "-c", f"seq 50 | xargs -P 50 -I{{}} {' '.join(SEM)} -- echo {{}}")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(sorted(map(int, result.out.split())), list(range(1, 51)))
        self.assertRegex(result.err, NOTICE)
        self.server()

    def test_it_needs_no_more_environment_than_cron_has(self):
        self.assertStarts(self.machine.run("env", "-i", "PATH=/usr/bin:/bin", *SEM, "--", "true"))

    def test_it_needs_no_environment_at_all(self):
        self.assertStarts(self.machine.run("env", "-i", *SEM, "--", "true"))

    def test_an_odd_environment_changes_nothing(self):
        self.assertStarts(self.machine.sem(env={"XDG_RUNTIME_DIR": "/tmp", "TMPDIR": "/nowhere", "HOME": "/nowhere",
                                                "PATH": "/usr/bin", "LC_ALL": "xx_XX"}))
        self.assertSilent(self.machine.sem())

    def test_a_strict_umask_does_not_lock_its_user_out(self):
        self.need_root()  # for a user whom modes concern
        result = self.machine.run("sh", "-c", f"umask 777; exec {' '.join(SEM)} -- echo ran", uid=OTHER)
        self.assertEqual((result.code, result.out), (0, "ran\n"), result.err)

    def test_help_and_a_mistake_do_not_start_it(self):
        self.machine.run(TOOL, "--help")
        self.assertEqual(self.machine.sem("-j", "0").code, 64)
        self.assertEqual(self.machine.sem(command=["no-such-program"]).code, 127)
        self.assertEqual(self.machine.servers(), [])

    def test_it_does_not_stand_in_for_a_named_server_that_is_down(self):
        for how in ({"env": {"LIMITERS_REDIS": "unix:///run/nothing"}}, {}):
            options = [] if how else ["--redis", "unix:///run/nothing"]
            self.assertEqual(self.machine.sem(*options, "--redis-timeout", "50ms", **how).code, 69)
        self.assertEqual(self.machine.servers(), [])

    def test_another_user_has_another_one(self):
        self.need_root()
        self.machine.sem()
        for expected in (rf"started a private server at unix://{OTHERS_FOLDER}/redis\.sock", r"\A\Z"):
            result = self.machine.sem(uid=OTHER, command=["id", "-u"])
            self.assertEqual((result.code, result.out), (0, f"{OTHER}\n"), result.err)
            self.assertRegex(result.err, expected)
        self.assertEqual(len(self.machine.servers()), 2)
        folder = os.stat(self.machine.path(OTHERS_FOLDER))
        self.assertEqual((folder.st_uid, folder.st_mode & 0o7777), (OTHER, 0o700))

    def test_every_way_to_become_a_user_leads_to_the_same_one(self):
        self.need_root()
        words = " ".join(SEM) + " -- true"
        user, uid = "daemon", pwd.getpwnam("daemon").pw_uid  # its home is a folder that is there
        self.machine.sem(uid=uid)
        server = self.server()
        who = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
        scope = {"XDG_RUNTIME_DIR": "/run/user/1", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1/bus", "HOME": "/nowhere"}
        for name, command, env in (
                ("login shell", ["su", "--login", "--shell", "/bin/sh", "--command", words, user], scope),
                ("terminal session", [*who, "sh", "-lc", words], scope),
                ("cron", [*who, "env", "-i", "PATH=/usr/bin:/bin", f"LOGNAME={user}", "sh", "-c", words], {}),
                ("sudo -u", ["sudo", "-u", user, *SEM, "--", "true"], {"HOME": "/root"}),
                ("unit", [*who, "--no-new-privs", "--bounding-set=-all", "setsid", *SEM, "--", "true"],
                 {"INVOCATION_ID": "1", "RUNTIME_DIRECTORY": "/run/unit", "STATE_DIRECTORY": "/var/lib/unit", "HOME": None})):
            with self.subTest(name):
                self.assertSilent(self.machine.run(*command, env=env))
                self.assertEqual(self.server(), server)


if __name__ == "__main__":
    unittest.main()
