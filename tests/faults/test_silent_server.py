"""A server that stops answering (SIGSTOP) in the middle of each step: no hang past --redis-timeout, no slot lost."""

import threading
import unittest

from faults.callers import PATIENCE, FaultTest
from support.proxy import Proxy
from support.wait import eventually


class Silent(FaultTest):
    def setUp(self):
        super().setUp()
        first = self.holder("first", expiry="1s")  # so that the server knows the scripts: what it hears late takes effect
        self.wait_for_script("semaphore/renew")
        self.assertEndedAs(first.finish(), 0)
        self.stage.witness.write_text("")
        self.control = self.enterContext(self.server.client())

    def assertServesTheNext(self):
        """Whatever the server heard late, nobody holds a slot that nobody knows of."""
        self.control.call("PING")
        caller = self.caller("next", expiry="1m")
        self.assertEndedAs(caller.wait_for_start().finish(7), 7)
        self.assertFree()
        self.assertAllKeysExpire()

    def test_before_the_first_answer_it_is_69(self):
        self.server.pause()
        caller = self.caller("caller", "--redis-timeout", "300ms", expiry="1m")
        result = caller.running.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertOneLine(result.err, "sem 't'", self.server.url, "no answer", "in time")
        self.server.resume()
        eventually(lambda: not self.holders() and not self.waiters(), PATIENCE)
        self.assertServesTheNext()
        self.assertFalse(caller.started())

    def test_in_the_queue_until_max_sleep_ends_it_is_69_and_the_place_is_given_up(self):
        holder = self.holder("holder", expiry="1m")
        waiter = self.waiter("waiter", "--max-sleep", "3s", "--redis-timeout", "300ms", expiry="1m")
        self.server.pause()
        result = waiter.running.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertIn("went away during the wait", result.err)
        self.server.resume()
        eventually(lambda: not self.waiters(), PATIENCE, "the place to be given up")
        self.assertEndedAs(holder.finish(), 0)
        self.assertServesTheNext()
        self.assertFalse(waiter.started())

    def test_in_the_queue_it_is_waited_out(self):
        holder = self.holder("holder")
        waiters = [self.waiter(f"waiter-{i}") for i in range(3)]
        self.server.pause()
        for waiter in waiters:
            waiter.running.wait_for_err("the place in the queue is kept", PATIENCE)
        self.server.resume()
        for caller in [holder, *waiters]:
            self.assertEndedAs(caller.wait_for_start().finish(5), 5)
        self.assertEqual(self.stage.started(), ["holder", "waiter-0", "waiter-1", "waiter-2"])
        self.assertEqual(self.stage.most_at_once(), 1)

    def test_while_a_command_runs_it_is_told_once_and_waited_out(self):
        holder = self.holder("holder", expiry="1s")
        id = self.id_of(holder)
        self.server.pause()
        holder.running.wait_for_err("the lease has ended; CMD goes on", PATIENCE)
        self.server.resume()
        eventually(lambda: self.live_holders() == {id}, PATIENCE, "a renewal")
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        self.assertOneLine(result.err, "warning", "sem 't'", self.server.url, "--on-outage keep")
        self.assertServesTheNext()

    def test_at_the_release_it_is_a_warning_and_a_late_release_is_good(self):
        holder = self.holder("holder", "--redis-timeout", "300ms", expiry="1m")
        self.server.pause()
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        self.assertOneLine(result.err, "warning", "sem 't'", self.server.url, "could not be given back", "no answer", "in time")
        self.server.resume()
        eventually(lambda: not self.holders(), PATIENCE, "the late release")
        self.assertServesTheNext()

    def test_at_the_release_it_is_waited_for_as_long_as_redis_timeout_says(self):
        holder = self.holder("holder", "--redis-timeout", "2m", expiry="1m")
        self.server.pause()
        holder.open_gate(5)
        eventually(lambda: self.stage.ended() == ["holder"], PATIENCE)
        self.server.resume()
        result = holder.running.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertServesTheNext()


    def test_a_wait_that_ends_while_a_question_is_under_way_lasts_one_timeout_longer_and_not_two(self):
        self.holder("holder", expiry="1m")
        with Proxy(self.server.url) as proxy:
            waiter = self.waiter("waiter", "--max-sleep", "3s", "--redis-timeout", "6s", expiry="1m", redis=proxy.url)
            proxy.blackhole()
            result = waiter.running.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertLess(result.seconds, 12.5)  # 3 s, a second for the question that is under way, and 6 s


class DeadServer(FaultTest):
    def test_max_sleep_that_ends_while_it_is_dead_is_69(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter", "--max-sleep", "3s")
        self.server.kill()
        result = waiter.running.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertFalse(waiter.started())
        self.server.start(empty=True)
        self.assertEndedAs(holder.finish(5), 5)

    def test_max_sleep_that_ends_after_it_is_back_is_75(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter", "--max-sleep", "8s")
        self.server.kill()
        waiter.running.wait_for_err("the place in the queue is kept", PATIENCE)
        self.server.start(empty=True)
        self.assertEndedAs(waiter.running.wait(PATIENCE), 75)
        self.assertFalse(waiter.started())
        self.assertEndedAs(holder.finish(5), 5)


class BackInTime(FaultTest):
    """--max-sleep ends while a waiter cannot reach the server, and the server is reachable again before the last attempt."""

    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(Proxy(self.server.url))
        self.held = self.holder("holder", expiry="1m")
        self.late = self.waiter("waiter", "--max-sleep", "3s", "--redis-timeout", "1m", expiry="1m", redis=self.proxy.url)
        self.proxy.refuse()
        self.proxy.reset()
        before = self.proxy.connections
        threading.Event().wait(3)  # here time itself is the event
        self.proxy.wait_for(lambda p: p.connections > before, PATIENCE)

    def test_it_is_told_that_there_is_no_slot(self):
        self.proxy.accept()
        self.assertEndedAs(self.late.running.wait(PATIENCE), 75)
        self.assertEndedAs(self.held.finish(), 0)
        self.assertFree()

    def test_it_gets_the_slot_that_came_free(self):
        self.assertEndedAs(self.held.finish(), 0)
        self.proxy.accept()
        self.assertEndedAs(self.late.wait_for_start().finish(5), 5)
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
