"""A real terminal, and what the tests on it share."""

import contextlib
import fcntl
import os
import pathlib
import pty
import select
import shlex
import signal
import struct
import termios
import time

from cli.case import PATIENCE
from process.case import ProcessTest
from support.tool import BINARY, environment
from support.wait import eventually


class Terminal:
    """A program that leads the session of a terminal of its own."""

    def __init__(self, *words, term="dumb"):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
            os.execvpe(words[0], words, environment({"PS1": "$ ", "TERM": term}))
        self._seen = b""

    def type(self, text):
        os.write(self.fd, text.encode())

    def group(self):
        """The process group in the foreground."""
        return os.tcgetpgrp(self.fd)

    def resize(self, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))

    def wait_for(self, text, timeout=PATIENCE):
        """Read until `text` stands in the output, and forget all up to its end; returns what stood before it."""
        deadline = time.monotonic() + timeout
        while text.encode() not in self._seen:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"no {text!r} in {self._seen!r}")
            self._seen += os.read(self.fd, 65536)
        before, _, self._seen = self._seen.partition(text.encode())
        return before.decode("utf-8", "surrogateescape")

    def close(self):
        # All of its session: jobs have groups of their own.
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                if os.getsid(int(folder.name)) == self.pid:
                    os.kill(int(folder.name), signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.hang_up()

    def hang_up(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1


class TerminalTest(ProcessTest):
    """self.log is a file for what the command has to tell."""

    def setUp(self):
        super().setUp()
        self.log = self.folder / "log"

    def open(self, *words, **more):
        self.terminal = Terminal(*words, **more)
        self.addCleanup(self.terminal.close)

    def open_shell(self):
        self.open("bash", "--norc", "--noprofile", "-i")

    def words(self, *command, options=()):
        return [BINARY, "--redis", self.redis, *map(str, self.sem_words(*options, command=command))]

    def line(self, *command, options=()):
        return shlex.join(self.words(*command, options=options))

    def logging_reporter(self):
        return ["sh", "-c", f"exec {shlex.join(self.reporter())} >{self.log}"]

    def wait_for_reporter(self):
        eventually(lambda: "ready" in self.log.read_text(), PATIENCE, "the command")

    def numbers(self):
        return [int(line.split()[0]) for line in self.log.read_text().splitlines()[1:] if len(line.split()) == 3]

    def expect(self, *numbers, limiters=None):
        """These signals came; and no other before one more that is sent to limiters alone."""
        eventually(lambda: len(self.numbers()) >= len(numbers), PATIENCE, "the signal")
        os.kill(limiters or self.terminal.group(), signal.SIGUSR1)  # it leads its job
        eventually(lambda: signal.SIGUSR1 in self.numbers(), PATIENCE, "the mark")
        self.assertEqual(self.numbers(), [*numbers, signal.SIGUSR1])

    def assertEventuallyFree(self):
        eventually(lambda: not self.holders(), PATIENCE, "the release")
        self.assertFree()
