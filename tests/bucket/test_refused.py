"""A call that would wait too long: it takes nothing, and says so at once."""

import unittest

from bucket.case import PATIENCE, BucketTest


class Refused(BucketTest):
    def test_a_refused_call_consumes_nothing(self):
        self.bucket("--rate", "1/1h")
        before = self.bucket_state()
        for wait in ["0"] * 10 + ["0.1"] * 10 + ["59m"]:
            result = self.bucket("--rate", "1/1h", "--max-sleep", wait)
            self.assertRefused(result, 75, f"bucket '{self.name}' on {self.redis}", "due in")
        self.assertEqual(self.bucket_state(), before)

    def test_a_refusal_comes_at_once_not_after_the_wait(self):
        self.bucket("--rate", "1/1h")
        with self.server.monitor() as monitor:
            result = self.bucket("--rate", "1/1h", "--max-sleep", "30m")
            self.assertRefused(result, 75, "later than --max-sleep 30m")
            self.assertEqual(len(monitor.commands()), 1)
        self.assertLess(result.seconds, PATIENCE)

    def test_the_wait_is_told_to_be_read(self):
        self.bucket("--rate", "1/1h")
        result = self.bucket("--rate", "1/1h", "-n")
        self.assertRegex(result.err, r"the tokens are due in (1h00m|59m\d\ds), later than --max-sleep 0s")

    def test_tokens_that_are_due_within_the_wait_are_waited_for(self):
        self.bucket("--rate", "10/s")
        self.assertSilent(self.bucket("--rate", "10/s", "--max-sleep", "30s", command=["echo", "ran"]), 0, "ran\n")

    def test_a_bucket_that_takes_more_than_ten_years_to_fill_is_a_usage_error(self):
        result = self.bucket("--capacity", "3653", "--refill-amount", "1", "--refill-frequency", "1d")
        self.assertRefused(result, 64, "ten years")
        self.assertEqual(self.server.call("EXISTS", self.bucket_key), 0)

    def test_promises_of_more_than_ten_years_are_refused_and_write_nothing(self):
        eight_years = ("--capacity", "3000", "--refill-amount", "1", "--refill-frequency", "1d", "--tokens", "3000")
        self.assertEqual(self.bucket(*eight_years).code, 0)
        before = self.bucket_state()
        for options in ((), ("-E", "0"), ("-w", "3650d")):
            self.assertRefused(self.bucket(*eight_years, *options), 64, f"bucket '{self.name}'", "ten years")
        self.assertRefused(self.bucket(*eight_years, "-w", "1d"), 75, "later than --max-sleep 1d")
        self.assertEqual(self.bucket_state(), before)


if __name__ == "__main__":
    unittest.main()
