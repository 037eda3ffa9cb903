"""`bucket pipe` tells on a terminal how it goes, where the lines themselves do not."""

import itertools
import os
import shlex
import unittest

from bucket.case import BucketTest
from process.terminal import Terminal
from support.tool import BINARY


def until_end(terminal):
    """All that stands there before `ended`."""
    seen = b""
    while not seen.endswith(b"ended\r\n"):
        seen += os.read(terminal.fd, 65536)
    return seen.decode().removesuffix("ended\r\n")


class Progress(BucketTest):
    numbers = itertools.count()

    def setUp(self):
        super().setUp()
        self.name = f"b{next(self.numbers)}"  # all that is told fits in 80 columns

    def open(self, before, *options, out="/dev/null", more=()):
        words = shlex.join([BINARY, "--redis", self.redis, *more, *self.words("pipe", *options)])
        terminal = Terminal("sh", "-c", f"export TERM=xterm; {before} | {words} >{out}; echo ended")
        self.addCleanup(terminal.close)
        return terminal

    def test_lines_rate_and_the_next_token_stand_on_the_terminal_and_go_without_a_trace(self):
        terminal = self.open("seq 9", "-j", "3")
        terminal.wait_for(f"\rlimiters: bucket '{self.name}': 3 lines, ")
        terminal.wait_for(" lines/s, next in ")
        terminal.type("\x03")
        terminal.wait_for("\r\x1b[K")

    def test_it_tells_what_else_is_waited_for(self):
        terminal = self.open("{ seq 2; read -r _; }", "-j", "3")
        terminal.wait_for("2 lines, ")
        terminal.wait_for("waiting for input")
        terminal.type("\n")
        terminal.wait_for("\r\x1b[Kended")

    def test_bytes_are_counted_where_bytes_cost(self):
        terminal = self.open("seq 9", "-j", "4", "--tokens-from-size")
        terminal.wait_for("2 lines, ")
        terminal.wait_for(" bytes/s, ")

    def test_nothing_stands_there_when_quiet(self):
        terminal = self.open("{ seq 2; sleep 2; }", "-j", "3", more=["-q"])
        self.assertEqual(until_end(terminal), "")

    def test_nothing_stands_between_lines_that_go_to_the_terminal(self):
        terminal = self.open("{ seq 2; sleep 2; }", "-j", "3", out="/dev/stdout")
        self.assertEqual(until_end(terminal), "1\r\n2\r\n")


if __name__ == "__main__":
    unittest.main()
