"""What an operator orders for a bucket: a limit, a pause."""

import unittest

from lua.scripts import DAY, HOUR, MINUTE, SECOND, Bucket, ScriptTest, new_id

LIMIT, PAUSE = "limit", "pause"


class Pauses(ScriptTest):
    def setUp(self):
        super().setUp()
        self.b = self.bucket(capacity=3, amount=1, frequency=SECOND)

    def test_no_token_is_due_before_the_end(self):
        self.b.order(PAUSE, MINUTE)
        self.assertAbout(self.b.reserve(), MINUTE)

    def test_at_the_end_as_many_are_due_as_if_all_had_asked_then(self):
        self.b.order(PAUSE, MINUTE)
        waits = [self.b.reserve() for _ in range(5)]
        for wait, expected in zip(waits, (MINUTE, MINUTE, MINUTE, MINUTE + SECOND, MINUTE + 2 * SECOND)):
            self.assertAbout(wait, expected)

    def test_who_does_not_want_to_wait_so_long_is_refused_and_told_by_whom_and_why(self):
        self.b.order(PAUSE, MINUTE, by="op@h 429 of the api")
        args = (new_id(), 3, 1, SECOND, 1, SECOND)
        state, wait, others, told = self.client.eval_script("bucket/acquire", [self.b.key], args)
        self.assertEqual((state, others, told[5], told[9]), (Bucket.REFUSED, [], 1, "op@h 429 of the api"))
        self.assertAbout(wait, MINUTE)

    def test_a_batch_has_no_token_due_before_the_end_and_takes_no_more_than_one_then(self):
        self.b.order(PAUSE, MINUTE)
        dues, _ = self.b.batch(tokens=3, horizon=SECOND)
        self.assertEqual(len(dues), 1)
        self.assertAbout(dues[0], MINUTE)

    def test_a_batch_that_is_given_back_in_the_pause_goes_back(self):
        self.b.order(PAUSE, MINUTE)
        id = new_id()
        self.b.batch(id, tokens=1)
        self.assertEqual(self.b.cancel(id), 1)
        self.assertEqual([self.b.reserve() > 59 * SECOND for _ in range(3)], [True] * 3)

    def test_what_was_promised_before_the_pause_stays_so(self):
        for _ in range(3):
            self.b.reserve()
        id = new_id()
        wait = self.b.reserve(id)
        self.b.order(PAUSE, MINUTE)
        self.assertAbout(self.b.reserve(id), wait)

    def test_a_shorter_pause_never_shortens_a_longer_one(self):
        self.b.order(PAUSE, HOUR, by="op@h long")
        done, _, stands = self.b.order(PAUSE, MINUTE, by="op@h short")
        self.assertEqual((done, stands[3]), (0, "op@h long"))
        self.assertAbout(self.b.reserve(), HOUR)

    def test_resume_lets_at_once_whoever_comes_if_nothing_was_promised_in_the_pause(self):
        self.b.reserve()
        self.b.order(PAUSE, HOUR)
        self.b.status()
        self.b.order(PAUSE, 2 * HOUR)
        self.assertEqual(self.b.order(PAUSE, 0), (1, None, None))
        self.assertEqual([self.b.reserve() for _ in range(2)], [0, 0])
        self.assertGreater(self.b.reserve(), 0)

    def test_what_was_promised_in_the_pause_is_passed_by_nobody_after_a_resume(self):
        self.b.order(PAUSE, MINUTE)
        self.b.reserve()
        self.b.order(PAUSE, 0)
        self.assertAbout(self.b.reserve(), MINUTE)
        self.let_pass(MINUTE)
        self.assertEqual(self.b.reserve(), 0)
        self.assertGreater(self.b.reserve(), 0)

    def test_what_is_given_back_in_the_pause_is_there_at_its_end(self):
        self.b.order(PAUSE, MINUTE)
        ids = [new_id() for _ in range(3)]
        for id in ids:
            self.b.reserve(id)
        self.assertEqual([self.b.cancel(id) for id in reversed(ids)], [1, 1, 1])
        waits = [self.b.reserve() for _ in range(4)]
        self.assertAbout(waits[2], MINUTE)
        self.assertAbout(waits[3], MINUTE + SECOND)

    def test_a_repeated_question_is_charged_once_in_a_pause_and_keeps_its_time(self):
        self.b.order(PAUSE, MINUTE)
        id = new_id()
        self.b.reserve(id)
        self.b.order(PAUSE, HOUR)
        self.assertAbout(self.b.reserve(id), MINUTE)
        self.assertAbout(self.b.reserve(), HOUR)

    def test_after_the_pause_all_is_as_before_and_the_key_ends(self):
        self.b.order(PAUSE, MINUTE)
        self.b.reserve()
        self.let_pass(MINUTE + 3 * SECOND)
        self.assertEqual([self.b.reserve() for _ in range(3)], [0, 0, 0])
        self.assertEqual(set(self.b.all()[0]) & {"special", "pause", "from"}, set())
        self.let_pass(HOUR)
        self.assertEqual(self.client.call("EXISTS", self.b.key), 0)

    def test_a_clock_that_is_set_back_to_before_the_pause_makes_it_no_longer_than_it_was(self):
        self.b.order(PAUSE, MINUTE)
        self.let_pass(-DAY)
        self.assertAbout(self.b.reserve(), MINUTE)
        self.let_pass(MINUTE)
        self.assertEqual(self.b.reserve(), 0)


class Limits(ScriptTest):
    SLOW = f"1/1/{MINUTE}"

    def setUp(self):
        super().setUp()
        self.b = self.bucket(capacity=3, amount=1, frequency=SECOND)

    def test_the_smaller_capacity_and_the_slower_rate_hold_at_once(self):
        self.b.reserve()
        self.b.order(LIMIT, DAY, self.SLOW)
        self.assertEqual(self.b.reserve(), 0)
        self.assertAbout(self.b.reserve(), MINUTE)

    def test_a_larger_limit_changes_nothing(self):
        self.b.order(LIMIT, DAY, f"100/100/{SECOND}")
        self.assertEqual([self.b.reserve() for _ in range(3)], [0, 0, 0])
        self.assertAbout(self.b.reserve(), SECOND)

    def test_more_tokens_than_the_limits_capacity_wait(self):
        self.b.order(LIMIT, DAY, self.SLOW)
        self.assertAbout(self.b.reserve(tokens=3), 2 * MINUTE)

    def test_callers_are_not_told_of_the_limit_as_of_other_parameters(self):
        self.b.reserve()
        self.b.order(LIMIT, DAY, self.SLOW)
        self.assertEqual(self.b.acquire()[2], [])
        self.b.order(LIMIT, 0)
        self.assertEqual(self.b.acquire()[2], [])

    def test_other_callers_are(self):
        self.b.order(LIMIT, DAY, self.SLOW)
        self.b.reserve()
        self.assertEqual(self.b.changed(capacity=9).acquire()[2], [3, 1, SECOND])

    def test_once_it_is_cleared_the_bucket_fills_as_before(self):
        self.b.order(LIMIT, DAY, self.SLOW)
        self.b.reserve()
        self.b.order(LIMIT, 0)
        self.assertAbout(self.b.reserve(), SECOND)

    def test_once_it_has_ended_the_bucket_fills_as_before_from_then_on(self):
        for _ in range(3):
            self.b.reserve()
        self.b.order(LIMIT, MINUTE + SECOND // 2, self.SLOW)
        self.b.reserve()
        self.let_pass(MINUTE + SECOND // 2 + 2 * SECOND)
        self.assertEqual([self.b.reserve() for _ in range(2)], [0, 0])
        self.assertAbout(self.b.reserve(), SECOND)

    def test_it_outlives_idle_times_and_the_key_ends_with_it(self):
        self.b.order(LIMIT, 30 * DAY, self.SLOW)
        self.b.reserve()
        self.let_pass(29 * DAY)
        self.b.reserve()
        self.assertAbout(self.b.reserve(), MINUTE)
        self.let_pass(6 * DAY)
        self.assertEqual(self.client.call("EXISTS", self.b.key), 0)

    def test_a_limit_without_a_bucket_goes_with_its_end_or_when_it_is_cleared(self):
        self.b.order(LIMIT, HOUR, self.SLOW)
        self.assertEqual(self.b.order(LIMIT, 0), (1, None, None))
        self.assertEqual(self.client.call("EXISTS", self.b.key), 0)

    def test_nothing_to_take_back_writes_nothing(self):
        for verb in (LIMIT, PAUSE):
            self.assertEqual(self.b.order(verb, 0), (0, None, None))
        self.assertEqual(self.client.call("EXISTS", self.b.key), 0)

    def test_a_reset_keeps_limit_and_pause_and_fills_the_bucket(self):
        self.b.order(LIMIT, HOUR, self.SLOW)
        self.b.reserve()
        self.b.order(PAUSE, MINUTE)
        self.b.reserve()
        self.b.reset()
        limit, pause = self.b.orders()
        self.assertEqual((limit[0], limit[3]), (self.SLOW, "op@h why"))
        self.assertAbout(pause[1], MINUTE)
        self.assertAbout(self.b.reserve(), MINUTE)
        self.assertAbout(self.b.reserve(), 2 * MINUTE)


if __name__ == "__main__":
    unittest.main()
