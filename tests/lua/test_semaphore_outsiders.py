"""Those who do not hold a lease but know its id, or how that begins: they renew it, give it back, free it for good."""

import unittest

from lua.scripts import DAY, LEASE, MINUTE, SECOND, ScriptTest, Semaphore, new_id

ALL_HAVE_ASKED = 2 * MINUTE  # a heartbeat comes at least every minute


class Outsiders(ScriptTest):
    def renew(self, holder, lease=0):
        return self.s.renew(holder.id, ticket=0, lease=lease)

    def release(self, holder):
        return self.s.release(holder.id, lease=0)


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
        self.live(ALL_HAVE_ASKED - SECOND, [other])
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)

    def test_the_bar_is_forgotten_when_all_that_live_have_asked(self):
        holder, other = self.holding(2, lease=SECOND, capacity=2)
        self.release(holder)
        self.live(ALL_HAVE_ASKED + SECOND, [other])
        other.ask()
        self.assertEqual(self.s.records(), {other.id})

    def test_a_long_lease_is_barred_for_as_long_as_it_is(self):
        holder, other = self.holding(2, lease=10 * MINUTE, capacity=2)
        self.release(holder)
        self.live(10 * MINUTE - SECOND, [other])
        self.assertTrue(holder.ask().barred)

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


class Freed(Outsiders):
    def test_a_holder_by_the_beginning_of_its_id(self):
        holder, other = self.holding(2, capacity=2)
        self.assertEqual(self.s.free(holder.id[:8]), 1)
        self.assertHolders([other])
        self.assertEqual(holder.renew(), Semaphore.BARRED)

    def test_a_waiter_by_its_whole_id(self):
        self.holding(1)
        first, second = self.waiting(2)
        self.assertEqual(self.s.free(first.id), 1)
        self.assertQueue([second])
        self.assertTrue(first.ask().barred)

    def test_the_first_waiter_gets_the_slot(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.s.free(holder.id)
        self.assertHolders([waiter])

    def test_of_several_that_begin_so_none_is_touched(self):
        for waiters in (0, 1):
            with self.subTest(waiters=waiters):
                self.s = self.semaphore()
                for tail in ("1" * 24, "2" * 24):
                    self.s.acquire("abcdef01" + tail, capacity=2 - waiters)
                before = self.s.entries()
                self.assertEqual(self.s.free("abcdef01"), 2)
                self.assertEqual(self.s.entries(), before)
                self.assertEqual(self.s.free("abcdef011"), 1)

    def test_an_id_is_matched_from_its_first_digit(self):
        holder, = self.holding(1)
        self.assertEqual(self.s.free(holder.id[1:]), 0)
        self.assertHolders([holder])

    def test_one_that_was_given_up_before_is_told_from_one_that_never_was(self):
        holder, = self.holding(1)
        holder.release()
        self.assertEqual(self.s.free(holder.id[:8]), -1)
        self.assertEqual(self.s.free(new_id()), 0)

    def test_nothing_is_written_where_nobody_is_found(self):
        self.assertEqual(self.s.free(new_id()), 0)
        self.assertEqual(self.s.all_keys(), set())

    def test_a_slot_that_is_kept_after_its_release_is_freed(self):
        holder, = self.holding(1, hold=60 * MINUTE)
        holder.release(hold=60 * MINUTE)
        self.waiting(1)
        self.assertEqual(self.s.free(holder.id), 1)
        self.assertNotIn(holder.id, self.s.holder_ids())

    def test_the_bar_lasts_as_long_as_was_asked_for(self):
        holder, other = self.holding(2, capacity=2)
        self.s.free(holder.id, bar=DAY)
        self.live(20 * MINUTE, [other])
        self.let_pass(DAY - 21 * MINUTE)
        self.assertTrue(holder.ask().barred)


if __name__ == "__main__":
    unittest.main()
