"""Who starts the local server from a systemd unit: control groups and mounts are real, systemd's programs are stand-ins.

tests/long/test_systemd.py has a systemd."""

import os
import pathlib
import random
import unittest

from local.case import OTHER, OTHERS_FOLDER, PATIENCE, LocalServerTest
from support.machine import TOOL
from support.wait import eventually

BUCKET = [TOOL, "bucket", "run", "--name", "x", "--rate", "1/1h", "-n", "--", "echo", "ran"]
PROGRAMS = {"PATH": "/run/programs:/usr/bin:/bin"}
# Runs its command in the control group of the new unit, as the manager would.
SYSTEMD_RUN = """#!/bin/sh
for word; do printf '%s\\n' "$word"; done >>/run/programs/asked
for word; do case $word in --unit=*) unit={base}/${{word#--unit=}} ;; esac; done
mkdir "$unit" && echo $$ >"$unit/cgroup.procs"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""


def unified():
    """Where control groups of version 2 are mounted."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return pathlib.Path(place)
    return None


class Units(LocalServerTest):
    def setUp(self):
        self.need_root()
        if not (root := unified()) or not os.access(root, os.W_OK):
            self.skipTest("needs control groups that can be written to")
        self.base = root / f"limiters-test-{random.randrange(10**9)}"
        try:
            self.base.mkdir()
        except OSError as e:
            self.skipTest(f"needs control groups that can be written to: {e}")
        self.addCleanup(self.remove_groups)  # after the machine's end
        super().setUp()

    def remove_groups(self):
        for group in [*(g for g in self.base.iterdir() if g.is_dir()), self.base]:
            eventually(lambda: not (group / "cgroup.procs").read_text(), PATIENCE, f"the end of {group}")
            group.rmdir()

    def in_unit(self, unit, *command, uid=None, **more):
        """Run it in a control group of this name."""
        group = self.base / unit
        group.mkdir(exist_ok=True)
        as_other = ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--"] if uid else []
        return self.machine.run("sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', group, *as_other, *command, **more)

    def end(self, unit):
        """What the end of a unit does."""
        group = self.base / unit
        (group / "cgroup.kill").write_text("1")
        eventually(lambda: not (group / "cgroup.procs").read_text(), PATIENCE, f"the end of {unit}")

    def put_program(self, name, text):
        self.machine.run("mkdir", "-p", "/run/programs")
        path = self.machine.path(f"/run/programs/{name}")
        path.write_text(text)
        path.chmod(0o755)

    def put_manager(self):
        self.put_program("systemd-run", SYSTEMD_RUN.format(base=self.base))

    def asked(self):
        path = self.machine.path("/run/programs/asked")
        return path.read_text().splitlines() if path.exists() else []

    def assertStartsNothing(self, result, *parts):
        self.assertRefused(result, 69, *parts)
        self.assertEqual(self.machine.servers(), [])

    def test_a_limit_outlives_the_unit_whose_call_started_the_server(self):
        self.put_manager()
        for unit, code in (("a.service", 0), ("b.service", 75), ("c.service", 75)):
            result = self.in_unit(unit, *BUCKET, env=PROGRAMS)
            self.assertEqual(result.code, code, result.err)
            self.end(unit)
        self.server()

    def test_the_unit_is_told_and_systemd_run_is_asked_once_for_what_cannot_outlive_its_start(self):
        self.put_manager()
        result = self.in_unit("a.service", *BUCKET, env=PROGRAMS)
        asked = self.asked()
        [unit] = [word.removeprefix("--unit=") for word in asked if word.startswith("--unit=")]
        self.assertRegex(unit, r"\Alimiters-server-[0-9a-f]{8}\.service\Z")
        self.assertOneLine(result.err, "started a private server", f"in the unit {unit}", "two users share nothing")
        self.assertLessEqual({"--collect", "--service-type=forking", f"--setenv=PATH={PROGRAMS['PATH']}"}, set(asked))
        self.assertNotIn("--user", asked)
        [limit] = [word for word in asked if word.startswith("--property=TimeoutStartSec=")]
        self.assertRegex(limit, r"=[1-4]\d{3}ms\Z")  # what is left of --redis-timeout, 5 s
        self.assertEqual(asked[asked.index("--") + 1:][:1] + asked[-2:], [TOOL, "server", "start"])

    def test_without_a_manager_nothing_is_started_and_the_ways_out_are_told(self):
        self.assertStartsNothing(self.in_unit("a.service", *BUCKET), "a.service", "systemd-run", "--redis")

    def test_a_user_without_a_manager_is_told_what_helps(self):
        self.put_manager()
        result = self.in_unit("a.service", *BUCKET, uid=OTHER, env=PROGRAMS)
        self.assertStartsNothing(result, "a.service", f"user {OTHER}", "enable-linger", "--redis", "limiters server start")
        self.assertEqual(self.asked(), [])

    def test_a_limit_may_still_be_ignored(self):
        result = self.in_unit("a.service", TOOL, "sem", "run", "--name", "x", "-j", "1", "--on-unavailable", "run", "--",
                              "echo", "ran")
        self.assertEqual((result.code, result.out), (0, "ran\n"), result.err)
        self.assertOneLine(result.err, "warning: ", "a.service")

    def test_a_server_that_runs_is_used_from_any_unit(self):
        self.machine.sem()
        self.assertSilent(self.in_unit("a.service", *BUCKET), 0, "ran\n")

    def test_a_unit_that_leaves_alone_what_it_started_needs_none_for_the_server(self):
        for mode in ("process", "none"):
            with self.subTest(mode):
                self.put_program("systemctl", f'#!/bin/sh\n[ "$*" = "show --property=KillMode -- cron.service" ] && '
                                              f'echo KillMode={mode}\n')
                self.assertStarts(self.in_unit("cron.service", *BUCKET, env=PROGRAMS), "ran\n")
                self.machine.kill_servers()

    def test_a_unit_of_another_mode_needs_one(self):
        for mode in ("control-group", "mixed", ""):
            with self.subTest(mode):
                self.put_program("systemctl", f"#!/bin/sh\necho KillMode={mode}\n")
                self.assertStartsNothing(self.in_unit("cron.service", *BUCKET, env=PROGRAMS), "cron.service")

    def test_a_login_session_needs_one_if_its_end_kills_the_processes_of_its_user(self):
        self.put_program("loginctl", "#!/bin/sh\necho KillUserProcesses=yes\n")
        self.assertStartsNothing(self.in_unit("session-3.scope", *BUCKET, env=PROGRAMS), "session-3.scope")
        self.put_program("loginctl", "#!/bin/sh\necho KillUserProcesses=no\n")
        self.assertStarts(self.in_unit("session-3.scope", *BUCKET, env=PROGRAMS), "ran\n")

    def test_a_variable_that_was_inherited_from_a_unit_means_nothing(self):
        self.assertStarts(self.machine.run(*BUCKET, env={"INVOCATION_ID": "0" * 32}), "ran\n")

    def test_in_a_private_tmp_nothing_is_started(self):
        private = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /tmp; exec setpriv --reuid 65534 --regid 65534 "
                   '--clear-groups -- "$@"', "sh"]
        for words in (BUCKET, [TOOL, "server", "start"], [TOOL, "status"], [TOOL, "server", "status"]):
            self.assertStartsNothing(self.machine.run(*private, *words), OTHERS_FOLDER, "PrivateTmp", "--redis")

    def test_the_own_mounts_of_a_program_are_no_harm_if_the_folder_is_the_same(self):
        self.machine.sem(uid=OTHER)
        own = ["unshare", "--mount", "setpriv", "--reuid", OTHER, "--regid", OTHER, "--clear-groups", "--"]
        self.assertSilent(self.machine.run(*own, *BUCKET), 0, "ran\n")
        self.machine.kill_servers()
        result = self.machine.run(*own, *BUCKET)
        self.assertEqual((result.code, result.out), (0, "ran\n"), result.err)


if __name__ == "__main__":
    unittest.main()
