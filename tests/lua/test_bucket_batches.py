"""Many single tokens with one question: just what as many questions would have given."""

import random
import unittest

from lua.scripts import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Bucket, ScriptTest, new_id
from model.reference import excess


class BatchTest(ScriptTest):
    def twin(self, bucket):
        """Another bucket in the same state."""
        twin = self.bucket(bucket.capacity, bucket.amount, bucket.frequency)
        self.client.call("COPY", bucket.key, twin.key)
        return twin

    def now(self):
        seconds, micros = self.client.call("TIME")
        return int(seconds) * SECOND + int(micros)

    def dues_of(self, bucket, id):
        """When the tokens of a batch are due, on the server's clock."""
        words = bucket.record(id)
        count, (origin, offset, step, frequency) = int(words[1]), map(int, words[4:8])
        return [origin + max(0, -(-(k - offset) // step)) * frequency for k in range(1, count + 1)]


class Batches(BatchTest):
    def test_a_batch_is_due_as_so_many_calls_would_be(self):
        rng = random.Random(1)
        for _ in range(60):
            capacity = rng.choice((1, 2, 7, 30))
            bucket = self.bucket(capacity, rng.choice((1, 2, 3, capacity, 50)), rng.choice((HOUR, 7 * HOUR, DAY)))
            for _ in range(rng.randint(0, 3)):
                bucket.reserve(tokens=rng.randint(1, capacity))
                self.let_pass(rng.randint(0, 3 * bucket.frequency))
            twin = self.twin(bucket)
            dues, _ = bucket.batch(tokens=20, horizon=100 * DAY)
            singles = [twin.reserve() for _ in dues]
            for due, single in zip(dues, singles):
                self.assertAbout(single, max(0, due))
            self.assertEqual(bucket.get("level"), twin.get("level"))

    def test_the_first_is_reserved_at_any_wait_and_more_within_the_horizon(self):
        bucket = self.bucket(2, 1, HOUR)
        self.assertEqual(len(bucket.batch(tokens=9, horizon=MINUTE)[0]), 2)
        [due], _ = bucket.batch(tokens=9, horizon=MINUTE)
        self.assertAbout(due, HOUR)
        dues, _ = bucket.batch(tokens=9, horizon=4 * HOUR)
        for i, due in enumerate(dues):
            self.assertAbout(due, (2 + i) * HOUR)
        self.assertEqual(len(dues), 3)

    def test_no_more_is_reserved_than_asked_for(self):
        bucket = self.bucket(100, 1, HOUR)
        self.assertEqual(len(bucket.batch(tokens=7, horizon=DAY)[0]), 7)
        self.assertEqual(bucket.get("level"), 93)

    def test_a_question_for_nothing_writes_nothing(self):
        bucket = self.bucket(5, 1, HOUR)
        self.assertEqual(bucket.batch(tokens=0), ([], []))
        self.assertEqual(self.client.call("EXISTS", bucket.key), 0)
        bucket.reserve(tokens=5)
        before = bucket.all()
        bucket.changed(capacity=9).batch(tokens=0)
        self.assertEqual(bucket.all(), before)

    def test_other_parameters_are_told_and_count_at_once(self):
        bucket = self.bucket(5, 1, HOUR)
        bucket.reserve(tokens=5)
        other = bucket.changed(frequency=MINUTE)
        [due], others = other.batch(tokens=1)
        self.assertAbout(due, MINUTE)
        self.assertEqual(others, [5, 1, HOUR])
        self.assertEqual(other.batch(tokens=1)[1], [])

    def test_more_than_ten_years_ahead_is_refused_and_writes_nothing(self):
        bucket = self.bucket(1, 1, 1000 * DAY)
        for _ in range(3):
            bucket.reserve()
        before = bucket.all()
        args = (new_id(), 1, 1, bucket.frequency, 3, 0)
        self.assertEqual(self.client.eval_script("bucket/reserve", [bucket.key], args)[:2], [Bucket.TOO_FAR, 0])
        self.assertEqual(bucket.all(), before)

    def test_batches_and_single_calls_keep_the_bound_together(self):
        rng = random.Random(2)
        for capacity, amount, frequency in ((1, 1, HOUR), (5, 2, HOUR), (30, 30, DAY)):
            bucket, grants = self.bucket(capacity, amount, frequency), []
            for _ in range(60):
                if rng.random() < 0.3:
                    tokens, id = rng.randint(1, capacity), new_id()
                    bucket.reserve(id, tokens=tokens)
                    grants.append((bucket.due(id), tokens))
                else:
                    earliest, id = self.now(), new_id()
                    bucket.batch(id, tokens=rng.randint(1, 9), horizon=rng.randint(0, 9 * frequency))
                    grants += [(max(due, earliest), 1) for due in self.dues_of(bucket, id)]
                self.let_pass(rng.randint(0, 3 * frequency))
            self.assertLessEqual(excess(grants, capacity, amount, frequency), 0)


class Repeats(BatchTest):
    def test_a_repeated_id_is_charged_once_and_gets_the_same_answer(self):
        bucket, id = self.bucket(2, 1, HOUR), new_id()
        first, _ = bucket.batch(id, tokens=4, horizon=DAY)
        bucket.reserve()
        self.let_pass(MINUTE)
        level = bucket.get("level")
        again, _ = bucket.batch(id, tokens=4, horizon=DAY)
        self.assertEqual(len(again), 4)
        for due, known in zip(first, again):
            self.assertAbout(known, due - MINUTE)
        self.assertEqual(bucket.get("level"), level)

    def test_batches_that_are_over_are_forgotten(self):
        bucket = self.bucket(10**6, 1, HOUR)
        for _ in range(20):
            for _ in range(100):
                bucket.batch(tokens=1)
            self.let_pass(5 * SECOND)
            self.assertLess(len(bucket.kept_ids()), 2 * 300)
        self.assertGreater(self.client.call("PTTL", bucket.key), 0)

    def test_a_batch_is_known_however_many_came_between(self):
        bucket, id = self.bucket(5, 1, HOUR), new_id()
        bucket.batch(id, tokens=3)
        for i in range(300):
            bucket.batch(tokens=1) if i % 2 else bucket.reserve()
        level = bucket.get("level")
        self.assertEqual([due <= 0 for due in bucket.batch(id, tokens=3)[0]], [True] * 3)
        self.assertEqual(bucket.get("level"), level)

    def test_a_full_bucket_of_any_size_answers_exact_numbers(self):
        for capacity, frequency in ((1000, 30 * DAY), (10**5, DAY), (10**12, DAY), (10**12, SECOND), (10**12, 1)):
            with self.subTest(capacity=capacity, frequency=frequency):
                bucket, id = self.bucket(capacity, 1, frequency), new_id()
                first, again = (bucket.batch(id, tokens=3, horizon=50 * MILLISECOND)[0] for _ in range(2))
                for due in first + again:
                    self.assertLessEqual(due, 0)
                    self.assertGreater(due, -SECOND)
                self.assertEqual(bucket.get("level"), capacity - 3)


class Cancelled(BatchTest):
    def test_what_is_not_due_goes_back(self):
        bucket, id = self.bucket(2, 1, HOUR), new_id()
        bucket.batch(id, tokens=5, horizon=DAY)
        self.assertEqual(bucket.get("level"), -3)
        self.let_pass(HOUR)
        self.assertEqual(bucket.cancel(id, tokens=5), 2)
        self.assertEqual(bucket.get("level"), 0)
        self.assertAbout(bucket.reserve(), HOUR)

    def test_only_the_end_that_was_named_goes_back(self):
        bucket, id = self.bucket(2, 1, HOUR), new_id()
        bucket.batch(id, tokens=5, horizon=DAY)
        self.assertEqual(bucket.cancel(id, tokens=1), 1)
        self.assertAbout(bucket.reserve(), 3 * HOUR)

    def test_what_others_reserved_before_stays_theirs(self):
        bucket, id = self.bucket(1, 1, HOUR), new_id()
        bucket.reserve(tokens=1)
        bucket.reserve()
        bucket.batch(id, tokens=2, horizon=DAY)
        self.assertEqual(bucket.cancel(id, tokens=9), 2)
        self.assertEqual(bucket.get("level"), -1)

    def test_nothing_goes_back_once_somebody_reserved_after_it(self):
        bucket, id = self.bucket(1, 1, HOUR), new_id()
        bucket.batch(id, tokens=3, horizon=DAY)
        bucket.reserve()
        self.assertEqual(bucket.cancel(id, tokens=3), 0)
        self.assertEqual(bucket.get("level"), -3)

    def test_of_batches_that_follow_each_other_all_that_is_not_due_goes_back(self):
        bucket, ids = self.bucket(1, 1, HOUR), [new_id() for _ in range(3)]
        bucket.reserve()
        for id in ids:
            bucket.batch(id, tokens=3, horizon=DAY)
        self.let_pass(2 * HOUR)
        self.assertEqual(bucket.cancel_all((ids[2], 3), (ids[1], 3), (ids[0], 1)), 7)
        self.assertEqual(bucket.get("level"), 0)

    def test_what_is_not_due_goes_back_where_a_faster_rate_has_filled_the_bucket(self):
        bucket, id, faster_id = self.bucket(5, 1, HOUR), new_id(), new_id()
        bucket.batch(id, tokens=6, horizon=DAY)
        faster = bucket.changed(frequency=MINUTE)
        faster.reserve(faster_id)
        faster.cancel(faster_id)
        self.let_pass(4 * MINUTE)
        self.assertEqual(bucket.cancel(id, tokens=6), 1)
        self.assertEqual(bucket.get("level"), 4)

    def test_cancelling_again_changes_nothing_and_a_late_duplicate_is_not_charged(self):
        bucket, id = self.bucket(1, 1, HOUR), new_id()
        bucket.batch(id, tokens=3, horizon=DAY)
        self.assertEqual([bucket.cancel(id, tokens=3) for _ in range(2)], [2, 0])
        bucket.batch(id, tokens=3, horizon=DAY)
        self.assertEqual(bucket.get("level"), 0)


if __name__ == "__main__":
    unittest.main()
