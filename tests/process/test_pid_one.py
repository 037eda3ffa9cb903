"""As the first process of a container: nobody else reaps, and its own signals cannot kill it by default."""

import os
import signal
import unittest

from cli.case import PATIENCE, is_root
from process.case import ProcessTest, names_below
from support.tool import BINARY, Running, environment
from support.wait import eventually


@unittest.skipUnless(is_root(), "only root can make a PID namespace")
class PidOne(ProcessTest):
    def unshare(self, *options, command):
        words = ["unshare", "-pf", "--propagation", "unchanged", "--mount-proc", BINARY, "--redis", self.redis, *self.sem_words(*options, command=command)]
        return self.enterContext(Running(words, env=environment()))

    def first(self, *options, command):
        """A Running of unshare, and the pid of the limiters below it, as seen from here."""
        running = self.unshare(*options, command=command)
        running.wait_for_out("ready", PATIENCE)
        [pid] = running.children()
        return running, pid

    def test_term_is_forwarded_and_the_code_is_128_and_the_signal(self):
        running, pid = self.first(command=["sh", "-c", "echo ready; exec sleep 1000"])
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(running.wait(PATIENCE).code, 128 + signal.SIGTERM)
        self.assertFree()

    def test_the_command_sees_itself_below_pid_one_and_its_code_is_passed(self):
        result = self.unshare(command=["sh", "-c", "echo $PPID; exit 7"]).wait(PATIENCE)
        self.assertEndedAs(result, 7, "1\n")
        self.assertFree()

    def test_an_orphan_is_reaped_while_the_command_goes_on(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        script = '(sh -c \'read -r x <"$0"\' "$0" &); echo ready; exec sleep 1000'
        running, pid = self.first(command=["sh", "-c", script, fifo])
        eventually(lambda: names_below(pid) == ["sh", "sleep"], PATIENCE, "the orphan")
        fifo.write_text("\n")
        eventually(lambda: names_below(pid) == ["sleep"], PATIENCE, "its reaping")
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(running.wait(PATIENCE).code, 128 + signal.SIGTERM)

    def test_a_lost_lease_stops_all_and_ends_with_79(self):
        running, _ = self.first("--expiry", "1s", command=["sh", "-c", "(setsid sleep 1000 &); echo ready; sleep 1001"])
        self.take_away()
        self.assertEqual(running.wait(PATIENCE).code, 79)


if __name__ == "__main__":
    unittest.main()
