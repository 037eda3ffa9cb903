"""What the local server is, and what it has not from the one who happened to start it."""

import os
import pathlib
import re
import signal
import unittest

from local.case import KEY, PATIENCE, SEM, SOCKET, LocalServerTest
from support.wait import eventually


class Process(LocalServerTest):
    def test_it_listens_on_its_socket_only_and_keeps_nothing_on_disk(self):
        self.machine.sem()
        config = {name: self.client().call("CONFIG", "GET", name)[1] for name in ("port", "save", "appendonly", "dir")}
        self.assertEqual(config, {"port": "0", "save": "", "appendonly": "no", "dir": "/run/limiters"})
        inodes = set(re.findall(r"socket:\[(\d+)\]", " ".join(self.descriptors().values())))
        for table in ("tcp", "tcp6", "udp"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                self.assertNotIn(line.split()[9], inodes)

    def test_its_folder_and_socket_are_its_users_alone(self):
        self.machine.sem()
        for path in ("/run/limiters", SOCKET):
            status = os.stat(self.machine.path(path))
            self.assertEqual((status.st_uid, status.st_mode & 0o777), (os.geteuid(), 0o700))

    def test_it_has_no_descriptor_of_the_one_who_started_it(self):
        with open("/etc/passwd") as file:
            self.machine.sem(pass_fds=[file.fileno()])
        places = self.descriptors()
        self.assertEqual([places[fd] for fd in ("0", "1", "2")], ["/dev/null"] * 3)
        for fd, place in places.items():
            if int(fd) > 2:
                self.assertRegex(place, r"\A(?:socket|pipe|anon_inode|/dev/urandom)", places)

    def test_it_does_not_keep_a_pipe_of_its_starter_open(self):
        result = self.machine.run("sh", "-c", f"{' '.join(SEM)} -- echo ran 2>&1 | cat; echo done")
        self.assertTrue(result.out.endswith("ran\ndone\n"), result)
        self.server()

    def test_it_has_a_session_of_its_own_no_terminal_and_its_folder_as_current_one(self):
        self.machine.sem()
        stat = pathlib.Path(f"/proc/{self.server()}/stat").read_text()
        parent, group, session, terminal = stat[stat.rindex(")") + 2:].split()[1:5]
        self.assertNotIn(session, (str(os.getsid(0)), str(self.server())))
        self.assertEqual(terminal, "0")
        self.assertEqual(os.readlink(f"/proc/{self.server()}/cwd"), "/run/limiters")

    def test_it_has_default_signals(self):
        self.assertStarts(self.machine.run("env", "--ignore-signal=INT,TERM,USR1", "--block-signal=TERM,USR2", *SEM, "--",
                                           "true"))
        status = pathlib.Path(f"/proc/{self.server()}/status").read_text()
        self.assertIn("SigBlk:\t0000000000000000", status)
        mask = int(re.search(r"SigIgn:\t(\w+)", status)[1], 16)
        # The server itself ignores a few: HUP, PIPE and, from 7.2, ALRM.
        ignored = {number for number in signal.Signals if mask >> number - 1 & 1}
        self.assertLessEqual(ignored, {signal.SIGHUP, signal.SIGPIPE, signal.SIGALRM})

    def test_it_outlives_the_group_of_its_starter(self):
        # In a group of its own: nsenter must live, since nobody else reaps what it brought there, and until then the
        # machine does not end.
        with self.machine.start("setsid", *SEM, "--", "sh", "-c", "echo ready; exec sleep 1000") as running:
            running.wait_for_out("ready", PATIENCE)
            server, client = self.server(), self.client()
            [limiters] = running.children()
            os.killpg(limiters, signal.SIGINT)
            running.wait(PATIENCE)
            eventually(lambda: client.call("ZCARD", f"{KEY}:holders") == 0, PATIENCE, "the release")
        self.assertEqual(self.server(), server)
        self.assertSilent(self.machine.sem())


if __name__ == "__main__":
    unittest.main()
