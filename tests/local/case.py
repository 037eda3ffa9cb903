"""What the tests of the local server share: a machine of their own, where nobody's real one is met."""

import contextlib
import os
import pathlib
import unittest

from support.machine import TOOL, Machine
from support.resp import Client

PATIENCE = 60  # for what a busy machine may delay, and a failure waits for in vain
KEY = "limiters:2:sem:{x}"
SOCKET = "/run/limiters/redis.sock"
OTHER = 65534  # a user who is not root
OTHERS_FOLDER = f"/tmp/limiters-{OTHER}"
NOTICE = r"\Alimiters: started a private server at unix:///run/limiters/redis\.sock: [^\n]* on this host[^\n]*--redis[^\n]*\n\Z"
SEM = [TOOL, "sem", "run", "--name", "x", "-j", "1"]


class LocalServerTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine.make()
        if self.machine is None:
            self.skipTest("needs root, or users that may make namespaces")
        self.addCleanup(self.machine.close)

    def need_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def client(self, socket=SOCKET):
        return self.enterContext(Client(f"unix://{self.machine.path(socket)}"))

    def server(self):
        """The pid of the one server there is, as seen from outside."""
        [pid] = self.machine.servers()
        return pid

    def gate(self):
        """/tmp/gate of the machine, which holder() waits at; what is written to the descriptor opens it."""
        path = self.machine.path("/tmp/gate")
        os.mkfifo(path)
        fd = os.open(path, os.O_RDWR)
        self.addCleanup(os.close, fd)
        return fd

    def holder(self, *options):
        """A Running that holds the slot until the gate is opened, and exits with the code that is written there."""
        hold = ["--", "sh", "-c", "echo started; read -r code </tmp/gate; echo ended; exit $code"]
        running = self.enterContext(self.machine.start(*SEM, *options, *hold))
        running.wait_for_out("started", PATIENCE)
        return running

    def descriptors(self):
        found = {}
        for path in pathlib.Path(f"/proc/{self.server()}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[path.name] = os.readlink(path)
        return found

    def assertSilent(self, result, code=0, out=""):
        self.assertEqual((result.code, result.out, result.err), (code, out, ""))

    def assertStarts(self, result, out=""):
        self.assertEqual((result.code, result.out), (0, out), result.err)
        self.assertRegex(result.err, NOTICE)

    def assertRefused(self, result, code, *parts):
        """This code, nothing on stdout, and one line on stderr that has all these parts."""
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        self.assertOneLine(result.err, *parts)

    def assertOneLine(self, text, *parts):
        self.assertRegex(text, r"\Alimiters: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, text)
