"""What limiters says, and when it says nothing."""

import unittest

from cli.case import PATIENCE, CliTest
from support.wait import eventually


class Messages(CliTest):
    def test_success_is_silent(self):
        for result in self.both(command=["echo", "out"]):
            self.assertSilent(result, 0, "out\n")

    def test_success_after_a_wait_is_silent_too(self):
        holder, waiter = self.holder(), self.waiter()
        holder.finish()
        self.assertSilent(waiter.finish(), 0, "started\n")
        self.bucket("--rate", "20/s")
        self.assertSilent(self.bucket("--rate", "20/s"))

    def test_quiet_hides_warnings(self):
        self.holder()
        self.assertOneLine(self.sem("-j", "2").err, "warning: ", "capacity 1", "2")
        self.assertSilent(self.sem("-j", "3", "-q"))
        self.bucket("--rate", "1/1m", "-j", "3")
        self.assertOneLine(self.bucket("--rate", "1/1h", "-j", "3", "-n").err, "warning: ", "1m")
        self.assertSilent(self.bucket("--rate", "1/1m", "-j", "3", "-n", "-q"))

    def test_quiet_does_not_hide_errors(self):
        self.holder()
        self.assertRefused(self.sem("-q", "-n"), 75, "no slot is free")
        for result in self.both("-q", "--name", ""):
            self.assertRefused(result, 64)
        for result in self.both("-q", "--redis-timeout", "50ms", redis=f"unix://{self.folder}/nothing"):
            self.assertRefused(result, 69)

    def test_quiet_wins_over_verbose(self):
        for result in self.both("-q", "-v"):
            self.assertSilent(result)

    def test_verbose_tells_name_and_server_when_there_is_no_wait(self):
        for result in self.both("-v"):
            self.assertEndedAs(result, 0)
            self.assertOneLine(result.err, f"'{self.name}'", self.redis)

    def test_verbose_tells_name_server_and_place_in_the_queue(self):
        self.holder("-j", "1")
        first, second = self.waiter("-v"), self.waiter("-v")
        for waiter, place in ((first, 1), (second, 2)):
            said = waiter.running.wait_for_err("place", PATIENCE).splitlines(True)[0]
            self.assertOneLine(said, f"'{self.name}'", f"place {place} of {place} in the queue, 1 of 1 in use, held by sh ")
            self.assertIn(self.redis, waiter.running.err())

    def test_verbose_tells_when_tokens_are_due(self):
        self.bucket("--rate", "1/2s")
        result = self.bucket("--rate", "1/2s", "-v")
        self.assertEndedAs(result, 0)
        self.assertOneLine(result.err, f"'{self.name}'", self.redis, "due in ")

    def test_every_line_begins_with_the_name_of_the_program(self):
        self.holder()
        result = self.sem("-v", "-j", "2", "--weight", "2", "--max-sleep", "1ms")
        self.assertGreater(len(result.err.splitlines()), 1)
        for line in result.err.splitlines(True):
            self.assertOneLine(line, f"'{self.name}'")

    def test_a_name_of_odd_bytes_leaves_no_control_character_in_a_message(self):
        name = "\udcff\udc80 é"
        self.holder("--name", name)
        result = self.sem("-n", "--name", name)
        self.assertRefused(result, 75, f"sem '{name}'")

    def test_another_capacity_is_told_once_not_at_each_question(self):
        holder = self.holder()
        waiter = self.waiter("-j", "2", "--weight", "2")
        self.ask_again(waiter, 2)
        holder.finish()
        self.assertOneLine(waiter.finish().err, "warning: ", "capacity")

    def ask_again(self, waiter, times):
        """Wakes a waiter for nothing, and waits until it has asked again."""
        [id] = self.waiters()
        for _ in range(times):
            before = self.server.call("ZSCORE", f"{self.key}:alive", id)
            self.server.call("RPUSH", f"{self.key}:wake:{id}", "1")
            eventually(lambda: self.server.call("ZSCORE", f"{self.key}:alive", id) != before, PATIENCE, "a question")


if __name__ == "__main__":
    unittest.main()
