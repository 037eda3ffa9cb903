"""Tokens given back while their caller waits."""

import random
import unittest

from lua.scripts import HOUR, SECOND, Bucket, ScriptTest, new_id

STEP = 10 * SECOND


class Cancel(ScriptTest):
    def setUp(self):
        super().setUp()
        self.b = self.bucket(capacity=3, amount=1, frequency=STEP)
        self.b.reserve(tokens=3)

    def state(self):
        return {field: self.b.get(field) for field in ("level", "refilled_at")}

    def test_the_newest_reservation_goes_back_as_if_it_had_never_been(self):
        before, id = self.state(), new_id()
        self.b.reserve(id, tokens=2)
        self.assertEqual(self.b.cancel(id, tokens=2), 2)
        self.assertEqual(self.state(), before)
        self.assertAbout(self.b.reserve(), STEP)

    def test_an_older_reservation_does_not_go_back(self):
        older, newer = new_id(), new_id()
        self.b.reserve(older)
        self.b.reserve(newer)
        before = self.state()
        self.assertEqual(self.b.cancel(older), 0)
        self.assertEqual(self.state(), before)
        self.assertAbout(self.b.reserve(), 3 * STEP)

    def test_a_line_that_is_given_up_goes_back_in_whatever_order(self):
        self.b = self.bucket(capacity=3, amount=1, frequency=HOUR)
        self.b.reserve(tokens=3)
        rng, before = random.Random(1), self.state()
        for order in ("newest first", "oldest first", "any", "any"):
            with self.subTest(order):
                ids = [new_id() for _ in range(100)]
                for id in ids:
                    self.b.reserve(id)
                if order == "any":
                    rng.shuffle(ids)
                elif order == "newest first":
                    ids.reverse()
                self.assertEqual(sum(self.b.cancel(id) for id in ids), 100)
                self.assertEqual(self.state(), before)
                self.assertLessEqual(self.client.call("PTTL", self.b.key) * 1000, 3 * HOUR + 10 * SECOND)

    def test_of_a_line_with_one_that_stays_what_is_behind_it_goes_back(self):
        ids = [new_id() for _ in range(9)]
        for id in ids:
            self.b.reserve(id)
        stays = ids.pop(4)
        for id in ids:
            self.b.cancel(id)
        self.assertEqual(self.b.get("level"), -5)
        self.assertAbout(self.b.reserve(stays), 5 * STEP)
        # Once that one gives up too, all go back.
        self.assertEqual(self.b.cancel(stays), 5)
        self.assertEqual(self.b.get("level"), 0)

    def test_what_was_cancelled_before_one_that_got_its_tokens_does_not_go_back(self):
        older, newer, last = [new_id() for _ in range(3)]
        for id in (older, newer, last):
            self.b.reserve(id)
        self.b.cancel(older)
        self.let_pass(2 * STEP)
        self.assertEqual([self.b.cancel(newer), self.b.cancel(last)], [0, 1])
        self.assertEqual(self.b.get("level"), 0)

    def test_what_was_cancelled_goes_back_though_its_time_has_come_if_nobody_behind_it_got_any(self):
        older, newer = new_id(), new_id()
        self.b.reserve(older, tokens=2)
        self.b.reserve(newer)
        self.b.cancel(older)
        self.let_pass(2 * STEP + SECOND)
        self.assertEqual(self.b.cancel(newer), 3)
        self.assertEqual(self.b.get("level"), 2)
        self.b.reserve(tokens=3)
        self.assertAbout(self.b.reserve(), 2 * STEP - SECOND)

    def test_a_bucket_that_is_full_again_by_a_refund_begins_its_step_then(self):
        bucket, older, newer = self.bucket(capacity=1, amount=1, frequency=STEP), new_id(), new_id()
        bucket.reserve()
        bucket.reserve(older)
        bucket.reserve(newer)
        bucket.cancel(older)
        self.let_pass(STEP + 4 * SECOND)
        bucket.cancel(newer)
        self.assertEqual(bucket.reserve(), 0)
        self.assertAbout(bucket.reserve(), STEP)

    def test_a_call_that_came_after_its_cancel_is_not_charged(self):
        id = new_id()
        self.b.cancel(id)
        before = self.state()
        self.assertEqual(self.b.reserve(id), 0)
        self.assertEqual(self.state(), before)

    def test_nobody_that_waited_before_a_step_back_of_the_clock_gives_tokens_back(self):
        ids = [new_id() for _ in range(3)]
        for id in ids:
            self.b.reserve(id)
        self.let_pass(-HOUR)
        self.b.acquire(max_wait=0)
        self.assertEqual([self.b.cancel(id) for id in reversed(ids)], [0, 0, 0])
        self.assertEqual(self.b.get("level"), -3)
        waits = new_id()
        self.b.reserve(waits)
        self.assertEqual(self.b.cancel(waits), 1)

    def test_a_call_costs_no_more_however_many_were_given_up(self):
        bucket, ids = self.bucket(capacity=1, amount=1, frequency=HOUR), [new_id() for _ in range(1000)]
        for id in [new_id()] + ids:
            bucket.reserve(id)
        for id in ids:
            self.client.call("CONFIG", "RESETSTAT")
            bucket.cancel(id)
        stats = self.client.call("INFO", "commandstats").splitlines()
        self.assertLess(sum(int(line.split("calls=")[1].split(",")[0]) for line in stats if line.startswith("cmdstat_")), 20)
        self.assertEqual(bucket.get("level"), 0)

    def test_the_older_one_goes_back_after_the_newer_one_did(self):
        older, newer = new_id(), new_id()
        self.b.reserve(older)
        self.b.reserve(newer)
        self.assertEqual([self.b.cancel(newer), self.b.cancel(older)], [1, 1])
        self.assertAbout(self.b.reserve(), STEP)

    def test_several_go_back_with_one_question_the_newest_first(self):
        before, (oldest, older, newest) = self.state(), [new_id() for _ in range(3)]
        for id in (oldest, older, newest):
            self.b.reserve(id)
        together = [(newest, 1), (older, 1), (oldest, 1)]
        self.assertEqual([self.b.cancel_all(*together) for _ in range(2)], [3, 0])
        self.assertEqual(self.state(), before)

    def test_of_several_none_goes_back_that_others_reserved_after(self):
        older, others, newer = [new_id() for _ in range(3)]
        for id in (older, others, newer):
            self.b.reserve(id)
        never_asked = new_id()
        self.assertEqual(self.b.cancel_all((never_asked, 1), (newer, 1), (older, 1)), 1)
        self.assertAbout(self.b.reserve(), 3 * STEP)

    def test_tokens_that_are_due_do_not_go_back(self):
        now, waited = new_id(), new_id()
        self.let_pass(STEP)
        self.assertEqual(self.b.reserve(now), 0)
        self.assertEqual(self.b.cancel(now), 0)
        self.b.reserve(waited)
        self.let_pass(STEP)
        self.assertEqual(self.b.cancel(waited), 0)
        self.assertAbout(self.b.reserve(), STEP)

    def test_cancelling_again_changes_nothing(self):
        id = new_id()
        self.b.reserve(id)
        self.assertEqual([self.b.cancel(id) for _ in range(3)], [1, 0, 0])
        self.assertAbout(self.b.reserve(), STEP)

    def test_a_stranger_cancels_nothing(self):
        self.b.reserve()
        before = self.state()
        self.assertEqual(self.b.cancel(new_id()), 0)
        self.assertEqual(self.state(), before)

    def test_cancelling_in_a_bucket_that_is_not_there_makes_none(self):
        bucket = self.bucket(capacity=1)
        self.assertEqual(bucket.cancel(new_id()), 0)
        self.assertEqual(self.client.call("EXISTS", bucket.key), 0)

    def test_a_refused_call_has_nothing_to_cancel(self):
        id = new_id()
        self.assertEqual(self.b.acquire(id, max_wait=0)[0], Bucket.REFUSED)
        self.assertEqual(self.b.cancel(id), 0)

    def test_a_late_duplicate_of_a_cancelled_call_is_not_charged(self):
        id = new_id()
        self.b.reserve(id)
        self.b.cancel(id)
        before = self.state()
        self.b.reserve(id)
        self.assertEqual(self.state(), before)
        self.assertEqual(self.b.cancel(id), 0)
        self.assertEqual(self.state(), before)

    def test_a_refund_never_raises_the_level_above_what_it_was(self):
        for _ in range(10):
            id = new_id()
            self.b.reserve(id)
            self.let_pass(STEP // 2)
            self.b.cancel(id)
        self.assertLessEqual(self.b.get("level"), 3)
        self.let_pass(STEP)
        self.assertLessEqual(sum(self.b.acquire(max_wait=0)[0] for _ in range(9)), 3)

    def test_a_refund_leaves_a_key_that_expires(self):
        id = new_id()
        self.b.reserve(id)
        self.client.call("PERSIST", self.b.key)
        self.b.cancel(id)
        self.assertGreater(self.client.call("PTTL", self.b.key), 0)


if __name__ == "__main__":
    unittest.main()
