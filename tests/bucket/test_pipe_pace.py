"""`bucket pipe`: when lines come out, what that asks of the server, and what becomes of tokens that are not used."""

import signal
import unittest

from bucket.case import PATIENCE, BucketTest
from support.proxy import Proxy
from support.wait import eventually


def numbers(count):
    return "".join(f"{i}\n" for i in range(count))


class Pace(BucketTest):
    def test_a_line_comes_out_when_it_is_due_and_not_before(self):
        running, stdin = self.open_pipe("-j", "2")
        stdin.write(b"one\ntwo\nthree\n")
        running.wait_for_out("two\n", PATIENCE)
        self.wait_for_level(-1)
        self.assertEqual(running.out(), "one\ntwo\n")

    def test_lines_come_out_as_they_come_in_and_no_token_is_taken_ahead(self):
        running, stdin = self.open_pipe("-j", "100")
        for i in range(1, 6):
            stdin.write(b"%d\n" % i)
            running.wait_for_out(f"{i}\n", PATIENCE)
            self.assertEqual(self.level(), 100 - i)

    def test_a_line_that_has_no_end_yet_takes_nothing(self):
        running, stdin = self.open_pipe("-j", "100")
        stdin.write(b"one\ntw")
        running.wait_for_out("one\n", PATIENCE)
        stdin.write(b"o\n")
        running.wait_for_out("two\n", PATIENCE)
        self.assertEqual(self.level(), 98)

    def test_two_pipes_on_one_bucket_keep_its_bound_together(self):
        lines = numbers(100)
        before = self.server_now()
        both = [self.start(*self.words("pipe", "--rate", "100/1s"), stdin=lines) for _ in range(2)]
        for running in both:
            self.assertSilent(running.wait(PATIENCE), 0, lines)
        # 200 tokens, one every 10 ms.
        self.assertGreaterEqual(self.server_now() - before, 199 * 10_000)

    def test_a_pipe_and_single_calls_keep_the_bound_together(self):
        self.assertSilent(self.pipe(numbers(3), "-j", "5"), 0, numbers(3))
        self.assertEqual([self.acquire("-j", "5", "-n").code for _ in range(3)], [0, 0, 75])

    def test_1000_lines_a_second_take_few_round_trips_of_20_ms(self):
        lines = numbers(2000)
        with Proxy(self.server.url) as proxy, self.server.monitor() as monitor:
            proxy.latency(10)
            result = self.pipe(lines, "--rate", "1000/1s", redis=proxy.url)
            self.assertSilent(result, 0, lines)
            self.assertLess(len(monitor.commands()), 500)
        self.assertGreaterEqual(result.seconds, 1.999)
        self.assertLess(result.seconds, 20)  # a round trip a line would be 40 s

    def test_a_record_above_the_capacity_waits_for_its_last_byte(self):
        running, stdin = self.open_pipe("-j", "10", "--tokens-from-size")
        stdin.write(b"eleven byt\n")
        self.wait_for_level(-1)
        self.assertEqual(running.out(), "")
        running.signal(signal.SIGTERM)
        self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM)


class Stopped(BucketTest):
    def test_a_signal_gives_back_what_is_not_due_and_kills(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                level = int(self.bucket_state().get("level", 5))
                running, stdin = self.open_pipe("-j", "5")
                stdin.write(numbers(level + 3).encode())
                self.wait_for_level(-1)
                running.signal(number)
                self.assertSilent(running.wait(PATIENCE), -number, numbers(level))
                self.assertEqual(self.level(), 0)

    def test_a_signal_gives_back_all_that_was_asked_for_ahead_not_the_newest_alone(self):
        bucket = ("-j", "100000", "--rate", "100/1s")
        self.acquire(*bucket, "--tokens", "100000")
        empty_since = int(self.bucket_state()["refilled_at"])
        with Proxy(self.server.url) as proxy:
            proxy.latency(300)
            running, stdin = self.open_pipe(*bucket, redis=proxy.url)
            stdin.write(numbers(5000).encode())
            for _ in range(5):
                questions = len(self.due_times())
                eventually(lambda: len(self.due_times()) > questions, PATIENCE, "another question")
            # Its answer is on the way, and what the one before it reserved lasts for as long as a round trip.
            proxy.latency(0)
            running.signal(signal.SIGTERM)
            lines = running.wait(PATIENCE).out.count("\n")
        state = self.bucket_state()
        taken = (int(state["refilled_at"]) - empty_since) // 10_000 - int(state["level"])
        self.assertGreaterEqual(taken, lines)
        # 30 were due on the server, but for the way of the answer; 30 more would be those of the question before.
        self.assertLess(taken, lines + 45)

    def test_a_signal_while_nothing_comes_in_kills(self):
        running, stdin = self.open_pipe()
        stdin.write(b"one\n")
        running.wait_for_out("one\n", PATIENCE)
        running.signal(signal.SIGTERM)
        self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM, "one\n")


class Parameters(BucketTest):
    def test_other_parameters_are_one_warning_and_count_at_once(self):
        self.acquire("-j", "4")
        result = self.pipe(numbers(3), "-j", "3")
        self.assertEndedAs(result, 0, numbers(3))
        self.assertOneLine(result.err, "warning: ", f"'{self.name}'", "capacity 4")


if __name__ == "__main__":
    unittest.main()
