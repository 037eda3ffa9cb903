"""What an operator orders: a limit, a pause. It holds for new slots, at once and for waiters too, and takes none."""

import unittest

from lua.commands import commands_of
from lua.scripts import DAY, HOUR, LEASE, MILLISECOND, MINUTE, SECOND, Answer, ScriptTest

LIMIT, PAUSE = "limit", "pause"


class Orders(ScriptTest):
    def pause(self, span=HOUR):
        return self.s.order(PAUSE, span)

    def limit(self, count, span=HOUR):
        return self.s.order(LIMIT, span, count)

    def assertStands(self, found, count, left, by="op@h why"):
        self.assertEqual((found[0], found[3]), (count, by))
        self.assertAbout(found[1], left)

    def test_a_paused_semaphore_lets_nobody_in_and_says_until_when(self):
        self.pause(MINUTE)
        caller, = self.waiting(1)
        answer = caller.ask(wait=False)
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.PAUSED))
        self.assertAbout(answer.closed, MINUTE)
        self.assertStands(self.s.orders()[1], 0, MINUTE)
        self.assertEqual(answer.orders[5], 1)
        self.assertQueue([])

    def test_the_first_waiters_are_told_when_the_pause_ends_and_are_let_in_then(self):
        self.pause(MINUTE)
        first, second = self.waiting(2)
        self.assertAbout(first.ask().until, MINUTE)
        self.let_pass(MINUTE)
        self.assertTrue(first.ask().holds)
        self.assertFalse(second.ask().holds)

    def test_on_resume_the_first_waiters_are_woken_at_once(self):
        self.pause()
        first, second, third = self.waiting(3, capacity=2)
        done, _, stands = self.pause(0)
        self.assertEqual((done, stands), (1, None))
        self.assertHolders([first, second])
        self.assertEqual([c.woken for c in (first, second, third)], [True, True, False])

    def test_holders_stay_renew_and_ask_for_a_lost_lease_back_in_a_pause(self):
        first, second = self.holding(2, capacity=2)
        self.pause()
        self.assertEqual(first.renew(), first.semaphore.RENEWED)
        self.let_pass(LEASE)
        self.waiting(1, capacity=2)
        self.let_pass(3 * SECOND)
        self.assertTrue(first.ask().holds)
        self.assertTrue(second.ask().holds)

    def test_a_holder_that_asks_in_vain_for_its_lease_back_is_not_told_of_the_pause_as_if_it_could_come_back_then(self):
        loser, = self.holding(1)
        self.let_pass(LEASE)
        self.replacing_the_dead(1)
        self.pause()
        answer = loser.ask(wait=False)
        self.assertEqual((answer.state, answer.rule, answer.closed), (Answer.WAITS, 0, 0))

    def test_a_slot_that_was_handed_over_before_the_pause_is_confirmed_in_it(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        self.pause()
        self.assertTrue(waiter.ask().holds)

    def test_a_slot_given_back_in_a_pause_stays_free(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.pause()
        holder.release()
        self.assertHolders([])
        self.assertQueue([waiter])

    def test_a_shorter_pause_never_shortens_a_longer_one(self):
        self.s.order(PAUSE, HOUR, by="op@h long")
        done, _, stands = self.s.order(PAUSE, MINUTE, by="op@h short")
        self.assertEqual(done, 0)
        self.assertStands(stands, 0, HOUR, "op@h long")
        done, _, stands = self.s.order(PAUSE, 2 * HOUR, by="op@h longer")
        self.assertEqual(done, 1)
        self.assertStands(stands, 0, 2 * HOUR, "op@h longer")

    def test_nothing_to_take_back_writes_nothing(self):
        for verb in (LIMIT, PAUSE):
            self.assertEqual(self.s.order(verb, 0), (0, None, None))
        self.assertEqual(self.s.all_keys(), set())

    def test_the_smaller_of_the_callers_and_the_operators_capacity_holds(self):
        self.limit(2)
        self.holding(2, capacity=5)
        waiter, = self.waiting(1, capacity=5)
        self.limit(9)
        self.assertTrue(waiter.ask().holds)
        self.holding(2, capacity=5)
        self.waiting(1, capacity=5)

    def test_a_lower_limit_holds_at_once_for_those_who_wait(self):
        first, second, third = self.holding(3, capacity=3)
        waiter, = self.waiting(1, capacity=3)
        self.limit(2)
        first.release()
        self.assertFalse(waiter.ask().holds)
        second.release()
        self.assertTrue(waiter.ask().holds)

    def test_a_limit_that_is_raised_or_cleared_wakes_those_who_wait(self):
        for span, count in ((HOUR, 2), (0, 0)):
            self.s = self.semaphore()
            self.limit(1)
            self.holding(1, capacity=3)
            first, = self.waiting(1, capacity=3)
            self.s.order(LIMIT, span, count)
            self.assertTrue(first.woken)
            self.assertIn(first.id, self.s.holder_ids())

    def test_a_limit_takes_no_slot_from_who_holds_one_and_lost_its_lease(self):
        first, second = self.holding(2, capacity=2)
        self.limit(1)
        self.let_pass(LEASE)
        self.waiting(1, capacity=2)
        self.let_pass(3 * SECOND)
        self.assertTrue(first.ask().holds)
        self.assertTrue(second.ask().holds)

    def test_a_weight_above_the_limit_waits_until_it_is_lifted(self):
        self.limit(2)
        heavy, = self.waiting(1, capacity=4, weight=3)
        self.limit(3)
        self.assertTrue(heavy.ask().holds)

    def test_a_weight_above_the_limit_is_told_when_the_limit_ends(self):
        self.limit(2, MINUTE)
        heavy, = self.waiting(1, capacity=4, weight=3)
        self.assertAbout(heavy.ask().until, MINUTE)
        self.let_pass(MINUTE)
        self.assertTrue(heavy.ask().holds)

    def test_orders_outlive_an_idle_time_and_the_keys_end_with_them(self):
        self.limit(1, 30 * DAY)
        self.holding(1, capacity=2)[0].release()
        self.let_pass(29 * DAY)
        self.holding(1, capacity=2)
        self.waiting(1, capacity=2)
        self.let_pass(3 * DAY)
        self.assertEqual(self.s.all_keys(), set())

    def test_the_keys_end_soon_once_the_order_is_taken_back(self):
        self.limit(1, 30 * DAY)
        holder, = self.holding(1, lease=DAY)
        self.limit(0, 0)
        self.assertEqual(holder.renew(), holder.semaphore.RENEWED)
        self.let_pass(23 * HOUR)
        self.assertTrue(holder.ask().holds)
        self.let_pass(DAY + 2 * HOUR)
        self.assertEqual(self.s.all_keys(), set())

    def test_a_reset_keeps_the_orders(self):
        self.limit(1)
        self.pause()
        self.s.reset()
        limit, pause = self.s.orders()
        self.assertStands(limit, 1, HOUR)
        self.assertStands(pause, 0, HOUR)
        self.pause(0)
        self.holding(1, capacity=2)
        self.waiting(1, capacity=2)

    def test_another_life_of_the_data_keeps_the_orders(self):
        self.limit(1)
        self.s.become_another_process()
        self.holding(1, capacity=2)
        self.waiting(1, capacity=2)

    def test_a_clock_that_is_set_back_makes_no_pause_longer(self):
        self.pause(HOUR)
        waiter, = self.waiting(1)
        self.let_pass(30 * MINUTE)
        waiter.ask()
        self.let_pass(-DAY)
        self.assertAbout(self.s.orders()[1][1], 30 * MINUTE)

    def test_an_order_that_has_ended_leaves_the_short_cases_as_they_were(self):
        self.pause(MINUTE)
        self.let_pass(2 * MINUTE)
        self.holding(1)[0].release()
        caller, = self.callers(1)
        self.let_pass(MILLISECOND)
        _, commands = commands_of(self.client, caller.ask)
        self.assertLessEqual(commands.total() - commands["info"], 5)


if __name__ == "__main__":
    unittest.main()
