"""A clock that jumps, very large and very small numbers, and what is left in Redis."""

import unittest

from lua.scripts import DAY, HOUR, MILLISECOND, MINUTE, SECOND, YEAR, Bucket, ScriptTest, new_id
from support.resp import RedisError

STEP = 10 * SECOND
TEN_YEARS = 3652 * DAY


class Clock(ScriptTest):
    def test_a_step_back_grants_nothing_more_and_freezes_nothing(self):
        for step in (MILLISECOND, SECOND, HOUR, 30 * YEAR):
            with self.subTest(step=step):
                bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
                bucket.reserve(tokens=2)
                self.let_pass(-step)
                self.assertEqual(bucket.acquire(max_wait=0)[0], Bucket.REFUSED)
                state, wait, _ = bucket.acquire(max_wait=STEP)
                self.assertEqual(state, Bucket.RESERVED)
                self.assertLessEqual(wait, STEP)
                self.let_pass(STEP)
                self.assertAbout(bucket.reserve(), STEP)

    def test_a_step_back_freezes_nothing_for_callers_that_do_not_wait(self):
        for max_wait in (0, STEP // 2):
            with self.subTest(max_wait=max_wait):
                bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
                bucket.reserve(tokens=2)
                self.let_pass(-HOUR)
                self.assertEqual(bucket.acquire(max_wait=max_wait)[0], Bucket.REFUSED)
                self.let_pass(STEP - SECOND)
                self.assertAbout(bucket.acquire(tokens=2, max_wait=max_wait)[1], STEP + SECOND)
                self.let_pass(SECOND)
                self.assertEqual(bucket.acquire(max_wait=max_wait)[0], Bucket.RESERVED)

    def test_after_a_step_back_a_refusal_saves_the_clock_and_nothing_else(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=STEP)
        bucket.reserve(tokens=2)
        self.let_pass(-HOUR)
        names = ("level", "capacity", "amount", "frequency")
        before = [bucket.get(name) for name in names]
        self.assertEqual(bucket.changed(capacity=1, frequency=HOUR).acquire(max_wait=0)[0], Bucket.REFUSED)
        self.assertEqual([bucket.get(name) for name in names], before)
        self.assertAbout(bucket.status()[4], STEP)

    def test_after_a_step_back_promises_made_before_are_not_made_again(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=STEP)
        for _ in range(4):
            bucket.reserve()
        self.let_pass(-HOUR)
        self.assertAbout(bucket.reserve(), 4 * STEP)

    def test_a_step_forward_gives_one_capacity_at_most(self):
        bucket = self.bucket(capacity=3, amount=2, frequency=STEP)
        bucket.reserve(tokens=3)
        self.let_pass(YEAR)
        self.assertEqual(sum(bucket.acquire(max_wait=0)[0] for _ in range(10)), 3)

    def test_a_step_forward_does_not_make_a_refused_call_of_a_repeated_one(self):
        bucket, id = self.bucket(capacity=1, amount=1, frequency=HOUR), new_id()
        bucket.reserve()
        bucket.reserve(id)
        self.let_pass(HOUR + MINUTE)
        self.assertEqual(bucket.acquire(id, max_wait=0)[:2], (Bucket.RESERVED, 0))


class Extremes(ScriptTest):
    def test_a_wait_above_ten_years_is_refused_before_anything_is_written(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=4 * YEAR)
        bucket.reserve(tokens=2)
        before = bucket.all()
        state, wait, _ = bucket.acquire()
        self.assertEqual(state, Bucket.TOO_FAR)
        self.assertAbout(wait, 4 * YEAR)
        self.assertEqual(bucket.acquire(max_wait=0)[0], Bucket.REFUSED)
        self.assertEqual(bucket.all(), before)

    def test_a_time_to_full_of_just_under_ten_years_is_exact(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=TEN_YEARS // 2)
        self.assertEqual(bucket.reserve(tokens=2), 0)
        self.assertAbout(self.client.call("PTTL", bucket.key) * MILLISECOND, TEN_YEARS + STEP)
        self.assertEqual(bucket.acquire(tokens=2)[0], Bucket.TOO_FAR)

    def test_the_largest_numbers_are_exact(self):
        bucket = self.bucket(capacity=10**15, amount=1, frequency=1)
        self.assertEqual(bucket.reserve(tokens=10**14), 0)
        self.assertEqual(bucket.acquire(tokens=10**15)[0], Bucket.TOO_FAR)
        huge = self.bucket(capacity=10**15, amount=10**15, frequency=1)
        for _ in range(100):
            self.assertLessEqual(huge.reserve(tokens=10**15), 1)
        self.assertEqual(huge.get("capacity"), 10**15)

    def test_a_step_of_one_microsecond_never_falls_behind(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=1)
        for _ in range(100):
            self.assertLessEqual(bucket.reserve(), 1)

    def test_every_number_is_whole_and_has_all_its_digits(self):
        self.let_pass(123_456)
        bucket = self.bucket(capacity=3, amount=1, frequency=3_333_333)
        ids = [new_id() for _ in range(6)]
        for id in ids:
            bucket.reserve(id)
        fields = self.client.call("HGETALL", bucket.key)
        values = dict(zip(fields[::2], fields[1::2]))
        for name in ("level", "refilled_at", "capacity", "amount", "frequency", "ends"):
            self.assertRegex(values.pop(name), r"^-?[1-9]\d*$")
        self.assertEqual(values.keys(), {"newest", "ids", "granted", "waited", "returned", *ids})
        dues = [bucket.due(id) for id in ids]
        self.assertEqual([len(str(due)) for due in dues], [16] * 6)
        self.assertEqual([b - a for a, b in zip(dues[3:], dues[4:])], [3_333_333] * 2)


class Traces(ScriptTest):
    def test_the_only_key_lives_until_the_bucket_is_full_and_a_few_seconds_or_if_used_again_minutes_more(self):
        bucket = self.bucket(capacity=10, amount=2, frequency=STEP)
        bucket.reserve()
        self.assertAbout(self.client.call("PTTL", bucket.key) * MILLISECOND, STEP + 10 * SECOND)
        for tokens, steps in ((3, 2), (10, 7), (90, 52)):
            bucket.reserve(tokens=tokens)
            left = self.client.call("PTTL", bucket.key) * MILLISECOND
            self.assertGreater(left, steps * STEP + 9 * SECOND)
            self.assertLess(left, steps * STEP + max(10 * MINUTE, steps * STEP / 8) + 20 * SECOND)
        self.assertEqual(self.client.call("KEYS", f"*{bucket.name}*"), [bucket.key])

    def test_the_end_of_the_key_gives_nothing_away(self):
        bucket = self.bucket(capacity=3, amount=1, frequency=STEP)
        bucket.reserve(tokens=3)
        self.let_pass(self.client.call("PTTL", bucket.key) * MILLISECOND + MILLISECOND * 10)
        self.assertEqual(self.client.call("EXISTS", bucket.key), 0)
        self.assertEqual([bucket.reserve() for _ in range(3)], [0] * 3)
        self.assertAbout(bucket.reserve(), STEP)

    def test_a_slow_bucket_outlives_its_long_steps(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=MINUTE)
        bucket.reserve()
        self.let_pass(31 * SECOND)
        self.assertEqual(bucket.acquire(max_wait=0)[0], Bucket.REFUSED)

    def test_a_lost_key_is_a_full_bucket(self):
        bucket = self.bucket(capacity=2, amount=1, frequency=HOUR)
        bucket.reserve(tokens=2)
        self.client.call("DEL", bucket.key)
        self.assertEqual(bucket.reserve(tokens=2), 0)

    def test_a_key_of_the_wrong_type_is_an_error_that_writes_nothing(self):
        bucket = self.bucket(capacity=1)
        self.client.call("SET", bucket.key, "x")
        for call in (bucket.reserve, lambda: bucket.cancel(new_id())):
            with self.assertRaisesRegex(RedisError, "^WRONGTYPE"):
                call()
        self.assertEqual(self.client.call("GET", bucket.key), "x")

    def test_every_name_is_a_bucket_of_its_own(self):
        for name in ("foo", "foo-exists", "100%", "%d%s", "a b", "ü", "*", "n" * 200):
            bucket = Bucket(self.client, name, capacity=1, amount=1, frequency=HOUR)
            self.assertEqual(bucket.reserve(), 0)
            self.assertEqual(bucket.acquire(max_wait=0)[0], Bucket.REFUSED)

    def test_a_call_costs_a_handful_of_commands_however_many_reserved_before(self):
        bucket = self.bucket(capacity=1, amount=1, frequency=MILLISECOND)
        for _ in range(1000):
            bucket.reserve()
        self.client.call("CONFIG", "RESETSTAT")
        bucket.reserve()
        stats = self.client.call("INFO", "commandstats").splitlines()
        self.assertLess(sum(int(line.split("calls=")[1].split(",")[0]) for line in stats if line.startswith("cmdstat_")), 9)


if __name__ == "__main__":
    unittest.main()
