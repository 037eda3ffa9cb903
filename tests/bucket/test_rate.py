"""When tokens are due: rates, amounts and bursts."""

import unittest

from bucket.case import PATIENCE, BucketTest
from support.wait import eventually

MILLISECOND, MINUTE, HOUR = 1_000, 60_000_000, 3_600_000_000  # µs


class Rate(BucketTest):
    def test_200_runs_at_100_a_second_keep_the_bound(self):
        # The server remembers a due time for ten seconds, and the machine may be slow, so the runs go in batches of 20.
        script = 'seq 20 | xargs -P 20 -I{} "$LIMITERS" bucket run --name "$1" --rate 100/1s -- true'
        due = {}
        for _ in range(10):
            self.assertSilent(self.shell(script, self.name).wait(PATIENCE))
            due.update(self.due_times())
        due = sorted(due.values())
        self.assertEqual(len(due), 200)
        # With a capacity of 1, at most 1 + floor(T/10 ms) in any T: no two nearer than 10 ms, on the server's clock.
        self.assertGreaterEqual(min(b - a for a, b in zip(due, due[1:])), 10 * MILLISECOND)

    def test_command_never_starts_before_its_due_time(self):
        # The server's clock and ours are one here.
        for _ in range(5):
            started = int(self.bucket("--rate", "5/1s", command=["date", "+%s%N"]).out) // 1000
            self.assertGreaterEqual(started + 1000, max(self.due_times().values()))

    def test_demand_above_the_rate_is_served_at_the_rate(self):
        script = 'seq 30 | xargs -P 30 -I{} "$LIMITERS" bucket run --name "$1" --rate 200/1s -- true'
        self.assertSilent(self.shell(script, self.name).wait(PATIENCE))
        due = sorted(self.due_times().values())
        # All 30 asked long before the last was due, so nothing was wasted: one every 5 ms, but where nobody had asked yet.
        self.assertGreaterEqual(min(b - a for a, b in zip(due, due[1:])), 5 * MILLISECOND)
        self.assertEqual(len(due), 30)

    def test_a_larger_capacity_is_a_burst_on_top(self):
        for _ in range(5):
            self.assertSilent(self.bucket("--capacity", "5", "-n"))
        self.assertRefused(self.bucket("--capacity", "5", "-n"), 75)

    def test_a_full_bucket_gives_without_a_wait(self):
        now = self.server_now()
        result = self.bucket("-v")
        self.assertEqual(result.code, 0)
        self.assertNotIn("due in", result.err)
        [due] = self.due_times().values()
        self.assertLessEqual(now, due)
        self.assertLessEqual(due, self.server_now())

    def test_a_rate_is_one_token_at_a_time_rounded_up_to_microseconds(self):
        for rate, frequency in (("100/1m", 600_000), ("3/1s", 333_334), ("10/s", 100_000), ("2000/1s", 500),
                                ("1000000/1s", 1), ("5000000/1s", 1), ("7/1d", 12_342_857_143), ("1/1d", 86_400_000_000)):
            with self.subTest(rate):
                self.server.call("DEL", self.bucket_key)
                self.assertSilent(self.bucket("--rate", rate))
                state = self.bucket_state()
                self.assertEqual([state[f] for f in ("capacity", "amount", "frequency")], ["1", "1", str(frequency)])

    def test_a_token_a_minute_is_not_granted_after_half_a_minute(self):
        self.bucket("--rate", "1/60s")
        self.assertGreater(self.server.call("PTTL", self.bucket_key), 60_000)
        # Half a minute later, as the bucket sees it.
        earlier = int(self.bucket_state()["refilled_at"]) - MINUTE // 2
        self.server.call("HSET", self.bucket_key, "refilled_at", earlier)
        self.assertEqual(self.bucket("--rate", "1/60s", "-w", "20s").code, 75)
        self.assertEqual(self.level(), 0)

    def test_heavy_calls_take_so_many_tokens(self):
        self.assertSilent(self.bucket("-j", "5", "--tokens", "3", "-n"))
        self.assertRefused(self.bucket("-j", "5", "--tokens", "3", "-n"), 75)
        self.assertSilent(self.bucket("-j", "5", "--tokens", "2", "-n"))

    def test_with_a_rate_the_capacity_is_that_of_the_tokens(self):
        self.assertSilent(self.bucket("--tokens", "7", "-n"))
        self.assertEqual(self.bucket_state()["capacity"], "7")


class Amount(BucketTest):
    def test_an_amount_comes_at_once_every_so_often(self):
        options = ["-j", "4", "--refill-amount", "2", "--refill-frequency", "1h"]
        for _ in range(4):
            self.assertSilent(self.bucket(*options, "-n"))
        for _ in range(4):
            self.start(*self.bucket_words(*options))
        due = sorted(eventually(lambda: len(found := self.due_times().values()) == 8 and found, PATIENCE))
        self.assertEqual([due[4] == due[5], due[6] == due[7], due[6] - due[4]], [True, True, HOUR])

    def test_an_amount_above_the_capacity_is_cut_to_it(self):
        options = ["-j", "1", "--refill-amount", "10", "--refill-frequency", "1h", "-n"]
        self.assertSilent(self.bucket(*options))
        self.assertRefused(self.bucket(*options), 75)

    def test_a_frequency_below_a_millisecond_is_a_limit_too(self):
        options = ["-j", "1", "--refill-amount", "1", "--refill-frequency", "0.0005"]
        self.assertSilent(self.bucket(*options))
        self.assertEqual(self.bucket_state()["frequency"], "500")


if __name__ == "__main__":
    unittest.main()
