"""limiters-server.service: one server for all users of a host who are in its group, as limiters(7) says to start it."""

import re
import unittest

from support.booted import Booted
from support.tree import ROOT, text
from support.wait import eventually

TIMEOUT = 1800
PATIENCE = 60
SOCKET = "/run/limiters-shared/redis.sock"
BUCKET = "limiters bucket run --name x --rate 1/1h -n -- echo ran"
ROOTS = ["env", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
UNIT = ROOT / "packaging" / "limiters-server.service"


def lines_of_the_manual():
    found = re.search(r"^\.Ss One server for a host$.*?^\.Bd .*?\n(.*?)^\.Ed$", text("man/limiters.7"), re.DOTALL | re.MULTILINE)
    return found[1]


class SharedServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = Booted()
        cls.addClassCleanup(cls.machine.close)
        cls.machine.path("/usr/lib/systemd/system/limiters-server.service").write_bytes(UNIT.read_bytes())
        cls.machine.run("systemctl", "daemon-reload")
        cls.machine.run(*ROOTS, "useradd", "--create-home", "--shell", "/bin/bash", "bob")
        cls.before = cls.machine.run("systemctl", "is-enabled", "limiters-server").out
        cls.done = cls.machine.run(*ROOTS, "sh", "-ec", lines_of_the_manual())
        cls.machine.run(*ROOTS, "usermod", "--append", "--groups", "limiters", "bob")

    def as_user(self, name, command):
        return self.machine.run("su", "--login", name, "--command", command)

    def test_it_is_off_until_it_is_asked_for_and_the_lines_of_the_manual_start_it(self):
        self.assertEqual(self.before, "disabled\n")
        self.assertEqual(self.done.code, 0, self.done.err)
        self.assertEqual(self.machine.run("systemctl", "is-active", "limiters-server").out, "active\n")

    def test_two_users_a_unit_and_root_share_one_limit(self):
        results = [self.as_user("alice", BUCKET), self.as_user("bob", BUCKET), self.machine.run("sh", "-c", BUCKET),
                   self.machine.unit(*BUCKET.split(), properties=["User=alice", "PrivateTmp=yes", "ProtectSystem=strict"])]
        self.assertEqual([result.code for result in results], [0, 75, 75, 75], results)

    def test_who_is_not_in_the_group_gets_an_error(self):
        self.machine.run(*ROOTS, "useradd", "--create-home", "--shell", "/bin/bash", "eve")
        result = self.as_user("eve", BUCKET)
        self.assertEqual((result.code, result.out), (69, ""))
        self.assertIn("Permission denied", result.err)

    def test_it_has_no_port_and_runs_as_nobody_in_particular(self):
        pid = self.machine.run("systemctl", "show", "-p", "MainPID", "--value", "limiters-server").out.strip()
        status = self.machine.run("cat", f"/proc/{pid}/status").out
        self.assertNotRegex(status, r"Uid:\t(0|1000)\t")
        self.assertRegex(status, r"CapEff:\t0+\n")
        self.assertRegex(status, r"NoNewPrivs:\t1\n")
        self.assertEqual(self.machine.run("cat", f"/proc/{pid}/net/tcp").out.count("\n"), 1)

    def test_after_a_crash_it_is_back_and_a_holder_keeps_its_slot(self):
        hold = "limiters sem run --name held -j 1 --expiry 3s -- sh -c 'touch /tmp/held; exec sleep 1000'"
        self.machine.run("systemd-run", "--unit=test-holder", "--uid=alice", "sh", "-c", hold)
        eventually(self.machine.path("/tmp/held").exists, PATIENCE, "the holder")
        self.machine.run("systemctl", "kill", "--signal=KILL", "limiters-server")
        asked = "limiters sem run --name held -j 1 -w 20s -- true"
        self.assertEqual(self.as_user("bob", asked).code, 75)
        self.machine.run("systemctl", "stop", "test-holder")
        self.assertEqual(self.as_user("bob", asked).code, 0)

    def test_the_notice_and_doctor_name_it_to_those_who_have_no_redis_named(self):
        for command in ("limiters --config /dev/null bucket run --name n --rate 1/s -- true", "limiters --config /dev/null doctor"):
            result = self.as_user("bob", command)
            self.assertIn("'One server for a host' in limiters(7)", result.out + result.err)

    def test_systemd_finds_little_to_say_of_its_exposure(self):
        exposure = self.machine.run("systemd-analyze", "security", "--no-pager", "limiters-server").out.splitlines()[-1]
        self.assertLess(float(re.search(r": (\d+\.\d)", exposure)[1]), 1.5, exposure)


if __name__ == "__main__":
    unittest.main()
