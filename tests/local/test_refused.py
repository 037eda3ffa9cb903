"""A folder that is not safe, a server that is not installed or does not come up: a line that says so, and no server."""

import os
import pathlib
import signal
import socket
import unittest

from local.case import OTHER, OTHERS_FOLDER, PATIENCE, SEM, LocalServerTest
from support.machine import TOOL
from support.server import find_server
from support.wait import eventually

SEARCHED = ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/snap/bin")
PROGRAMS = {"PATH": "/run/programs:/usr/bin:/bin"}
HANGS = "#!/bin/sh\nsleep 1000\nexit\n"  # a server program that never comes up, and has a child
NAMES = ("redis-server", "valkey-server", "redis-check-rdb", "valkey-check-rdb")


class Refused(LocalServerTest):
    def assertRefused(self, result, code, *parts):
        super().assertRefused(result, code, *parts)
        self.assertEqual(self.machine.servers(), [])

    # The folder.

    def test_a_folder_that_others_may_enter_is_refused(self):
        for mode in (0o755, 0o750, 0o701, 0o707, 0o777, 0o1777):
            with self.subTest(oct(mode)):
                self.machine.run("mkdir", "-p", "/run/limiters")
                self.machine.run("chmod", f"{mode:o}", "/run/limiters")
                self.assertRefused(self.machine.sem(), 71, "/run/limiters", "0700")

    def test_a_folder_of_another_user_is_refused(self):
        self.need_root()
        self.machine.run("mkdir", "/run/limiters", OTHERS_FOLDER)
        self.machine.run("chown", str(OTHER), "/run/limiters")
        for mode in ("700", "755"):  # the latter can be opened, too
            with self.subTest(mode):
                self.machine.run("chmod", mode, "/run/limiters", OTHERS_FOLDER)
                self.assertRefused(self.machine.sem(), 71, "/run/limiters")
                self.assertRefused(self.machine.sem(uid=OTHER), 71, OTHERS_FOLDER)

    def test_a_server_in_a_folder_of_another_user_is_never_spoken_to(self):
        # Someone who made the folder first and listens there could grant and refuse at will.
        self.need_root()
        folder = self.machine.path(OTHERS_FOLDER)
        folder.mkdir()
        folder.chmod(0o755)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/redis.sock")
            os.chmod(f"{folder}/redis.sock", 0o777)
            listener.listen()
            listener.setblocking(False)
            self.assertRefused(self.machine.sem(uid=OTHER), 71, OTHERS_FOLDER)
            for command in (["status"], ["reset", "sem", "x", "-y"], ["server", "status"], ["server", "stop"],
                            ["server", "start"]):
                self.assertRefused(self.machine.run(TOOL, *command, uid=OTHER), 71, OTHERS_FOLDER)
            self.assertRaises(BlockingIOError, listener.accept)

    def test_a_link_in_the_place_of_the_folder_is_refused(self):
        # Even to a folder of one's own.
        self.machine.run("mkdir", "-m", "700", "/run/elsewhere")
        for target in ("/run/elsewhere", "/run/nowhere", "limiters"):
            self.machine.run("ln", "-sfn", target, "/run/limiters")
            self.assertRefused(self.machine.sem(), 71, "/run/limiters")
        self.assertEqual(list(self.machine.path("/run/elsewhere").iterdir()), [])

    def test_a_file_in_the_place_of_the_folder_is_refused(self):
        self.machine.run("touch", "/run/limiters")
        self.assertRefused(self.machine.sem(), 71, "/run/limiters")

    def test_a_folder_that_cannot_be_made_is_refused_with_a_way_out(self):
        self.machine.run("mount", "-o", "remount,ro", "/run")
        self.assertRefused(self.machine.sem(), 71, "cannot make /run/limiters", "Read-only", "--redis")

    def test_a_place_where_this_user_may_make_nothing_is_refused_with_a_way_out(self):
        self.need_root()
        self.machine.path("/tmp").chmod(0o755)
        self.assertRefused(self.machine.sem(uid=OTHER), 71, f"cannot make {OTHERS_FOLDER}", "Permission denied", "--redis")

    def test_a_folder_that_cannot_be_written_to_any_more_is_refused(self):
        self.machine.run("mkdir", "-m", "700", "/run/limiters")
        self.machine.run("mount", "-o", "remount,ro", "/run")
        self.assertRefused(self.machine.sem(), 71, "/run/limiters", "Read-only", "--redis")

    # The server.

    def test_without_a_server_program_the_package_is_named(self):
        self.mask_servers()
        self.assertRefused(self.machine.sem(), 69, "--redis", "redis-tools", "valkey-tools")
        self.assertRefused(self.machine.run("env", "-i", "PATH=", *SEM, "--", "/bin/true"), 69, "redis-tools")

    def test_without_a_server_program_a_limit_may_still_be_ignored(self):
        self.mask_servers()
        result = self.machine.sem("--on-unavailable", "run", command=["echo", "ran"])
        self.assertEqual((result.code, result.out), (0, "ran\n"), result.err)
        self.assertOneLine(result.err, "warning: ")

    def test_a_server_program_is_found_under_each_of_its_names(self):
        real = find_server()
        for name in NAMES:
            with self.subTest(name):
                self.machine.run("mkdir", "-p", "/run/programs")
                self.machine.run("ln", "-sfn", os.path.realpath(real), f"/run/programs/{name}")
                self.mask_servers()
                # The masked ones are still links to nothing that runs; this one is not.
                result = self.machine.sem(env=PROGRAMS)
                self.assertEqual(result.code, 69 if os.path.realpath(real) in self.masked else 0, result.err)

    def test_a_server_that_does_not_come_up_is_not_waited_for_longer_than_the_timeout(self):
        for script in ("#!/bin/sh\nexit 1\n", "#!/bin/sh\nexec sleep 1000\n"):
            self.put_program(script)
            result = self.machine.sem("--redis-timeout", "200ms", env=PROGRAMS)
            self.assertRefused(result, 69, "/run/programs/redis-server", "did not come up")

    def test_a_server_that_does_not_come_up_is_ended(self):
        self.put_program(HANGS)
        result = self.machine.sem("--redis-timeout", "200ms", env=PROGRAMS)
        super().assertRefused(result, 69, "did not come up")
        eventually(lambda: not self.hanging(), PATIENCE, "the end of the server and its child")

    def test_a_server_is_ended_if_its_starter_was_killed_before_it_came_up(self):
        self.put_program(HANGS)
        with self.machine.start(*SEM, "--redis-timeout", "1h", "--", "true", env=PROGRAMS) as starter:
            eventually(lambda: len(self.hanging()) == 2, PATIENCE, "the server and its child")
            [limiters] = starter.children()
            os.kill(limiters, signal.SIGKILL)
            eventually(lambda: not self.hanging(), PATIENCE, "the end of both")

    def test_a_server_program_that_cannot_be_executed_is_named(self):
        self.put_program("#!/no/such/interpreter\n")
        self.assertRefused(self.machine.sem(env=PROGRAMS), 71, "/run/programs/redis-server")

    def put_program(self, script):
        self.machine.run("mkdir", "-p", "/run/programs")
        program = self.machine.path("/run/programs/redis-server")
        program.write_text(script)
        program.chmod(0o755)

    def hanging(self):
        return self.machine.servers() + self.machine.processes("sleep\0")

    def mask_servers(self):
        """No server program can be executed on the machine."""
        self.masked = {os.path.realpath(path) for folder in SEARCHED for name in NAMES
                       if (path := pathlib.Path(folder, name)).exists()}
        self.assertTrue(self.masked)
        for path in self.masked:
            self.assertEqual(self.machine.run("mount", "--bind", "/dev/null", path).code, 0)


if __name__ == "__main__":
    unittest.main()
