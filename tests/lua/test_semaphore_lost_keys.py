"""Keys that vanish one by one, by eviction or by hand: nothing drifts for good, nothing is blocked for good."""

import itertools
import unittest

from lua.crowd import SETTLING
from lua.scripts import LEASE, SECOND, ScriptTest


class LostKeys(ScriptTest):
    def lose(self, *keys):
        self.client.call("DEL", *keys)

    def test_no_holders_is_a_free_semaphore(self):
        self.holding(2, capacity=2)
        self.lose(self.s.holders)
        self.holding(2, capacity=2)
        self.waiting(1, capacity=2)

    def test_used_follows_the_holders_that_are_left(self):
        first, second = self.holding(2, capacity=5, weight=2)
        self.client.call("ZREM", self.s.holders, first.id)
        third, = self.holding(1, capacity=5, weight=3)
        self.assertEqual(self.s.in_use(), 5)
        second.release()
        third.release()
        self.assertEqual(self.s.in_use(), 0)

    def test_without_its_counters_the_holders_still_count(self):
        self.holding(3, capacity=3)
        self.lose(self.s.p)
        self.assertFalse(self.callers(1, capacity=3)[0].ask(wait=False).holds)

    def test_without_its_counters_nobody_new_is_granted_before_the_weights_are_known_again(self):
        heavy = self.holding(2, capacity=7, weight=3)
        self.lose(self.s.p)
        newcomer, = self.callers(1, capacity=7, weight=2)
        self.assertFalse(newcomer.ask().holds)
        for caller in heavy:
            caller.beat()
        self.live(SETTLING, [*heavy, newcomer])
        self.assertHolders(heavy)

    def test_used_is_right_again_when_the_holders_have_come_back_after_their_records_were_lost(self):
        for order in itertools.permutations(range(3)):
            with self.subTest(order=order):
                self.s = self.semaphore()
                callers = [self.holding(1, capacity=9, weight=w)[0] for w in (4, 3, 2)]
                self.lose(self.s.p)
                for i in order:
                    self.assertTrue(callers[i].beat())
                self.assertEqual(self.s.in_use(), 9)
                for i in order:
                    callers[i].release()
                self.assertEqual(self.s.in_use(), 0)

    def test_used_is_right_after_a_release_by_a_holder_whose_record_was_lost(self):
        first, second, third = (self.holding(1, capacity=9, weight=w)[0] for w in (4, 3, 2))
        self.lose(self.s.p)
        first.release()
        second.beat()
        third.beat()
        self.assertEqual(self.s.in_use(), 5)
        second.release()
        third.release()
        self.assertEqual(self.s.in_use(), 0)

    def test_whichever_keys_are_lost_the_limiter_works_on_and_keeps_no_trace_of_the_dead(self):
        for count in range(1, 5):
            for lost in itertools.combinations(range(4), count):
                with self.subTest(lost=lost):
                    self.s = self.semaphore()
                    holders = self.holding(2, capacity=3)
                    freed, = self.holding(1, capacity=3)
                    queue = self.waiting(2, capacity=3, weight=3)
                    freed.release()
                    self.lose(*(self.s.keys[i] for i in lost))
                    for caller in holders + queue:
                        caller.beat()
                    self.live(2 * LEASE, holders + queue)
                    self.assertHolders(holders)
                    self.assertQueue(queue)
                    for caller in holders:
                        caller.release()
                    self.assertHolders(queue[:1])
                    self.assertEqual(self.s.in_use(), sum(weight for weight, *_ in self.s.status()[4].values()))

    def test_a_key_that_is_made_again_ends_with_the_others(self):
        self.holding(1, capacity=3)
        self.lose(self.s.holders)
        self.holding(1, capacity=3)
        self.assertGreater(self.client.call("PTTL", self.s.holders), 0, "the holders never end")

    def test_a_record_that_cannot_be_read_is_as_good_as_none(self):
        for junk in ("junk", "", "1 1 30000000"):
            with self.subTest(junk):
                self.s = self.semaphore()
                first, dead = self.holding(2, capacity=2)
                waiter, = self.waiting(1, capacity=2)
                self.client.call("HSET", self.s.p, *(word for c in (first, dead, waiter) for word in (c.id, junk)))
                newcomer, = self.waiting(1, capacity=2)
                self.assertEqual(set(self.s.status()[4]), {first.id, dead.id})
                self.live(2 * LEASE, [first, waiter, newcomer])
                self.assertHolders([first, waiter])
                first.release()
                self.assertTrue(newcomer.ask().holds)
                self.assertNotIn(dead.id, self.s.records())

    def test_a_waiter_whose_place_was_lost_gets_it_back(self):
        self.holding(1)
        first, second = self.waiting(2)
        self.lose(self.s.waiters)
        self.assertFalse(second.ask().holds)
        self.assertFalse(first.ask().holds)
        self.assertQueue([first, second])

    def test_a_dead_waiter_without_a_liveness_blocks_nobody_for_ever(self):
        holder, = self.holding(1)
        dead, alive = self.waiting(2)
        self.lose(self.s.alive)
        self.live(2 * SECOND, [holder, alive])
        holder.release()
        self.live(8 * SECOND, [alive])
        self.assertTrue(alive.holds)


if __name__ == "__main__":
    unittest.main()
