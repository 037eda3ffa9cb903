"""`bucket acquire`: returns when the tokens are due, for what a script does next."""

import signal
import unittest

from bucket.case import PATIENCE, BucketTest

NOBODY = "unix:///nobody/listens/here"


class AcquireTest(BucketTest):
    def test_a_full_bucket_gives_at_once_and_in_silence(self):
        self.assertSilent(self.acquire("-j", "5", "--tokens", "3"))
        self.assertEqual(self.level(), 2)

    def test_it_never_returns_before_the_tokens_are_due(self):
        # The server's clock and ours are one here.
        for _ in range(5):
            self.assertSilent(self.acquire("--rate", "5/1s"))
            self.assertGreaterEqual(self.server_now() + 1000, max(self.due_times().values()))

    def test_a_script_goes_on_when_it_is_its_turn(self):
        script = '''for i in 1 2 3; do "$LIMITERS" bucket acquire --name "$1" --rate 50/1s || exit; echo "$i"; done'''
        self.assertSilent(self.shell(script, self.name).wait(PATIENCE), 0, "1\n2\n3\n")
        due = list(self.due_times().values())
        self.assertGreaterEqual(min(b - a for a, b in zip(due, due[1:])), 20_000)

    def test_tokens_due_too_late_are_not_taken(self):
        self.acquire()
        before = self.bucket_state()
        for options, code in ((["-n"], 75), (["-w", "10ms"], 75), (["-n", "-E", "9"], 9)):
            with self.subTest(options):
                self.assertRefused(self.acquire(*options), code, f"bucket '{self.name}'", "due in")
        self.assertEqual(self.bucket_state(), before)

    def test_a_signal_while_waiting_gives_the_tokens_back_and_kills(self):
        options = ("-j", "5", "--refill-amount", "1", "--refill-frequency", "1h", "--tokens", "3")
        self.acquire(*options)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                running = self.waiting(*self.words("acquire", *options))
                self.assertEqual(self.level(), -1)
                running.signal(number)
                self.assertSilent(running.wait(PATIENCE), -number)
                self.assertEqual(self.level(), 2)

    def test_where_nobody_listens_the_policy_decides(self):
        options = ("--redis-timeout", "100ms")
        self.assertRefused(self.acquire(*options, redis=NOBODY), 69, f"bucket '{self.name}'", NOBODY)
        result = self.acquire(*options, "--on-unavailable", "run", redis=NOBODY)
        self.assertEndedAs(result, 0)
        self.assertOneLine(result.err, "warning: ", NOBODY, "without a limit")

    def test_it_has_no_default_name(self):
        running = self.start("bucket", "acquire", "--rate", "1/1h")
        self.assertRefused(running.wait(PATIENCE), 64, "bucket acquire needs --name")


if __name__ == "__main__":
    unittest.main()
