"""A free slot that a rule of recovery keeps: who is refused, or waits at a terminal, is told which rule and what to do."""

import time
import unittest

from cli.case import PATIENCE
from process.terminal import TerminalTest
from support.proxy import Proxy
from support.server import Server
from support.wait import eventually


class RecoveryTest(TerminalTest):
    """A server of its own for each test; its clock is stopped where a time to be told must not run out."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server())
        self.redis = self.server.unix_url

    def stop_the_clock(self):
        self.server.freeze_clock(time.time_ns() // 1000)

    def shown_at_a_terminal(self, *options):
        """A caller whose live line is to be read."""
        self.open(*self.words("echo", "it ", "ran", options=options), term="xterm")
        return self.terminal


class AnotherLife(RecoveryTest):
    """The server comes back with its data, and a holder in these that has not spoken since: it was stopped."""

    OPTIONS = ["-j", "2", "--expiry", "30s"]
    SAID = (r"\(1 of 2 in use, 0 waiting\); held longest by sh [^;]+; "
            r"the server was restarted or replaced, and gives earlier holders 1\ds to come back; try again then, or raise --max-sleep\n$")

    def setUp(self):
        super().setUp()
        self.holder(*self.OPTIONS).running.signal(19)
        self.server.save()
        self.server.kill()
        self.server.start()

    def test_without_a_wait(self):
        result = self.sem("-n", *self.OPTIONS)
        self.assertRefused(result, 75, "no slot is free")
        self.assertRegex(result.err, self.SAID)

    def test_after_a_wait(self):
        result = self.sem("-w", "500ms", *self.OPTIONS)
        self.assertRefused(result, 75, "no slot within 500ms")
        self.assertRegex(result.err, self.SAID)

    def test_an_answer_that_comes_after_the_end_of_the_wait_does_not_lengthen_it(self):
        with Proxy(self.server.url) as proxy:
            proxy.latency(300)
            result = self.sem("-w", "100ms", *self.OPTIONS, redis=proxy.url)
        self.assertRefused(result, 75, "no slot within 100ms")
        self.assertRegex(result.err, self.SAID)

    def test_at_a_terminal(self):
        shown = self.shown_at_a_terminal(*self.OPTIONS)
        shown.wait_for("place 1 of 1, 1 of 2 in use, a restarted server gives earlier holders 1")


class Young(RecoveryTest):
    """The server has just started, with nothing in it: nobody is refused for that, but waits for two seconds at most."""

    def setUp(self):
        super().setUp()
        self.server.kill()
        self.stop_the_clock()
        self.server.start(empty=True)

    def served_when_the_time_is_over(self, *options):
        caller = self.start(*self.sem_words(*options))
        eventually(self.waiters, PATIENCE, "the place that is kept for it")
        self.assertTrue(caller.running())
        self.server.clock_offset(0)
        self.assertSilent(caller.wait(PATIENCE))

    def test_without_a_wait_it_gets_the_slot_when_the_time_is_over(self):
        self.served_when_the_time_is_over("-n")

    def test_with_a_shorter_wait_too(self):
        self.served_when_the_time_is_over("-w", "100ms")

    def test_at_a_terminal(self):
        shown = self.shown_at_a_terminal("-n")
        shown.wait_for("place 1 of 1, 0 of 1 in use, a server that has just started gives earlier holders ")
        self.server.clock_offset(0)
        shown.wait_for("it  ran")


class Spared(RecoveryTest):
    """The server heard nobody while the lease of a holder ended that is not there any more; the first who comes waits."""

    SAID = (r"\(1 of 1 in use, 1 waiting\); held by sh [^;]+; the server heard nobody for a while, and keeps a lease that ended meanwhile for "
            r"another [12]\.\ds; try again then, or raise --max-sleep\n$")

    def setUp(self):
        super().setUp()
        self.holder("--expiry", "1s").running.signal(9)
        ends = self.server.call("ZRANGE", f"{self.key}:holders", 0, 0, "WITHSCORES")[1]
        eventually(lambda: self.server_now() > int(ends), PATIENCE, "the end of the lease")
        self.stop_the_clock()

    def test_without_a_wait_the_first_gets_the_slot_when_the_time_is_over(self):
        caller = self.start(*self.sem_words("-n"))
        eventually(self.waiters, PATIENCE, "the place that is kept for it")
        self.server.clock_offset(0)
        self.assertSilent(caller.wait(PATIENCE))

    def test_without_a_wait_the_second_is_refused(self):
        self.waiter()
        result = self.sem("-n")
        self.assertRefused(result, 75, "no slot is free")
        self.assertRegex(result.err, self.SAID)

    def test_after_a_wait_the_second_is_refused(self):
        self.waiter()
        result = self.sem("-w", "100ms")
        self.assertEqual(result.code, 75, result)
        self.assertIn("no slot within 100ms", result.err)  # after a warning: with its clock, its timeouts stand still too
        self.assertRegex(result.err, self.SAID)

    def test_at_a_terminal(self):
        shown = self.shown_at_a_terminal("-n")
        shown.wait_for("place 1 of 1, 1 of 1 in use, a lease is kept for another ")
        self.server.clock_offset(0)
        shown.wait_for("it  ran")


if __name__ == "__main__":
    unittest.main()
