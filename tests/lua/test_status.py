"""What status sees: what the next caller would find, told on the server's clock, and nothing is changed by looking."""

import unittest

from lua.scripts import BRIEF, LEASE, MILLISECOND, SECOND, ScriptTest


class SemaphoreStatus(ScriptTest):
    def snapshot(self):
        return {key: (self.client.call("DUMP", key), self.client.call("PEXPIRETIME", key)) for key in self.s.all_keys()}

    def test_one_that_is_not_there_is_none(self):
        self.assertIsNone(self.s.status())
        self.assertEqual(self.s.all_keys(), set())

    def test_weights_capacity_and_waiters(self):
        heavy, = self.holding(1, capacity=5, weight=3, who="host 7 make all")
        light, = self.holding(1, capacity=5, who="other 8 ls")
        self.waiting(2, capacity=5, weight=2)
        capacity, used, waiters, settling, holders = self.s.status()
        self.assertEqual((capacity, used, waiters, settling), (5, 4, 2, 0))
        self.assertEqual({id: (row[0], row[3], row[4]) for id, row in holders.items()},
                         {heavy.id: (3, 0, "host 7 make all"), light.id: (1, 0, "other 8 ls")})

    def test_spans_are_told_on_the_servers_clock(self):
        holder, = self.holding(1)
        self.let_pass(9 * SECOND)
        _, held, expires, _, _ = self.s.status()[4][holder.id]
        self.assertAbout(expires, LEASE - 9 * SECOND)
        self.assertAbout(-held, -9 * SECOND)

    def test_a_step_back_of_the_clock_changes_nothing(self):
        holder, = self.holding(1)
        self.let_pass(-1000 * SECOND)
        self.assertAbout(self.s.status()[4][holder.id][2], LEASE)

    def test_a_lease_that_has_ended_is_not_in_use(self):
        self.holding(1)
        self.let_pass(LEASE + SECOND)
        self.assertEqual(self.s.status(), (1, 0, 0, 0, {}))

    def test_a_silent_waiter_has_gone(self):
        holder, = self.holding(1)
        gone, there = self.waiting(2)
        self.live(12 * SECOND, [holder, there])
        self.assertEqual(self.s.status()[2], 1)

    def test_while_it_settles_all_are_there(self):
        dead, alive = self.holding(2, capacity=2)
        waiter, = self.waiting(1, capacity=2)
        self.s.become_another_process()
        self.let_pass(LEASE - SECOND)
        alive.renew()
        self.let_pass(2 * SECOND)
        capacity, used, waiters, closed, holders = self.s.status()
        self.assertEqual((used, waiters, set(holders)), (2, 1, {dead.id, alive.id}))
        self.assertAbout(closed, LEASE // 3 + LEASE // 6)
        self.assertLess(holders[dead.id][2], 0)

    def test_a_lease_that_a_silence_spares_is_there_and_nothing_is_closed(self):
        dead, = self.holding(1)
        self.let_pass(LEASE + SECOND)
        self.waiting(1)
        capacity, used, waiters, closed, holders = self.s.status()
        self.assertEqual((used, waiters, closed, set(holders)), (1, 1, 0, {dead.id}))
        self.let_pass(BRIEF)
        self.assertEqual(self.s.status(), (1, 0, 1, 0, {}))

    def test_a_released_slot_in_its_min_hold_says_so(self):
        holder, = self.holding(1)
        holder.release(hold=60 * SECOND)
        weight, _, expires, released, _ = self.s.status()[4][holder.id]
        self.assertEqual((weight, released), (1, 1))
        self.assertAbout(expires, 60 * SECOND)

    def test_a_holder_whose_record_was_lost_is_shown(self):
        holder, = self.holding(1)
        self.client.call("HDEL", self.s.p, holder.id)
        self.assertEqual(self.s.status()[4][holder.id][0::4], (1, ""))

    def test_holders_are_shown_although_the_counters_were_lost(self):
        holder, = self.holding(1)
        self.client.call("DEL", self.s.p)
        self.assertEqual(set(self.s.status()[4]), {holder.id})

    def test_looking_changes_nothing(self):
        gone, *_ = self.holding(3, capacity=3)
        self.waiting(2, capacity=3)
        gone.release(hold=60 * SECOND)
        self.let_pass(LEASE + SECOND)
        before = self.snapshot()
        self.s.status()
        self.assertEqual(self.snapshot(), before)

    def test_every_holder_of_a_large_semaphore_is_told_in_slices_of_200(self):
        holders = self.holding(1201, capacity=2000)
        slices = list(self.s.status_slices())
        self.assertTrue(all(len(some) <= 200 for _, some, _ in slices))
        self.assertEqual({id for _, some, _ in slices for id in some}, {holder.id for holder in holders})
        self.assertEqual({state for state, _, _ in slices}, {(2000, 1201, 0, 0)})

    def test_no_holder_is_missed_although_all_renew_between_two_slices(self):
        holders = self.holding(1201, capacity=2000)
        told, slices = set(), self.s.status_slices()
        for count, (_, some, _) in enumerate(slices):
            told |= set(some)
            if count < 3:
                for holder in holders:
                    holder.renew()
        self.assertEqual(told, {holder.id for holder in holders})

    def test_the_slices_end_although_holders_come_and_go(self):
        holders = self.holding(600, capacity=2000)
        told, slices = set(), self.s.status_slices()
        told |= set(next(slices)[1])
        for holder in holders[:550]:
            holder.release()
        for _, some, _ in slices:
            told |= set(some)
        self.assertLessEqual({holder.id for holder in holders[550:]}, told)


    def test_waiters_are_told_in_their_order_with_the_time_since_they_joined(self):
        holder, = self.holding(1)
        first, = self.waiting(1, weight=1, who="h 1 first/label")
        self.live(5 * SECOND, [holder, first])
        second, = self.waiting(1, who="h 2 second")
        self.live(3 * SECOND, [holder, first, second])
        rows = self.s.queue()
        self.assertEqual([(id, weight, who) for id, weight, _, who in rows], [(first.id, 1, "h 1 first/label"), (second.id, 1, "h 2 second")])
        for (_, _, waited, _), span in zip(rows, (8, 3)):
            self.assertAbout(-waited, -span * SECOND, slack=2 * SECOND)

    def test_a_silent_waiter_is_told_neither_in_the_queue_nor_in_the_count(self):
        holder, = self.holding(1)
        gone, there = self.waiting(2)
        self.live(12 * SECOND, [holder, there])
        self.assertEqual([row[0] for row in self.s.queue()], [there.id])

    def test_holders_and_waiters_of_a_crowd_are_told_in_slices_of_200_together_and_the_first_20_waiters_at_once(self):
        holders = self.holding(700, capacity=700)
        waiters = self.waiting(700, capacity=700)
        slices = list(self.s.status_slices())
        self.assertTrue(all(len(some) + len(rows) <= 200 for _, some, rows in slices))
        self.assertGreaterEqual(len(slices[0][2]), 20)
        self.assertEqual({id for _, some, _ in slices for id in some}, {holder.id for holder in holders})
        self.assertEqual(list(dict.fromkeys(row[0] for _, _, rows in slices for row in rows)), [waiter.id for waiter in waiters])

    def test_how_many_hold_is_told_with_each_slice(self):
        self.holding(600, capacity=1000)
        reply = self.client.eval_script("semaphore/status", self.s.keys, ("", "-inf", ""))
        self.assertEqual((reply[5], len(reply[7]) // 6), (600, 200))


class BucketStatus(ScriptTest):
    def test_one_that_is_not_there_is_none(self):
        self.assertIsNone(self.bucket().status())

    def test_level_refill_and_parameters(self):
        bucket = self.bucket(capacity=10, amount=2, frequency=60 * SECOND)
        bucket.reserve(tokens=3)
        level, *parameters, refill, token = bucket.status()
        self.assertEqual((level, parameters, token), (7, [10, 2, 60 * SECOND], 0))
        self.assertAbout(refill, 60 * SECOND)

    def test_a_refill_that_is_due_is_counted_although_nobody_wrote_it(self):
        bucket = self.bucket(capacity=10, amount=2, frequency=10 * SECOND)
        bucket.reserve(tokens=9)
        self.let_pass(25 * SECOND)
        level, *_, refill, token = bucket.status()
        self.assertEqual((level, token), (5, 0))
        self.assertAbout(refill, 5 * SECOND)

    def test_what_is_promised_ahead_makes_the_next_token_late(self):
        bucket = self.bucket(capacity=2, frequency=10 * SECOND)
        for _ in range(5):
            bucket.reserve()
        level, *_, refill, token = bucket.status()
        self.assertEqual(level, -3)
        self.assertAbout(refill, 10 * SECOND)
        self.assertAbout(token, 40 * SECOND)
        self.assertAbout(bucket.reserve(), 40 * SECOND)

    def test_a_full_one_waits_for_nothing(self):
        bucket = self.bucket(capacity=2, frequency=10 * MILLISECOND)
        bucket.reserve()
        self.let_pass(SECOND)
        self.assertEqual(bucket.status(), [2, 2, 1, 10 * MILLISECOND, 0, 0])

    def test_looking_changes_nothing(self):
        bucket = self.bucket(capacity=2, frequency=10 * SECOND)
        bucket.reserve()
        self.let_pass(15 * SECOND)
        before = self.client.call("DUMP", bucket.key)
        bucket.status()
        self.assertEqual(self.client.call("DUMP", bucket.key), before)


if __name__ == "__main__":
    unittest.main()
