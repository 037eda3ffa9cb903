"""What a process inherits about signals, over exec and fork: ignored ones, and an alarm."""

import os
import signal
import sys
import unittest

from cli.case import PATIENCE
from process.case import ProcessTest
from support.tool import BINARY, Running, environment


class Ignored(ProcessTest):
    def words(self, command):
        return ["sem", "run", "--name", self.name, "--capacity", "1", "--", *command]

    def test_a_hang_up_under_nohup_reaches_nobody(self):
        running = self.shell('exec nohup "$LIMITERS" "$@"', *self.words(self.reporter()))
        running.wait_for_out("ready", PATIENCE)
        running.signal(signal.SIGHUP)
        running.signal(signal.SIGTERM)
        self.assertEqual(self.wait_for_report(running, 1), [signal.SIGTERM])

    def test_an_interrupt_in_the_background_of_sh_reaches_nobody(self):
        running = self.shell('"$LIMITERS" "$@" & echo "pid $!"; wait', *self.words(self.reporter()))
        running.wait_for_out("ready", PATIENCE)
        pid = int(running.out().split("pid ")[1].split()[0])
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            os.kill(pid, number)
        self.assertEqual(self.wait_for_report(running, 1), [signal.SIGTERM])


class Alarm(ProcessTest):
    SET = "import os, signal, sys; signal.alarm(int(sys.argv[1])); os.execv(sys.argv[2], sys.argv[2:])"

    def alarmed(self, words, ready):
        """The Result of words to limiters, with an alarm set before they are executed; so late that it was ready."""
        for seconds in (1, 5, 25):
            line = [sys.executable, "-Sc", self.SET, str(seconds), BINARY, "--redis", self.redis, *words]
            with Running(line, env=environment()) as running:
                result = running.wait(PATIENCE)
            if ready in result.out + result.err:
                break
        return result

    def test_one_that_was_set_before_exec_reaches_the_command(self):
        catches = ["sh", "-c", 'sleep 1000 & trap "echo alarmed; kill $!; exit 3" ALRM; echo ready; wait']
        self.assertSilent(self.alarmed(self.sem_words(command=catches), "ready"), 3, "ready\nalarmed\n")
        dies = ["sh", "-c", "echo ready; exec sleep 1000"]
        self.assertSilent(self.alarmed(self.sem_words(command=dies), "ready"), -signal.SIGALRM, "ready\n")
        self.assertSilent(self.alarmed(self.bucket_words("--rate", "100/s", command=dies), "ready"), -signal.SIGALRM,
                          "ready\n")
        self.assertFree()

    def test_one_that_was_set_before_exec_ends_the_wait(self):
        self.holder()
        result = self.alarmed(["-v", *self.sem_words()], "place 1")
        self.assertEqual(result.code, -signal.SIGALRM)
        self.assertIn("place 1", result.err)
        self.assertEqual(self.waiters(), [])


if __name__ == "__main__":
    unittest.main()
