"""Tokens given back while their caller waits."""

import unittest

from lua.scripts import SECOND, Bucket, ScriptTest, new_id

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
