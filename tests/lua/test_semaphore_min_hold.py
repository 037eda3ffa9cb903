"""The minimum hold: a slot that stays taken for a while, even if its command was quick."""

import unittest

from lua.scripts import BAR, DAY, HOUR, LEASE, MINUTE, SECOND, ScriptTest, Semaphore

GRACE = 3 * SECOND


class MinHold(ScriptTest):
    def test_a_quick_command_leaves_the_slot_taken_until_its_hold_ends(self):
        holder, = self.holding(1, hold=5 * MINUTE)
        self.assertEqual(holder.release(hold=5 * MINUTE), 1)
        waiter, = self.waiting(1)
        self.live(5 * MINUTE - 4 * SECOND, [waiter])
        self.assertFalse(waiter.holds)
        self.live(4 * SECOND, [waiter])
        self.assertTrue(waiter.holds)

    def test_the_slot_is_free_at_once_if_the_command_never_ran(self):
        holder, = self.holding(1, hold=5 * MINUTE)
        holder.release(hold=0)
        self.holding(1)

    def test_a_hold_shorter_than_the_lease_frees_the_slot_before_the_lease_would_end(self):
        holder, = self.holding(1, hold=10 * SECOND)
        holder.release(hold=3 * SECOND)
        waiter, = self.waiting(1)
        self.live(4 * SECOND, [waiter])
        self.assertTrue(waiter.holds)

    def test_no_renewal_ends_a_lease_before_its_hold(self):
        holder, = self.holding(1, hold=HOUR)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), HOUR)
        holder.ask(hold=HOUR)
        self.assertAbout(holder.lease_left(), HOUR)

    def test_near_the_end_of_its_hold_a_lease_is_renewed_as_any_other(self):
        holder, = self.holding(1, hold=MINUTE)
        for _ in range(5):
            self.let_pass(10 * SECOND)
            holder.renew()
        self.assertAbout(holder.lease_left(), LEASE)

    def test_a_holder_that_was_killed_keeps_the_slot_until_its_hold_ends(self):
        self.holding(1, hold=2 * MINUTE)
        waiter, = self.waiting(1)
        self.live(2 * MINUTE - 4 * SECOND, [waiter])
        self.assertFalse(waiter.holds)
        self.live(4 * SECOND, [waiter])
        self.assertTrue(waiter.holds)

    def test_a_hand_off_that_nobody_confirms_is_not_held(self):
        holder, = self.holding(1)
        waiter, next_one = self.waiting(2, hold=HOUR)
        holder.release()
        self.assertAbout(waiter.lease_left(), GRACE)
        self.live(GRACE + SECOND, [next_one])
        self.assertTrue(next_one.holds)

    def test_a_confirmed_hand_off_is_held_from_then_on(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1, hold=HOUR)
        holder.release()
        waiter.ask()
        self.assertAbout(waiter.lease_left(), HOUR)

    def test_a_slot_that_is_held_counts_with_its_whole_weight(self):
        heavy, = self.holding(1, capacity=5, weight=4, hold=MINUTE)
        heavy.release(hold=MINUTE)
        light, = self.holding(1, capacity=5)
        self.assertEqual(light.ask().used, 5)
        self.waiting(1, capacity=5)

    def test_a_slot_that_is_held_cannot_be_released_or_renewed_or_asked_for_again(self):
        holder, = self.holding(1, hold=MINUTE)
        holder.release(hold=MINUTE)
        self.assertEqual(holder.release(), Semaphore.RELEASED_BEFORE)
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)
        self.assertAbout(holder.lease_left(), MINUTE)

    def test_the_bar_ends_no_sooner_than_the_hold(self):
        holder, = self.holding(1, hold=HOUR)
        other, = self.callers(1)
        holder.release(hold=HOUR)
        self.let_pass(HOUR - SECOND)
        other.ask(wait=False)
        self.assertTrue(holder.ask().barred)

    def test_a_bar_that_ends_before_the_hold_takes_nothing_from_it(self):
        holder, = self.holding(1, hold=HOUR)
        waiter, = self.waiting(1)
        holder.release(hold=HOUR, bar=BAR)
        self.live(BAR + 4 * SECOND, [waiter])
        self.assertTrue(holder.ask().barred)
        self.assertHolders([holder])

    def test_a_bar_that_ends_after_the_hold_frees_the_slot_no_later(self):
        holder, = self.holding(1, hold=10 * SECOND)
        waiter, = self.waiting(1)
        holder.release(hold=10 * SECOND, bar=BAR)
        self.live(10 * SECOND, [waiter])
        self.assertTrue(waiter.holds)
        self.assertTrue(holder.ask().barred)

    def test_a_waiter_that_leaves_holds_nothing(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1, hold=HOUR)
        waiter.release(hold=HOUR)
        holder.release()
        self.holding(1)

    def test_a_long_hold_outlives_every_key_that_it_needs(self):
        holder, = self.holding(1, hold=3 * DAY)
        holder.release(hold=3 * DAY)
        self.let_pass(3 * DAY - MINUTE)
        self.assertEqual(self.client.call("EXISTS", self.s.p, self.s.holders), 2)
        waiter, = self.waiting(1)
        self.live(MINUTE, [waiter])
        self.assertTrue(waiter.holds)
        self.assertEqual(self.s.records(), {waiter.id})

    def test_a_lease_that_is_gone_comes_back_with_what_is_left_of_its_hold(self):
        holder, = self.holding(1, hold=HOUR)
        self.client.call("DEL", *self.s.keys)
        self.assertTrue(holder.ask(hold=20 * MINUTE).holds)
        self.assertAbout(holder.lease_left(), 20 * MINUTE)

    def test_nothing_is_left_of_a_hold_and_a_bar_that_end_together_while_others_wait(self):
        holder, = self.holding(1, hold=HOUR)
        holder.release(hold=MINUTE, bar=MINUTE)
        waiter, = self.waiting(1)
        self.live(MINUTE - 4 * SECOND, [waiter])
        self.let_pass(5 * SECOND)
        self.assertTrue(waiter.ask().holds)
        self.assertEqual(self.s.records(), {waiter.id})


if __name__ == "__main__":
    unittest.main()
