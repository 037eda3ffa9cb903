"""Those who do not hold a lease but know its id, or how that begins: they renew it, and give it back for good."""

import unittest

from lua.scripts import BAR, LEASE, MINUTE, SECOND, ScriptTest, Semaphore, new_id


class Outsiders(ScriptTest):
    def renew(self, holder, lease=0):
        return self.s.renew(holder.id, ticket=0, lease=lease)

    def release(self, holder):
        return self.s.release(holder.id, ticket=0, bar=BAR)


class Renewal(Outsiders):
    def test_without_a_lease_of_its_own_it_sets_the_one_that_was_asked_for(self):
        holder, = self.holding(1, lease=50 * SECOND)
        self.let_pass(20 * SECOND)
        self.assertEqual(self.renew(holder), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), 50 * SECOND)

    def test_a_lease_of_its_own_is_for_this_time_only(self):
        holder, = self.holding(1)
        self.assertEqual(self.renew(holder, lease=10 * MINUTE), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), 10 * MINUTE)
        self.renew(holder)
        self.assertAbout(holder.lease_left(), LEASE)

    def test_a_lease_that_ended_and_that_nobody_took_is_renewed(self):
        holder, = self.holding(1)
        self.let_pass(5 * LEASE)
        self.assertEqual(self.renew(holder), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), LEASE)

    def test_it_makes_no_lease(self):
        self.assertEqual(self.s.renew(new_id(), ticket=0, lease=0), Semaphore.GONE)
        holder, = self.holding(1)
        self.release(holder)
        self.assertEqual(self.renew(holder), Semaphore.BARRED)
        self.assertHolders([])

    def test_one_that_comes_after_hours_is_no_sign_that_the_server_was_away(self):
        holder, = self.holding(1, capacity=2, lease=4 * 60 * MINUTE)
        self.let_pass(3 * 60 * MINUTE)
        self.renew(holder)
        self.holding(1, capacity=2)


class GivenBack(Outsiders):
    def test_the_slot_is_free_at_once_and_goes_to_the_first_waiter(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.release(holder), Semaphore.RELEASED)
        self.assertHolders([waiter])
        self.assertTrue(waiter.woken)

    def test_the_holder_learns_it_from_its_next_question_however_short_its_lease(self):
        holder, other = self.holding(2, lease=SECOND, capacity=2)
        self.release(holder)
        self.live(BAR - 2 * SECOND, [other])
        other.ask()
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)

    def test_the_bar_is_forgotten_when_every_holder_must_have_asked(self):
        holder, other = self.holding(2, lease=SECOND, capacity=2)
        self.release(holder)
        self.live(BAR + 2 * SECOND, [other])
        other.ask()
        self.assertEqual(self.s.records(), {other.id})

    def test_a_waiter_loses_its_place(self):
        self.holding(1)
        first, second = self.waiting(2)
        self.assertEqual(self.release(first), Semaphore.RELEASED)
        self.assertQueue([second])
        self.assertTrue(first.ask().barred)

    def test_of_a_semaphore_that_is_not_there_only_the_bar_is_made(self):
        gone, = self.callers(1)
        self.assertEqual(self.release(gone), Semaphore.UNKNOWN)
        self.assertEqual(self.s.records(), {gone.id})
        self.assertEqual(self.s.holder_ids(), set())

    def test_an_id_that_is_not_known_is_barred_too(self):
        holder, other = self.holding(2, capacity=2)
        self.client.call("DEL", *self.s.keys)
        other.ask()
        self.assertEqual(self.release(holder), Semaphore.UNKNOWN)
        self.assertEqual(self.release(holder), Semaphore.RELEASED_BEFORE)
        self.assertTrue(holder.ask().barred)

    def test_a_lease_that_was_silent_for_hours_is_given_back_without_a_settling_time(self):
        holder, = self.holding(1, lease=4 * 60 * MINUTE)
        self.let_pass(3 * 60 * MINUTE)
        self.release(holder)
        self.holding(1)

    def test_a_slot_that_is_kept_after_its_release_is_given_back(self):
        holder, = self.holding(1, hold=60 * MINUTE)
        holder.release(hold=60 * MINUTE)
        waiter, = self.waiting(1)
        self.release(holder)
        self.assertHolders([waiter])


if __name__ == "__main__":
    unittest.main()
