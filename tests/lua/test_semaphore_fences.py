"""The fence: a number that grows with every grant, for ever."""

import unittest

from lua.crowd import Crowd
from lua.scripts import BRIEF, DAY, HOUR, LEASE, MINUTE, SECOND, ScriptTest


class Fences(ScriptTest):
    def take_and_give_back(self):
        caller, = self.holding(1)
        caller.release()
        return caller.fence

    def test_every_grant_has_a_larger_fence_than_all_before(self):
        fences = [self.take_and_give_back() for _ in range(100)]
        self.assertEqual(fences, sorted(set(fences)))

    def test_holders_of_one_limiter_have_fences_of_their_own(self):
        fences = [holder.fence for holder in self.holding(50, capacity=50)]
        self.assertEqual(fences, sorted(set(fences)))

    def test_a_waiter_has_no_fence_and_a_hand_off_gives_it_a_new_one(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(waiter.fence, 0)
        holder.release()
        self.assertGreater(waiter.ask().fence, holder.fence)

    def test_the_fence_stays_the_same_while_the_slot_is_held(self):
        holder, = self.holding(1)
        fence = holder.fence
        for _ in range(5):
            self.let_pass(10 * SECOND)
            holder.renew()
            self.assertEqual(holder.ask().fence, fence)

    def test_fences_grow_across_the_end_of_all_keys(self):
        last = self.take_and_give_back()
        self.let_pass(2 * DAY)
        self.assertEqual(self.client.call("EXISTS", *self.s.keys), 0)
        self.assertGreater(self.take_and_give_back(), last)

    def test_fences_grow_across_the_loss_of_all_data(self):
        last = self.take_and_give_back()
        self.client.call("DEL", *self.s.keys)
        self.assertGreater(self.take_and_give_back(), last)

    def test_fences_grow_however_far_the_clock_was_ahead_for_a_while(self):
        for ahead in (MINUTE, HOUR, 3 * DAY, 30 * DAY):
            with self.subTest(ahead=ahead):
                self.s = self.semaphore()
                self.let_pass(ahead)
                last = self.take_and_give_back()
                self.let_pass(-ahead)
                for _ in range(8):  # however long nobody asks
                    self.let_pass(self.client.call("PTTL", self.s.p) * 1000 // 2)
                    self.assertGreater(fence := self.take_and_give_back(), last)
                    last = fence
                self.let_pass(self.client.call("PTTL", self.s.p) * 1000 + SECOND)
                self.assertEqual(self.client.call("EXISTS", self.s.p), 0)
                self.assertGreater(self.take_and_give_back(), last)

    def test_the_limiter_remembers_its_fence_for_an_hour(self):
        self.take_and_give_back()
        self.let_pass(HOUR - SECOND)
        self.assertEqual(self.client.call("EXISTS", self.s.p), 1)

    def test_a_fence_that_a_caller_shows_is_never_given_again(self):
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.let_pass(-HOUR)
        self.assertTrue(holder.ask().holds)
        holder.release()
        newcomer, = self.callers(1)
        self.let_pass(LEASE)
        newcomer.ask(wait=False)
        self.let_pass(BRIEF)
        newcomer.release()
        self.assertGreater(self.take_and_give_back(), holder.fence)

    def test_a_reclaim_keeps_its_fence_even_if_a_larger_one_was_given_meanwhile(self):
        slow, = self.holding(1)
        own = slow.fence
        self.let_pass(LEASE)
        quick, = self.replacing_the_dead(1)
        self.assertGreater(quick.fence, own)
        quick.release()
        self.assertEqual(slow.ask().fence, own)
        slow.release()
        self.assertGreater(self.take_and_give_back(), quick.fence)


class FencesOfACrowd(Crowd):
    def test_after_an_outage_new_grants_have_larger_fences_than_all_that_came_back(self):
        self.lose_data()
        self.let_pass(-MINUTE)
        self.come_back(self.holders[:1] + self.queue + self.holders[1:])
        self.live(20 * SECOND, self.holders + self.queue)
        self.assertAllAsBefore()
        for holder in self.holders:
            holder.release()
        self.assertGreater(min(w.ask().fence for w in self.queue[:5]), max(self.fences))


if __name__ == "__main__":
    unittest.main()
