"""The live line of a long wait on a terminal."""

import os
import shlex
import shutil
import unittest

from cli.case import is_root
from process.terminal import TerminalTest
from support.tool import BINARY

CLEARED = "\r\x1b[K"


class WaitLine(TerminalTest):
    def wait_on_terminal(self, *options, command=("echo", "it ", "ran"), term="xterm"):
        self.open(*self.words(*command, options=options), term=term)

    def test_it_tells_place_slots_the_longest_holder_and_the_time(self):
        holder = self.holder()
        self.waiter()
        self.wait_on_terminal()
        self.terminal.wait_for(f"limiters: sem '{self.name}': place 2 of 2, 1 of 1 in use, "
                               f"held by sh {holder.pid} on ")
        self.terminal.wait_for("; waiting for ")

    def test_it_tells_why_free_slots_are_not_given(self):
        self.holder().finish()
        key = f"limiters:2:sem:{{{self.name}}}"
        self.server.call("HSET", key, "settle", int(self.server.call("HGET", key, "seen")) + 3600 * 10**6, "rule", 1)
        self.wait_on_terminal()
        self.terminal.wait_for("place 1 of 1, 0 of 1 in use, a restarted server gives earlier holders 59m5")

    def test_another_process_that_says_something_clears_it_first(self):
        self.holder()
        gate = self.folder / "say"
        os.mkfifo(gate)
        wait, refused = self.words("true"), self.words("true", options=("-n",))
        self.open("sh", "-c", f"{shlex.join(wait)} & read -r _ <{gate}; {shlex.join(refused)}; echo over; wait", term="xterm")
        self.terminal.wait_for("in use")
        gate.write_text("now\n")
        before = self.terminal.wait_for("no slot is free").rpartition("limiters: ")[0]
        self.assertTrue(before.endswith(CLEARED), before)
        self.terminal.wait_for("over")
        self.terminal.wait_for("in use")

    @unittest.skipUnless(is_root(), "only root becomes another user")
    def test_it_is_drawn_on_a_terminal_of_another_user_which_cannot_be_opened(self):
        self.holder()
        as_other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        program = self.program_for_all()
        words = [program, *self.words("true", options=("--redis", self.server.url))[1:]]
        for hidden in ("", "mount --bind /dev/null /dev/tty && "):
            with self.subTest(hidden):
                self.open("unshare", "--mount", "sh", "-c", f"{hidden}exec {shlex.join([*as_other, *words])}", term="xterm")
                self.terminal.wait_for(", 1 of 1 in use")

    def program_for_all(self):
        """The program where any user can run it."""
        self.folder.chmod(0o755)
        program = self.folder / "limiters"
        shutil.copy(BINARY, program)
        return str(program)

    def test_it_is_gone_before_the_command_starts(self):
        holder = self.holder()
        self.wait_on_terminal()
        self.terminal.wait_for("in use")
        holder.finish()
        self.assertTrue(self.terminal.wait_for("it  ran").endswith(CLEARED))

    def test_it_is_gone_when_a_signal_ends_the_wait_and_the_queue_is_left(self):
        self.holder()
        self.open("sh", "-c", 'trap : INT; "$@"; echo over', "sh", *self.words("true"), term="xterm")
        self.terminal.wait_for("in use")
        self.terminal.type("\x03")
        self.assertTrue(self.terminal.wait_for("over").replace("^C", "").endswith(CLEARED))
        self.assertEqual(self.waiters(), [])

    def test_it_is_gone_while_the_wait_is_stopped(self):
        self.holder()
        self.open("bash", "--norc", "--noprofile", "-i", term="xterm")
        self.terminal.type(self.line("true") + "\n")
        self.terminal.wait_for("in use")
        self.terminal.type("\x1a")
        self.assertTrue(self.terminal.wait_for("Stopped").rpartition("\r\n")[0].replace("^Z", "").endswith(CLEARED))

    def test_a_wait_within_a_second_shows_nothing(self):
        holder = self.holder()
        self.wait_on_terminal("-v")
        self.terminal.wait_for("place 1")
        holder.finish()
        seen = self.terminal.wait_for("it  ran")
        self.assertNotIn("\x1b", seen)

    def test_nothing_is_drawn_where_it_is_not_wanted(self):
        self.holder()
        for options, term in (("-q",), "xterm"), ((), "dumb"):
            with self.subTest(options=options, term=term):
                self.wait_on_terminal(*options, "--max-sleep", "2500ms", term=term)
                self.assertNotIn("place", self.read_to_end())

    def test_nothing_is_drawn_where_stderr_is_no_terminal(self):
        self.holder()
        log = self.folder / "err"
        self.open("sh", "-c", f'exec "$@" 2>{log}', "sh", *self.words("true", options=("--max-sleep", "2500ms")),
                  term="xterm")
        self.assertEqual(self.read_to_end(), "")
        self.assertEqual(len(log.read_text().splitlines()), 1)

    def test_a_bucket_tells_when_the_tokens_are_due(self):
        words = ["bucket", "run", "--name", self.name, "--rate", "1/1h", "--redis", self.redis, "--", "true"]
        self.open("sh", "-c", '"$@"; exec "$@"', "sh", BINARY, *words, term="xterm")
        self.terminal.wait_for(f"limiters: bucket '{self.name}': due in 59m5")

    def read_to_end(self):
        seen = ""
        try:
            while True:
                seen += self.terminal.wait_for("\n") + "\n"
        except OSError:  # EIO: the other end is closed
            return seen


if __name__ == "__main__":
    unittest.main()
