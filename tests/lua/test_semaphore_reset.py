"""A reset empties holders and queue for good, and nobody who waits has to go."""

import unittest

from support.resp import RedisError
from lua.scripts import BAR, DAY, LEASE, SECOND, Answer, Caller, ScriptTest, Semaphore


class Holders(ScriptTest):
    def test_the_slots_are_free_at_once(self):
        self.holding(3, capacity=3)
        self.assertEqual(self.s.reset(), [3, 0])
        self.assertHolders([])
        self.holding(3, capacity=3)

    def test_a_renewal_is_told_that_the_lease_is_lost(self):
        holder, = self.holding(1)
        self.s.reset()
        self.assertEqual(holder.renew(), Semaphore.BARRED)

    def test_it_cannot_be_asked_for_back(self):
        holder, = self.holding(1)
        self.s.reset()
        for shown in ({}, {"wait": False}):
            self.assertEqual(holder.ask(**shown).state, Answer.BARRED)
        self.assertHolders([])
        self.assertQueue([])

    def test_who_asks_in_vain_hides_no_silence_from_those_who_were_cut_off(self):
        for late in (lambda: void.renew(), lambda: void.ask(), lambda: gone.release(bar=BAR), lambda: gone.ask()):
            self.s = self.semaphore()
            void, = self.holding(1)
            self.s.reset()
            gone, = self.holding(1)
            gone.release(bar=BAR)
            holder, = self.holding(1)
            self.let_pass(2 * LEASE)
            late()
            self.waiting(1)
            self.assertEqual(holder.renew(), Semaphore.RENEWED)
            self.assertHolders([holder])

    def test_not_as_long_as_any_lease_can_last(self):
        holder, = self.holding(1, lease=DAY)
        self.s.reset()
        for _ in range(2):
            self.let_pass(DAY // 2)
            self.assertEqual(holder.renew(), Semaphore.BARRED)
            self.assertTrue(holder.ask().barred)

    def test_its_late_release_takes_nothing_from_who_holds_now(self):
        before, = self.holding(1)
        self.s.reset()
        after, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(before.release(), 0)
        self.assertHolders([after])
        self.assertQueue([waiter])

    def test_who_comes_after_it_can_lose_its_lease_and_ask_for_it_back(self):
        self.holding(1)
        self.s.reset()
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys[1:])
        self.assertNotEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().holds)

    def test_one_whose_answer_was_lost_starts_anew(self):
        caller, = self.callers(1)
        self.s.acquire(caller.id)
        self.s.reset()
        self.assertTrue(caller.ask().holds)
        self.assertEqual(caller.renew(), Semaphore.RENEWED)

    def test_a_min_hold_ends(self):
        holder, = self.holding(1)
        holder.release(hold=60 * SECOND)
        self.s.reset()
        self.holding(1)
        self.assertEqual(holder.renew(), Semaphore.BARRED)

    def test_it_holds_for_tickets_that_restored_data_do_not_know(self):
        self.holding(1)[0].release()
        self.client.call("COPY", self.s.p, "saved")
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.client.call("COPY", "saved", self.s.p)
        self.client.call("DEL", "saved")
        self.s.reset()
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)

    def test_fences_go_on_growing(self):
        before, = self.holding(1)
        self.s.reset()
        after, = self.holding(1)
        self.assertGreater(after.fence, before.fence)
        self.assertGreater(after.ticket, before.ticket)


class Waiters(ScriptTest):
    def test_they_get_new_tickets_and_go_on_waiting(self):
        self.holding(1)
        waiters = self.waiting(3)
        before = [waiter.ticket for waiter in waiters]
        self.assertEqual(self.s.reset(), [1, 3])
        self.assertEqual([waiter.ask().state for waiter in waiters], [Answer.HOLDS, Answer.WAITS, Answer.WAITS])
        self.assertQueue(waiters[1:])
        for waiter in waiters:
            self.assertGreater(waiter.ticket, before[-1])

    def test_they_are_woken(self):
        self.holding(1)
        waiters = self.waiting(3)
        self.s.reset()
        self.assertEqual([waiter.woken for waiter in waiters], [True] * 3)

    def test_one_that_was_handed_a_slot_and_does_not_know_it_yet_starts_anew(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        self.assertHolders([waiter])
        self.s.reset()
        self.assertTrue(waiter.ask().holds)
        self.assertEqual(waiter.renew(), Semaphore.RENEWED)

    def test_a_repeated_question_keeps_the_new_place(self):
        self.holding(1)
        first, second = self.waiting(2)
        self.s.reset()
        self.holding(1)
        old = first.ticket
        self.assertEqual([first.ask().place, second.ask().place], [1, 2])
        self.assertEqual(self.s.acquire(first.id, ticket=old).place, 1)

    def test_the_last_try_of_one_leaves_for_good(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.s.reset()
        self.holding(1)
        self.assertEqual(waiter.ask(wait=False).state, Answer.WAITS)
        self.assertQueue([])

    def test_nobody_has_to_settle(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(LEASE + 20 * SECOND)
        self.s.reset()
        self.assertTrue(waiter.ask().holds)
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertEqual(Caller(self.s).ask().closed, 0)


class Traces(ScriptTest):
    def test_of_a_semaphore_that_is_not_there_nothing_is_made(self):
        self.assertEqual(self.s.reset(), [0, 0])
        self.assertEqual(self.s.all_keys(), set())

    def test_no_record_is_left(self):
        gone, *_ = self.holding(2, capacity=2)
        gone.release(bar=BAR)
        self.holding(1, capacity=2)
        self.waiting(2, capacity=2)
        self.s.reset()
        self.assertEqual(self.s.records(), set())
        self.assertEqual(self.s.entries(), set())

    def test_records_that_cannot_be_read_are_gone(self):
        for junk in ("junk", "", "1 1 30000000"):
            with self.subTest(junk):
                holder, other = self.holding(2, capacity=2)
                waiter, = self.waiting(1, capacity=2)
                self.client.call("HSET", self.s.p, holder.id, junk, waiter.id, junk)
                self.assertEqual(self.s.reset(), [2, 1])
                self.assertEqual(self.s.records(), set())
                self.assertTrue(waiter.ask().holds)
                self.assertEqual([holder.renew(), other.renew()], [Semaphore.BARRED] * 2)
                self.client.call("DEL", *self.s.keys)

    def test_a_crowd_is_reset(self):
        self.holding(1)
        for i in range(10_000):
            self.client.send("ZADD", self.s.waiters, 1, f"{i:032}")
        for _ in range(10_000):
            self.client.read()
        self.assertEqual(self.s.reset(), [1, 10_000])
        self.holding(1)

    def test_every_key_expires(self):
        self.holding(1)
        self.waiting(1)
        self.s.reset()
        for key in self.s.all_keys():
            self.assertGreater(self.client.call("PTTL", key), 0, key)

    def test_a_key_of_another_type_is_left_alone_and_nothing_is_changed(self):
        for key in self.s.keys:
            with self.subTest(key=key):
                self.client.call("DEL", *self.s.keys)
                holder, = self.holding(1)
                self.client.call("DEL", key)
                self.client.call("SET", key, "x")
                self.assertRaisesRegex(RedisError, "WRONGTYPE", self.s.reset)
                self.client.call("DEL", key)
                if key not in (self.s.p, self.s.holders):
                    self.assertEqual(holder.renew(), Semaphore.RENEWED)


class Buckets(ScriptTest):
    def test_it_is_full(self):
        bucket = self.bucket(capacity=3, frequency=60 * SECOND)
        for _ in range(5):
            bucket.reserve()
        self.assertEqual(bucket.reset(), 1)
        self.assertEqual([bucket.reserve() for _ in range(3)], [0, 0, 0])

    def test_of_a_bucket_that_is_not_there_nothing_is_made(self):
        bucket = self.bucket()
        self.assertEqual(bucket.reset(), 0)
        self.assertEqual(self.client.call("EXISTS", bucket.key), 0)

    def test_a_key_of_another_type_is_left_alone(self):
        bucket = self.bucket()
        self.client.call("SET", bucket.key, "x")
        self.assertRaisesRegex(RedisError, "WRONGTYPE", bucket.reset)
        self.assertEqual(self.client.call("GET", bucket.key), "x")


if __name__ == "__main__":
    unittest.main()
