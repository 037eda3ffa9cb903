"""What is given up stays given up: late duplicates, heartbeats and keepers must not bring it back.

A caller one of whose questions was ever given up says so with a bar, because that question may still come. The id of any
other is simply forgotten.
"""

import unittest

from lua.scripts import BAR, DAY, LEASE, SECOND, Answer, ScriptTest, Semaphore, new_id


class GivenUp(ScriptTest):
    def test_a_late_duplicate_of_acquire_does_not_bring_a_released_slot_back(self):
        holder, = self.holding(1)
        holder.release(bar=BAR)
        for shown in ({}, {"ticket": 0, "fence": 0}, {"wait": False}):
            self.assertEqual(holder.ask(**shown).state, Answer.BARRED)
        self.assertHolders([])
        self.assertQueue([])
        self.holding(1)

    def test_a_heartbeat_does_not_bring_a_released_slot_back(self):
        holder, = self.holding(1)
        holder.release(bar=BAR)
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertHolders([])

    def test_a_heartbeat_that_comes_late_makes_no_lease_without_a_bar_either(self):
        holder, = self.holding(1)
        holder.release()
        self.assertEqual(holder.renew(), Semaphore.GONE)
        self.assertHolders([])

    def test_a_late_duplicate_of_acquire_does_not_bring_back_a_place_in_the_queue(self):
        self.holding(1)
        waiter, = self.waiting(1)
        waiter.release(bar=BAR)
        self.assertTrue(waiter.ask().barred)
        self.assertTrue(waiter.ask(ticket=0).barred)
        self.assertQueue([])

    def test_a_release_that_overtakes_its_acquire_bars_it(self):
        caller, = self.callers(1)
        self.assertEqual(caller.release(bar=BAR), Semaphore.UNKNOWN)
        self.assertTrue(caller.ask().barred)
        self.assertHolders([])

    def test_a_refused_call_that_is_repeated_late_takes_nothing(self):
        holder, = self.holding(1)
        refused, = self.callers(1)
        self.assertEqual(refused.ask(wait=False, bar=BAR).state, Answer.WAITS)
        holder.release()
        self.assertTrue(refused.ask(wait=False, ticket=0).barred)
        self.assertHolders([])

    def test_the_last_try_at_the_deadline_leaves_for_good(self):
        holder, = self.holding(1)
        waiter, next_one = self.waiting(2)
        self.assertFalse(waiter.ask(wait=False, bar=BAR).holds)
        self.assertQueue([next_one])
        self.assertTrue(waiter.ask().barred)
        holder.release()
        self.assertHolders([next_one])

    def test_the_last_try_at_the_deadline_takes_a_slot_that_is_there(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        self.assertTrue(waiter.ask(wait=False, bar=BAR).holds)
        self.assertAbout(waiter.lease_left(), LEASE)

    def test_a_release_from_outside_ends_the_lease_of_one_that_goes_on_renewing(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.s.release(holder.id, bar=BAR), Semaphore.RELEASED)
        self.live(LEASE - 2 * SECOND, [waiter])
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)
        self.assertHolders([waiter])

    def test_the_bar_lasts_as_long_as_was_asked_for(self):
        holder, other = self.holding(2, capacity=2)
        holder.release(bar=BAR)
        self.live(BAR - 2 * SECOND, [other])
        other.ask()
        self.assertTrue(holder.ask().barred)
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.live(2 * SECOND, [other])
        other.ask()
        self.assertEqual(self.s.records(), {other.id})

    def test_releasing_again_does_not_lengthen_the_bar(self):
        holder, other = self.holding(2, capacity=2)
        holder.release(bar=BAR)
        for _ in range(3):
            self.live(BAR // 3, [other])
            holder.release(bar=BAR)
        other.ask()
        self.assertEqual(self.s.records(), {other.id})

    def test_without_a_bar_nothing_is_left_of_it(self):
        holder, other = self.holding(2, capacity=2)
        waiter, = self.waiting(1, capacity=2)
        waiter.release()
        holder.release()
        self.assertEqual(self.s.records(), {other.id})
        self.assertEqual(self.s.entries(), {other.id})

    def test_a_release_says_whether_there_was_something_to_give_up(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.s.release(new_id()), Semaphore.UNKNOWN)
        released = [waiter.release(bar=BAR), waiter.release(bar=BAR), holder.release(bar=BAR), holder.release()]
        self.assertEqual(released, [Semaphore.RELEASED, Semaphore.RELEASED_BEFORE] * 2)

    def test_a_release_in_a_life_that_lost_the_lease_says_that_its_keeper_may_return_and_bars_it(self):
        holder, other = self.holding(2, capacity=2)
        self.client.call("DEL", *self.s.keys)
        other.ask()
        self.assertEqual(holder.release(bar=BAR), Semaphore.MAY_RETURN)
        self.assertTrue(holder.ask().barred)

    def test_a_crowd_of_refused_calls_leaves_nothing(self):
        holder, = self.holding(1, lease=DAY)
        for caller in self.callers(200, lease=DAY):
            caller.ask(wait=False)
        self.assertEqual(self.s.records(), {holder.id})

    def test_a_crowd_of_bars_is_forgotten_when_they_end_however_long_the_leases(self):
        holder, = self.holding(1, lease=DAY)
        for caller in self.callers(250, lease=DAY):
            caller.ask(wait=False, bar=BAR)
        self.let_pass(BAR)
        for _ in range(3):  # a hundred at a time
            holder.ask()
        self.assertEqual(self.s.records(), {holder.id})


if __name__ == "__main__":
    unittest.main()
