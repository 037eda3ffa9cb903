"""Callers with other parameters than those before them."""

import unittest

from bucket.case import PATIENCE, BucketTest
from support.wait import eventually


class ChangedParameters(BucketTest):
    def test_other_parameters_take_effect_at_once_with_one_warning(self):
        self.bucket("--rate", "1/1h", "-j", "2")
        result = self.bucket("--rate", "1/1m", "-j", "3", command=["echo", "ran"])
        self.assertEndedAs(result, 0, "ran\n")
        self.assertOneLine(result.err, "warning: ", f"'{self.name}'", "capacity 2", "1 every 1h")
        state = self.bucket_state()
        self.assertEqual((state["capacity"], state["frequency"]), ("3", "60000000"))
        self.assertEqual(self.level(), 0)

    def test_parameters_of_a_refused_call_take_no_effect_and_are_no_warning(self):
        self.bucket("--rate", "1/1h")
        before = self.bucket_state()
        self.assertRefused(self.bucket("--rate", "1/59m", "-n"), 75, "later than --max-sleep 0s")
        self.assertRefused(self.acquire("--rate", "1/59m", "-n"), 75, "later than --max-sleep 0s")
        self.assertEqual(self.bucket_state(), before)

    def test_parameters_of_a_pipe_without_a_line_take_no_effect_and_are_no_warning(self):
        self.bucket("--rate", "1/1h")
        before = self.bucket_state()
        self.assertSilent(self.pipe(b"", "--rate", "1/59m"), 0)
        self.assertEqual(self.bucket_state(), before)

    def test_the_parameters_in_a_warning_are_readable(self):
        self.bucket("--rate", "100000/1s")
        result = self.bucket("--rate", "1/1h")
        self.assertIn("1 every 0.00001s", result.err)

    def test_a_changed_rate_gives_no_token_twice(self):
        self.bucket("--rate", "1/1h")
        self.assertEqual(self.bucket("--rate", "1/59m", "-n").code, 75)
        self.assertEqual(self.bucket("--rate", "1/1h", "-n").code, 75)

    def test_a_faster_rate_takes_effect_for_callers_that_do_not_wait(self):
        self.bucket("--rate", "1/1h")
        eventually(lambda: self.bucket("--rate", "1/300ms", "-n").code == 0, PATIENCE, "a token of the new rate")


if __name__ == "__main__":
    unittest.main()
