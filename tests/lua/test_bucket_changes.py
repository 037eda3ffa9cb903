"""Callers with different parameters for one bucket."""

import unittest

from lua.scripts import HOUR, MINUTE, SECOND, Bucket, ScriptTest, new_id

STEP = 10 * SECOND


class Changes(ScriptTest):
    def test_the_parameters_that_were_in_use_are_told_once(self):
        bucket = self.bucket(capacity=5, amount=2, frequency=STEP)
        other = bucket.changed(capacity=7, amount=3, frequency=MINUTE)
        self.assertEqual(bucket.acquire()[2], [])
        self.assertEqual(other.acquire()[2], [5, 2, STEP])
        self.assertEqual(other.acquire()[2], [])
        self.assertEqual(bucket.acquire()[2], [7, 3, MINUTE])

    def test_a_refused_call_tells_them_too(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=STEP)
        bucket.reserve()
        self.assertEqual(bucket.changed(capacity=2).acquire(max_wait=0)[2], [1, 1, STEP])

    def test_a_smaller_capacity_cuts_what_is_there(self):
        bucket = self.bucket(capacity=10, amount=1, frequency=STEP)
        bucket.reserve()
        smaller = bucket.changed(capacity=3)
        self.assertEqual(smaller.reserve(tokens=3), 0)
        self.assertAbout(smaller.reserve(), STEP)

    def test_a_larger_capacity_adds_nothing_at_once(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
        bucket.reserve()
        larger = bucket.changed(capacity=10)
        self.assertEqual(larger.reserve(), 0)
        self.assertAbout(larger.reserve(), STEP)

    def test_a_larger_capacity_fills_up_in_time(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
        bucket.reserve(tokens=2)
        larger = bucket.changed(capacity=5)
        larger.reserve()
        self.let_pass(6 * STEP)
        self.assertEqual(larger.reserve(tokens=5), 0)

    def test_what_was_due_under_the_old_rate_is_there_under_the_new_one(self):
        bucket = self.bucket(capacity=10, amount=1, frequency=STEP)
        bucket.reserve(tokens=10)
        self.let_pass(5 * STEP)
        slower = bucket.changed(frequency=HOUR)
        self.assertEqual(slower.reserve(tokens=5), 0)
        self.assertAbout(slower.reserve(), HOUR)

    def test_a_faster_rate_takes_effect_at_once(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=HOUR)
        bucket.reserve()
        self.assertAbout(bucket.changed(frequency=SECOND).reserve(), SECOND)

    def test_a_faster_rate_takes_effect_for_callers_that_do_not_wait(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=HOUR)
        bucket.reserve()
        faster = bucket.changed(frequency=STEP)
        for _ in range(9):
            state, wait, _ = faster.acquire(max_wait=0)
            self.assertEqual(state, Bucket.REFUSED)
            self.let_pass(SECOND)
        self.assertAbout(faster.acquire(max_wait=0)[1], SECOND)
        self.let_pass(SECOND)
        self.assertEqual(faster.acquire(max_wait=0)[0], Bucket.RESERVED)

    def test_a_slower_rate_counts_from_the_last_token_on(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=STEP)
        bucket.reserve()
        self.let_pass(STEP - SECOND)
        self.assertAbout(bucket.changed(frequency=MINUTE).reserve(), MINUTE - (STEP - SECOND))

    def test_promises_made_before_a_change_are_kept(self):
        bucket, id = self.bucket(capacity=1, amount=1, frequency=STEP), new_id()
        bucket.reserve()
        promised = bucket.reserve(id)
        slower = bucket.changed(frequency=HOUR)
        self.assertAbout(slower.reserve(), 2 * HOUR)
        self.assertAbout(bucket.reserve(id), promised)

    def test_a_cut_that_fills_the_bucket_restarts_the_refill_clock(self):
        bucket = self.bucket(capacity=10, amount=1, frequency=STEP)
        bucket.reserve(tokens=5)
        self.let_pass(STEP - SECOND)
        smaller = bucket.changed(capacity=2)
        self.assertEqual(smaller.reserve(tokens=2), 0)
        self.assertAbout(smaller.reserve(), STEP)

    def test_callers_that_differ_in_capacity_alone_do_not_put_the_next_token_off(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
        larger = bucket.changed(capacity=3)
        bucket.reserve(tokens=2)
        granted = 0
        for i in range(100):
            granted += (bucket, larger)[i % 2].acquire(max_wait=SECOND)[0] == Bucket.RESERVED
            self.let_pass(STEP // 5)
        self.assertGreaterEqual(granted, 19)

    def test_callers_that_take_turns_with_two_rates_both_get_tokens(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=STEP)
        other = bucket.changed(frequency=STEP + SECOND)
        granted = [0, 0]
        for i in range(200):
            granted[i % 2] += (bucket, other)[i % 2].acquire(max_wait=0)[0] == Bucket.RESERVED
            self.let_pass(SECOND)
        self.assertGreater(sum(granted), 10)
        self.assertLessEqual(sum(granted), 21)

    def test_refused_callers_that_take_turns_put_no_token_off(self):
        for tokens in (1, 3):
            with self.subTest(tokens=tokens):
                bucket = self.bucket(capacity=3, amount=1, frequency=HOUR)
                bucket.reserve(tokens=3)
                turns = [bucket.changed(frequency=MINUTE), bucket.changed(frequency=2 * MINUTE, capacity=4)]
                seconds = 0
                while all(caller.acquire(tokens=tokens, max_wait=SECOND)[0] == Bucket.REFUSED for caller in turns):
                    self.let_pass(SECOND)
                    seconds += 1
                    self.assertLess(seconds, tokens * 60)
                self.assertGreaterEqual(seconds, tokens * 60 - 2)

    def test_the_amount_above_the_capacity_counts_again_when_the_capacity_grows(self):
        bucket = self.bucket(capacity=1, amount=4, frequency=STEP)
        bucket.reserve()
        larger = bucket.changed(capacity=4)
        larger.reserve()
        self.let_pass(STEP)
        self.assertEqual(larger.reserve(tokens=3), 0)


if __name__ == "__main__":
    unittest.main()
