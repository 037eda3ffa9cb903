"""Weights, and a capacity that belongs to the request."""

import unittest

from lua.scripts import LEASE, ScriptTest


class Weights(ScriptTest):
    def test_the_weights_of_the_holders_never_exceed_the_capacity(self):
        self.holding(1, capacity=5, weight=3)
        self.holding(1, capacity=5, weight=2)
        answer = self.waiting(1, capacity=5)[0].ask()
        self.assertEqual((answer.used, answer.place), (5, 1))

    def test_a_weight_as_large_as_the_capacity_excludes_everybody_else(self):
        whole, = self.holding(1, capacity=5, weight=5)
        self.waiting(1, capacity=5)
        self.assertEqual(whole.ask().used, 5)

    def test_a_heavy_waiter_holds_back_the_light_ones_behind_it(self):
        first, second = self.holding(2, capacity=3)
        heavy, = self.waiting(1, capacity=3, weight=3)
        light, = self.waiting(1, capacity=3)
        first.release()
        self.assertHolders([second])
        second.release()
        self.assertHolders([heavy])
        heavy.release()
        self.assertHolders([light])

    def test_a_heavy_slot_makes_room_for_several_light_ones(self):
        heavy, = self.holding(1, capacity=4, weight=4)
        light = self.waiting(5, capacity=4)
        heavy.release()
        self.assertHolders(light[:4])
        self.assertEqual([caller.woken for caller in light], [True] * 4 + [False])

    def test_the_end_of_a_heavy_lease_gives_back_its_whole_weight(self):
        self.holding(1, capacity=10, weight=7)
        waiter, = self.waiting(1, capacity=10, weight=10)
        self.live(LEASE, [waiter])
        self.assertTrue(waiter.holds)
        self.assertEqual(waiter.ask().used, 10)

    def test_the_weight_of_an_id_is_what_it_first_asked_for(self):
        caller, = self.holding(1, capacity=5, weight=2)
        self.assertEqual(caller.ask(weight=5).used, 2)
        self.holding(1, capacity=5, weight=3)

    def test_very_large_weights_and_capacities_are_exact(self):
        limit = 10**15
        self.holding(1, capacity=limit, weight=limit - 1)
        self.holding(1, capacity=limit, weight=1)
        self.assertEqual(self.waiting(1, capacity=limit)[0].ask().used, limit)


class Capacity(ScriptTest):
    def test_a_larger_capacity_takes_effect_at_once(self):
        self.holding(2, capacity=2)
        self.holding(3, capacity=5)
        self.waiting(1, capacity=5)

    def test_a_smaller_capacity_takes_effect_at_once_and_takes_nothing_from_holders(self):
        holders = self.holding(5, capacity=5)
        late, = self.waiting(1, capacity=2)
        for holder in holders[:3]:
            holder.release()
            self.assertFalse(late.ask().holds)
        holders[3].release()
        self.assertHolders([holders[4], late])

    def test_a_small_capacity_is_not_starved_by_larger_ones_that_come_later(self):
        holder, other = self.holding(2, capacity=3)
        modest, = self.waiting(1, capacity=1)
        greedy = self.waiting(2, capacity=3)
        holder.release()
        self.assertHolders([other])
        other.release()
        self.assertTrue(modest.in_holders)

    def test_the_capacity_of_a_waiter_is_what_it_asked_for_last(self):
        self.holding(1, capacity=1)
        waiter, = self.waiting(1, capacity=1)
        self.assertTrue(waiter.ask(capacity=2).holds)

    def test_another_capacity_that_is_in_use_is_told(self):
        first, = self.callers(1, capacity=5)
        second, = self.callers(1, capacity=3)
        self.assertEqual(first.ask().other_capacity, 0)
        self.assertEqual(second.ask().other_capacity, 5)
        self.assertEqual(second.ask().other_capacity, 0)
        self.assertEqual(first.ask().other_capacity, 3)

    def test_nothing_is_told_when_everybody_asks_for_the_same(self):
        callers = self.callers(4, capacity=2)
        self.assertEqual([c.ask().other_capacity for c in callers * 2], [0] * 8)

    def test_a_capacity_that_nobody_uses_any_more_is_not_told(self):
        first, = self.holding(1, capacity=5)
        first.release()
        second, = self.callers(1, capacity=3)
        self.assertEqual(second.ask().other_capacity, 0)


if __name__ == "__main__":
    unittest.main()
