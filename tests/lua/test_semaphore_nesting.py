"""Asking for a limiter that one's own process tree holds already, and two limiters around one command."""

import unittest

from lua.scripts import LEASE, SECOND, Answer, Bucket, ScriptTest


class Nesting(ScriptTest):
    def test_who_would_wait_for_itself_is_told_so_and_leaves_the_queue(self):
        outer, = self.holding(1)
        inner, = self.callers(1, outer=outer.id)
        self.assertEqual(inner.ask().state, Answer.FOR_ITSELF)
        self.assertQueue([])
        outer.release()
        self.holding(1)

    def test_who_would_wait_for_itself_does_not_hold_back_others(self):
        outer, = self.holding(1, capacity=3, weight=2)
        inner, = self.callers(1, capacity=3, weight=2, outer=outer.id)
        self.assertEqual(inner.ask().state, Answer.FOR_ITSELF)
        self.holding(1, capacity=3)

    def test_all_that_its_processes_hold_counts(self):
        outermost, = self.holding(1, capacity=3)
        outer, = self.holding(1, capacity=3, outer=outermost.id)
        both = f"{outermost.id} {outer.id}"
        self.assertEqual(self.callers(1, capacity=3, weight=2, outer=both)[0].ask().state, Answer.FOR_ITSELF)
        self.holding(1, capacity=3, outer=both)

    def test_the_same_limiter_twice_is_fine_where_both_fit(self):
        outer, = self.holding(1, capacity=3)
        self.holding(1, capacity=3, weight=2, outer=outer.id)

    def test_both_fit_but_others_are_in_the_way_so_it_waits(self):
        outer, other = self.holding(2, capacity=2)
        inner, = self.waiting(1, capacity=2, outer=outer.id)
        self.assertEqual(inner.ask().state, Answer.WAITS)
        other.release()
        self.assertTrue(inner.ask().holds)

    def test_an_outer_lease_of_another_limiter_is_no_hindrance(self):
        outer, = self.holding(1)
        self.s = self.semaphore()
        self.holding(1)
        self.assertEqual(self.waiting(1, outer=outer.id)[0].ask().state, Answer.WAITS)

    def test_an_outer_lease_that_was_given_up_is_no_hindrance(self):
        outer, = self.holding(1)
        outer.release()
        holder, = self.holding(1)
        inner, = self.waiting(1, outer=outer.id)
        self.live(LEASE + SECOND, [inner])
        self.assertTrue(inner.holds)


class Together(ScriptTest):
    def test_a_semaphore_and_a_bucket_of_one_name_are_two_limiters(self):
        for _ in range(3):
            self.assertTrue(self.holding(1, capacity=3)[0].holds)
        bucket = Bucket(self.client, self.s.name, capacity=2, amount=1, frequency=10 * SECOND)
        self.assertEqual([bucket.reserve(), bucket.reserve()], [0, 0])
        self.assertGreater(bucket.reserve(), 0)
        self.waiting(1, capacity=3)
        self.assertEqual(len(self.s.all_keys()), 5)


if __name__ == "__main__":
    unittest.main()
