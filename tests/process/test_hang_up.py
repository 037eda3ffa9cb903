"""The terminal goes away: the kernel tells the leader of the session alone, or the whole group in the foreground."""

import os
import signal
import unittest

from cli.case import PATIENCE
from process.terminal import TerminalTest
from support.wait import eventually


class HangUp(TerminalTest):
    def test_it_reaches_the_command_once_when_limiters_leads_the_session(self):
        self.open(*self.words(*self.logging_reporter()))
        self.wait_for_reporter()
        self.terminal.hang_up()
        self.expect(signal.SIGHUP, signal.SIGCONT, limiters=self.terminal.pid)

    def test_it_ends_the_command_when_limiters_leads_the_session(self):
        self.open(*self.words("sh", "-c", f"echo x >{self.log}; exec sleep 1000"))
        eventually(self.log.read_text, PATIENCE, "the command")
        self.terminal.hang_up()
        self.assertEventuallyFree()

    def test_it_reaches_the_command_once_when_a_shell_that_leads_the_session_has_gone(self):
        self.open_shell()
        self.terminal.type(self.line(*self.logging_reporter()) + "\n")
        self.wait_for_reporter()
        limiters = self.terminal.group()
        os.kill(self.terminal.pid, signal.SIGKILL)
        self.expect(signal.SIGHUP, limiters=limiters)


if __name__ == "__main__":
    unittest.main()
