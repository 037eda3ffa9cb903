"""What is given up stays given up: late duplicates, heartbeats and keepers must not bring it back."""

import unittest

from lua.scripts import DAY, LEASE, SECOND, Answer, ScriptTest, Semaphore, new_id


class GivenUp(ScriptTest):
    def test_a_late_duplicate_of_acquire_does_not_bring_a_released_slot_back(self):
        holder, = self.holding(1)
        holder.release()
        for shown in ({}, {"ticket": 0, "fence": 0}, {"wait": False}, {"away": True}):
            self.assertEqual(holder.ask(**shown).state, Answer.BARRED)
        self.assertHolders([])
        self.assertQueue([])
        self.holding(1)

    def test_a_heartbeat_does_not_bring_a_released_slot_back(self):
        holder, = self.holding(1)
        holder.release()
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertHolders([])

    def test_a_late_duplicate_of_acquire_does_not_bring_back_a_place_in_the_queue(self):
        self.holding(1)
        waiter, = self.waiting(1)
        waiter.release()
        self.assertTrue(waiter.ask().barred)
        self.assertTrue(waiter.ask(ticket=0).barred)
        self.assertQueue([])

    def test_a_release_that_overtakes_its_acquire_bars_it(self):
        caller, = self.callers(1)
        self.assertEqual(caller.release(), 0)
        self.assertTrue(caller.ask().barred)
        self.assertHolders([])

    def test_a_refused_call_that_is_repeated_late_takes_nothing(self):
        holder, = self.holding(1)
        refused, = self.callers(1)
        self.assertEqual(refused.ask(wait=False).state, Answer.WAITS)
        holder.release()
        self.assertTrue(refused.ask(wait=False, ticket=0).barred)
        self.assertHolders([])

    def test_the_last_try_at_the_deadline_leaves_for_good(self):
        holder, = self.holding(1)
        waiter, next_one = self.waiting(2)
        self.assertFalse(waiter.ask(wait=False).holds)
        self.assertQueue([next_one])
        self.assertTrue(waiter.ask().barred)
        holder.release()
        self.assertHolders([next_one])

    def test_the_last_try_at_the_deadline_takes_a_slot_that_is_there(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        self.assertTrue(waiter.ask(wait=False).holds)
        self.assertAbout(waiter.lease_left(), LEASE)

    def test_a_release_from_outside_ends_the_lease_of_one_that_goes_on_renewing(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.s.release(holder.id), 1)
        self.live(LEASE - 2 * SECOND, [waiter])
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)
        self.assertHolders([waiter])

    def test_the_bar_lasts_one_lease(self):
        holder, = self.holding(1)
        holder.release()
        self.let_pass(LEASE - SECOND)
        self.assertTrue(holder.ask().barred)
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.let_pass(SECOND)
        self.holding(1)
        self.assertNotIn(holder.id, self.s.records())

    def test_releasing_again_does_not_lengthen_the_bar(self):
        holder, other = self.holding(2, capacity=2)
        holder.release()
        for _ in range(3):
            self.live(10 * SECOND, [other])
            holder.release()
        other.ask()
        self.assertEqual(self.s.records(), {other.id, *self.s.entries()})

    def test_a_release_says_whether_there_was_something_to_give_up(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.s.release(new_id()), 0)
        self.assertEqual([waiter.release(), waiter.release(), holder.release(), holder.release()], [1, -1, 1, -1])

    def test_a_crowd_of_refused_calls_is_forgotten_within_a_minute_however_long_their_leases(self):
        holder, = self.holding(1, lease=DAY)
        for caller in self.callers(200, lease=DAY):
            caller.ask(wait=False)
        self.let_pass(60 * SECOND)
        holder.ask()
        self.assertEqual(self.s.records(), {holder.id})


if __name__ == "__main__":
    unittest.main()
