"""When tokens are due, and that a refusal costs nothing."""

import unittest

from lua.bucket import NEVER
from lua.scripts import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Bucket, ScriptTest, new_id


class Tokens(ScriptTest):
    def test_a_new_bucket_is_full_and_its_tokens_are_due_at_once(self):
        bucket = self.bucket(capacity=5, amount=1, frequency=MINUTE)
        self.assertEqual([bucket.reserve() for _ in range(5)], [0] * 5)
        self.assertAbout(bucket.reserve(), MINUTE)

    def test_a_lone_caller_of_a_full_bucket_never_waits(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=10 * MILLISECOND)
        for _ in range(100):
            self.assertEqual(bucket.reserve(), 0)
            self.let_pass(10 * MILLISECOND)

    def test_each_reservation_is_due_one_step_after_the_one_before(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=10 * SECOND)
        bucket.reserve()
        for i in range(1, 20):
            self.assertAbout(bucket.reserve(), i * 10 * SECOND)

    def test_the_amount_comes_at_once_at_each_step(self):
        bucket = self.bucket(capacity=3, amount=3, frequency=10 * SECOND)
        waits = [bucket.reserve() for _ in range(9)]
        self.assertEqual(waits[:3], [0, 0, 0])
        for i, steps in enumerate((1, 1, 1, 2, 2, 2)):
            self.assertAbout(waits[3 + i], steps * 10 * SECOND)

    def test_several_tokens_are_due_together(self):
        bucket = self.bucket(capacity=5, amount=2, frequency=10 * SECOND)
        self.assertEqual(bucket.reserve(tokens=4), 0)
        self.assertAbout(bucket.reserve(tokens=5), 20 * SECOND)
        self.assertAbout(bucket.reserve(tokens=1), 30 * SECOND)

    def test_tokens_come_back_with_time_and_stop_at_the_capacity(self):
        bucket = self.bucket(capacity=4, amount=1, frequency=SECOND)
        bucket.reserve(tokens=4)
        self.let_pass(2 * SECOND)
        self.assertEqual(bucket.acquire(tokens=2, max_wait=0)[0], Bucket.RESERVED)
        self.assertEqual(bucket.acquire(tokens=1, max_wait=0)[0], Bucket.REFUSED)
        self.let_pass(HOUR)
        self.assertEqual(bucket.acquire(tokens=4, max_wait=0)[0], Bucket.RESERVED)
        self.assertEqual(bucket.acquire(tokens=1, max_wait=0)[0], Bucket.REFUSED)

    def test_an_amount_above_the_capacity_is_cut_to_it(self):
        bucket = self.bucket(capacity=1, amount=10, frequency=10 * SECOND)
        self.assertEqual(bucket.reserve(), 0)
        for i in range(1, 5):
            self.assertAbout(bucket.reserve(), i * 10 * SECOND)
        self.let_pass(HOUR)
        self.assertEqual(bucket.reserve(), 0)
        self.assertGreater(bucket.reserve(), 0)

    def test_the_refill_clock_restarts_when_the_bucket_is_full(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=10 * SECOND)
        bucket.reserve()
        self.let_pass(19 * SECOND)
        self.assertEqual(bucket.reserve(), 0)
        self.assertAbout(bucket.reserve(), 10 * SECOND)

    def test_a_started_step_counts_while_the_bucket_is_not_full(self):
        bucket = self.bucket(capacity=3, amount=1, frequency=10 * SECOND)
        bucket.reserve(tokens=3)
        self.let_pass(14 * SECOND)
        self.assertEqual(bucket.reserve(), 0)
        self.assertAbout(bucket.reserve(), 6 * SECOND)

    def test_a_rate_of_a_token_a_minute_is_kept_over_an_hour(self):
        bucket, granted = self.bucket(capacity=1, amount=1, frequency=MINUTE), 0
        for _ in range(3600):
            granted += bucket.acquire(max_wait=0)[0] == Bucket.RESERVED
            self.let_pass(SECOND)
        self.assertIn(granted, (60, 61))

    def test_steps_of_a_few_microseconds_are_exact(self):
        for frequency in (1, 3, 500, 999):
            bucket = self.bucket(capacity=10**6, amount=1, frequency=frequency)
            bucket.reserve(tokens=10**6)
            self.assertAbout(bucket.reserve(tokens=10**6), 10**6 * frequency, slack=SECOND)
            self.assertAbout(bucket.reserve(tokens=10**6), 2 * 10**6 * frequency, slack=SECOND)

    def test_a_rate_over_a_day_is_exact_to_the_microsecond(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=DAY // 7 + 1)
        bucket.reserve()
        first = self.reserved_at(bucket)
        for i in range(1, 100):
            self.assertEqual(self.reserved_at(bucket) - first, i * (DAY // 7 + 1))

    def reserved_at(self, bucket):
        id = new_id()
        bucket.reserve(id)
        return bucket.due(id)

    def test_the_server_clock_alone_decides(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=MINUTE)
        bucket.reserve()
        self.let_pass(MINUTE)
        self.assertEqual(bucket.reserve(), 0)


class Refusals(ScriptTest):
    def test_a_refused_call_tells_the_wait_and_changes_nothing_at_all(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=10 * SECOND)
        bucket.reserve(tokens=2)
        before = bucket.all()
        for tokens, max_wait in ((1, 0), (1, 9 * SECOND), (2, 19 * SECOND)):
            state, wait, _ = bucket.acquire(tokens=tokens, max_wait=max_wait)
            self.assertEqual(state, Bucket.REFUSED)
            self.assertAbout(wait, tokens * 10 * SECOND)
            self.assertEqual(bucket.all(), before)

    def test_a_refused_call_with_other_parameters_changes_nothing_either(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=10 * SECOND)
        bucket.reserve(tokens=2)
        before = bucket.all()
        other = bucket.changed(capacity=9, amount=3, frequency=HOUR)
        self.assertEqual(other.acquire(tokens=9, max_wait=0)[0], Bucket.REFUSED)
        self.assertEqual(bucket.all(), before)

    def test_refused_calls_do_not_push_the_next_token_away(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=SECOND)
        bucket.reserve()
        for _ in range(20):
            self.assertEqual(bucket.acquire(max_wait=100 * MILLISECOND)[0], Bucket.REFUSED)
        self.assertAbout(bucket.reserve(), SECOND)

    def test_at_twice_the_allowed_load_every_token_is_still_granted(self):
        bucket, granted = self.bucket(capacity=1, amount=1, frequency=SECOND), 0
        for _ in range(200):
            granted += bucket.acquire(max_wait=100 * MILLISECOND)[0] == Bucket.RESERVED
            self.let_pass(500 * MILLISECOND)
        self.assertGreaterEqual(granted, 99)

    def test_a_wait_of_just_what_is_allowed_is_granted(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=10 * SECOND)
        bucket.reserve()
        self.assertEqual(bucket.acquire(max_wait=10 * SECOND)[0], Bucket.RESERVED)
        self.assertEqual(bucket.acquire(max_wait=19 * SECOND)[0], Bucket.REFUSED)
        self.assertEqual(bucket.acquire(max_wait=NEVER)[0], Bucket.RESERVED)

    def test_a_refusal_on_an_empty_server_leaves_no_key(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=4000 * DAY)
        state, wait, _ = bucket.acquire()
        self.assertEqual(state, Bucket.TOO_FAR)
        self.assertEqual(self.client.call("EXISTS", bucket.key), 0)


class Repeats(ScriptTest):
    def test_a_repeated_id_is_charged_once_and_told_what_is_left_of_its_wait(self):
        bucket, id = self.bucket(capacity=1, amount=1, frequency=10 * SECOND), new_id()
        bucket.reserve()
        self.assertAbout(bucket.reserve(id), 10 * SECOND)
        self.let_pass(4 * SECOND)
        self.assertAbout(bucket.reserve(id), 6 * SECOND)
        self.let_pass(10 * SECOND)
        self.assertEqual(bucket.reserve(id), 0)
        self.assertAbout(bucket.reserve(), 6 * SECOND)

    def test_a_repeated_id_is_granted_even_if_it_would_not_wait_that_long_now(self):
        bucket, id = self.bucket(capacity=1, amount=1, frequency=10 * SECOND), new_id()
        bucket.reserve(id)
        self.assertEqual(bucket.acquire(id, max_wait=0)[:2], (Bucket.RESERVED, 0))

    def test_an_id_is_known_until_it_is_due_and_ten_seconds_more_however_many_came_between(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=HOUR)
        at_once, waits = new_id(), new_id()
        bucket.reserve(at_once)
        bucket.reserve(waits)
        # The first is due at once; after 59:51 the other still waits, and an hour and 8 seconds after it asked it is due.
        for id, span, waits_still in ((at_once, 9 * SECOND, False), (waits, HOUR - 18 * SECOND, True),
                                      (waits, 17 * SECOND, False)):
            self.let_pass(span)
            for _ in range(300):
                bucket.reserve()
            level = bucket.get("level")
            self.assertEqual(bucket.reserve(id) > 0, waits_still)
            self.assertEqual(bucket.get("level"), level)

    def test_the_memory_of_ids_is_bounded_by_what_must_be_kept(self):
        bucket, waits = self.bucket(capacity=10**6, amount=10**6, frequency=HOUR), [new_id() for _ in range(40)]
        self.assertLess(self.kept_over_time(bucket), 2 * 150)
        bucket.reserve(tokens=bucket.get("level"))
        for id in waits:
            bucket.reserve(id)
        # From here on those who wait are due much later than all others.
        bucket = bucket.changed(frequency=MILLISECOND)
        self.assertLess(self.kept_over_time(bucket), 2 * 190)
        self.assertLessEqual(set(waits), bucket.kept_ids())
        self.let_pass(HOUR)
        self.assertLess(self.kept_over_time(bucket), 2 * 150)

    def kept_over_time(self, bucket):
        """How many ids are kept at the end of two minutes with ten calls a second."""
        for _ in range(24):
            for _ in range(50):
                bucket.reserve()
            self.let_pass(5 * SECOND)
        return len(bucket.kept_ids())


if __name__ == "__main__":
    unittest.main()
