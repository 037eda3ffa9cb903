"""A server that has just started: who comes first cannot know what it has lost, and gives those who do time to return."""

import re
import unittest

from lua.crowd import SETTLING
from lua.scripts import BRIEF, HOUR, SECOND, ScriptTest, Semaphore
from support.wait import eventually

NEWCOMER = {"away": Semaphore.CANNOT_KNOW}


class Young(ScriptTest):
    def setUp(self):
        super().setUp()
        self.let_pass(-HOUR)  # the server's earlier life

    def info(self, field):
        return int(re.search(rf"{field}:(-?\d+)", self.client.call("INFO", "server"))[1])

    def become_young(self):
        """To the beginning of the second in which the server was started."""
        start = self.info("server_time_usec") // SECOND - self.info("uptime_in_seconds")
        seconds, micros = self.client.call("TIME")
        self.let_pass((start - int(seconds)) * SECOND - int(micros))
        self.wait_for_age(0)

    def wait_for_age(self, seconds):
        eventually(lambda: self.info("uptime_in_seconds") == seconds, what="the server to look at its clock")

    def restart_empty(self):
        self.client.call("DEL", *self.s.keys)
        self.become_young()

    def infos(self):
        return int(re.search(r"cmdstat_info:calls=(\d+)", self.client.call("INFO", "commandstats"))[1])

    def test_a_newcomer_waits_until_it_has_run_for_two_seconds(self):
        self.become_young()
        newcomer, = self.callers(1)
        answer = newcomer.ask(**NEWCOMER)
        self.assertEqual(answer.state, answer.WAITS)
        self.assertAbout(answer.settling, BRIEF)
        self.let_pass(BRIEF)
        self.assertTrue(newcomer.ask().holds)

    def test_after_a_second_it_waits_for_one_more(self):
        self.become_young()
        self.let_pass(SECOND)
        self.wait_for_age(1)
        self.assertAbout(self.callers(1)[0].ask(**NEWCOMER).settling, SECOND)

    def test_one_that_will_not_wait_keeps_its_place_that_long(self):
        self.become_young()
        newcomer, = self.callers(1)
        answer = newcomer.ask(wait=False, **NEWCOMER)
        self.assertEqual(answer.state, answer.WAITS_BRIEFLY)
        self.let_pass(BRIEF)
        self.assertTrue(newcomer.ask(wait=False).holds)

    def test_newcomers_get_in_in_the_order_in_which_they_came(self):
        self.become_young()
        first, second = self.callers(2)
        first.ask(**NEWCOMER)
        second.ask(**NEWCOMER)
        self.let_pass(BRIEF)
        self.assertFalse(second.ask().holds)
        self.assertTrue(first.ask().holds)

    def test_a_newcomer_to_one_that_has_run_for_longer_waits_for_nobody(self):
        self.become_young()
        self.let_pass(BRIEF)
        self.wait_for_age(2)
        self.assertTrue(self.callers(1)[0].ask(**NEWCOMER).holds)

    def test_a_caller_that_would_have_known_waits_for_nobody(self):
        self.become_young()
        self.assertTrue(self.callers(1)[0].ask().holds)

    def test_a_holder_that_comes_back_after_a_newcomer_has_its_slot(self):
        holder, = self.holding(1)
        fence = holder.fence
        self.restart_empty()
        newcomer, = self.callers(1)
        self.assertFalse(newcomer.ask(**NEWCOMER).holds)
        self.assertTrue(holder.beat(away=Semaphore.CUT_OFF))
        self.live(SETTLING, [newcomer, holder])
        self.assertHolders([holder])
        self.assertEqual(holder.fence, fence)

    def test_the_first_to_come_back_after_a_newcomer_starts_the_whole_settling_time(self):
        for away in (Semaphore.CUT_OFF, False):
            with self.subTest(away=away):
                self.s = self.semaphore()
                first, second = self.holding(2, capacity=2)
                self.restart_empty()
                newcomer, = self.callers(1, capacity=2)
                newcomer.ask(**NEWCOMER)
                self.assertAbout(first.ask(away=away).settling, SETTLING)
                self.live(2 * BRIEF, [first, newcomer])
                self.assertTrue(second.beat(away=away))
                self.assertHolders([first, second])
                self.live(SETTLING, [first, second, newcomer])
                self.assertEqual(self.s.status()[3], 0)  # it has ended, whoever asks

    def test_one_that_is_back_with_older_data_is_as_one_without(self):
        self.holding(1)[0].release()
        self.client.call("COPY", self.s.p, "older")
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.client.call("RENAME", "older", self.s.p)
        self.become_young()
        self.assertFalse(self.callers(1)[0].ask(**NEWCOMER).holds)
        self.assertTrue(holder.beat(away=Semaphore.CUT_OFF))

    def test_one_that_does_not_tell_is_taken_as_it_is(self):
        self.become_young()
        self.client.call("ACL", "SETUSER", "default", "-info")
        self.addCleanup(self.client.call, "ACL", "SETUSER", "default", "+info")
        self.assertTrue(self.callers(1)[0].ask(**NEWCOMER).holds)

    def test_a_semaphore_in_steady_use_costs_no_look_at_its_age(self):
        caller, = self.holding(1)
        caller.release()
        before = self.infos()
        self.client.call("HSET", self.s.p, "seen", self.s.counter("seen") + HOUR)  # so that no time has passed since
        self.assertTrue(self.callers(1)[0].ask(**NEWCOMER).holds)
        self.assertEqual(self.infos() - before, 1)  # this one


if __name__ == "__main__":
    unittest.main()
