"""limit, pause and resume: what an operator orders, and what callers, in their messages too, see of it."""

import json
import unittest

from cli.case import PATIENCE, CliTest
from support.cluster import Cluster
from support.tool import BINARY, limiters
from support.wait import eventually

OPERATOR = {"SUDO_USER": "", "LOGNAME": "alice"}
TIME = r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d"


class OrdersTest(CliTest):
    def order(self, verb, kind, *options, **more):
        return limiters(verb, kind, self.name, *options, redis=self.redis, timeout=PATIENCE, env=OPERATOR, **more)

    def assertOrdered(self, *words):
        self.assertSilent(self.order(*words))

    def limiter(self, kind="sem"):
        rows = json.loads(limiters("status", "--json", redis=self.redis, timeout=PATIENCE).out)["limiters"]
        return next(row for row in rows if (row["kind"], row["name"]) == (kind, self.name))


class Pauses(OrdersTest):
    def test_nothing_new_is_granted_and_a_refusal_says_until_when_by_whom_and_why(self):
        self.assertOrdered("pause", "sem", "--for", "1h", "--reason", "the disk is full")
        for options in (["-n"], ["-w", "100ms"]):
            result = self.sem(*options)
            self.assertRefused(result, 75, f"sem '{self.name}' on {self.redis}: ", "paused until ", "by alice@",
                               ": the disk is full; try again then")
            self.assertRegex(result.err, f"paused until {TIME} by ")

    def test_holders_go_on_and_waiters_are_served_at_once_on_resume(self):
        holder = self.holder("-j", "2")
        self.assertOrdered("pause", "sem", "--for", "1h")
        waiter = self.waiter("-j", "2")
        self.assertFalse(waiter.started())
        self.assertOrdered("resume", "sem")
        waiter.wait_for_start()
        self.assertEndedAs(holder.finish(3), 3, "started\n")

    def test_a_pause_ends_by_itself(self):
        self.assertOrdered("pause", "sem", "--for", "1s")
        self.assertSilent(self.sem("-w", "1m"))

    def test_a_pause_without_an_end_tells_when_it_ends_at_the_latest_and_a_shorter_one_changes_nothing(self):
        self.assertOneLine(self.order("pause", "sem").err, "paused until it is resumed, at most until 20")
        result = self.order("pause", "sem", "--for", "1s")
        self.assertEqual(result.code, 0)
        self.assertOneLine(result.err, "a longer pause stands, until 20", "by alice@")
        self.assertRefused(self.sem("-n"), 75)

    def test_one_that_got_no_answer_is_told_to_be_done_perhaps(self):
        self.assertOrdered("pause", "sem", "--for", "1ms")
        self.assertOrdered("reset", "sem", "--yes")  # so that the server knows both scripts
        self.server.pause()
        self.addCleanup(self.server.resume)
        told = [self.order(*words, "--redis-timeout", "300ms") for words in (("pause", "sem"), ("reset", "sem", "--yes"))]
        self.server.resume()
        eventually(lambda: self.limiter()["pause"], PATIENCE, "the pause")
        for result in told:
            self.assertRefused(result, 69, "no answer", "it may be done all the same: see limiters status")

    def test_quiet_says_nothing(self):
        self.assertSilent(self.order("pause", "sem", "-q"))

    def test_a_command_can_pause_its_own_limiter(self):
        command = ["sh", "-c", '"$LIMITERS" pause bucket "$LIMITERS_NAME" --for 1h --reason "429"']
        self.assertSilent(self.bucket("--rate", "9/1h", command=command, env={"LIMITERS": BINARY, "LIMITERS_REDIS": self.redis}))
        self.assertRefused(self.bucket("-n", "--rate", "9/1h"), 75, "due in 1h00m, later than", "paused until", ": 429;")

    def test_a_bucket_needs_an_end(self):
        self.assertRefused(self.order("pause", "bucket"), 64, "give --for")
        self.assertEqual(self.server.call("EXISTS", self.bucket_key), 0)

    def test_tokens_are_due_at_the_end(self):
        self.assertOrdered("pause", "bucket", "--for", "1s")
        result = self.bucket("-j", "3", command=["sh", "-c", 'echo "$LIMITERS_WAITED_MS"'])
        self.assertGreater(int(result.out), 500)

    def test_lines_of_a_pipe_wait_for_the_end(self):
        self.assertOrdered("pause", "bucket", "--for", "2s")
        words = ["bucket", "pipe", "--name", self.name, "-j", "9", "--rate", "9/1s"]
        before = self.server_now()
        result = limiters(*words, redis=self.redis, stdin="a\nb\nc\n", timeout=PATIENCE)
        self.assertSilent(result, out="a\nb\nc\n")
        self.assertGreater(self.server_now() - before, 1_000_000)

    def test_a_resume_without_a_pause_is_no_error(self):
        for kind in ("sem", "bucket"):
            self.assertOrdered("resume", kind)
            self.assertOneLine(self.order("resume", kind, "-v").err, "there was no pause")

    def test_status_shows_by_whom_until_when_and_why(self):
        for kind in ("sem", "bucket"):
            self.assertOrdered("pause", kind, "--for", "1h", "--reason", "why not")
            shown = limiters("status", self.name, redis=self.redis).out
            self.assertRegex(shown, rf"paused since [^ ]+ until {TIME} by alice@[^ ]+: why not\n")
            pause = self.limiter(kind)["pause"]
            self.assertEqual(pause["reason"], "why not")
            self.assertTrue(pause["by"].startswith("alice@"))
            self.assertTrue(3_590_000_000 < pause["ends_in_us"] <= 3_600_000_000)
            self.assertIsNone(self.limiter(kind)["limit"])

    def test_a_reset_keeps_the_pause(self):
        self.assertOrdered("pause", "sem", "--for", "1h")
        self.assertSilent(limiters("reset", "sem", self.name, "--yes", redis=self.redis))
        self.assertRefused(self.sem("-n"), 75, "paused")


class Limits(OrdersTest):
    def test_the_smaller_count_holds_and_a_refusal_says_whose_it_is(self):
        self.assertOrdered("limit", "sem", "--capacity", "1", "--for", "1h", "--reason", "the database is slow")
        self.holder("-j", "5")
        self.assertRefused(self.sem("-j", "5", "-n"), 75, "1 of 1 in use", "limited until", "by alice@", ": the database is slow;")

    def test_a_cleared_limit_lets_waiters_in_at_once(self):
        self.assertOneLine(self.order("limit", "sem", "-j", "1").err, "limited until it is cleared, at most until 20")
        self.holder("-j", "2")
        waiter = self.waiter("-j", "2")
        self.assertOrdered("limit", "sem", "--clear")
        waiter.wait_for_start()

    def test_a_weight_above_the_limit_waits_and_is_no_usage_error(self):
        self.assertOrdered("limit", "sem", "--capacity", "1", "--for", "1h")
        self.assertRefused(self.sem("-j", "3", "--weight", "2", "-n"), 75, "0 of 1 in use")

    def test_a_bucket_is_as_slow_as_the_operator_says(self):
        self.assertOrdered("limit", "bucket", "--rate", "1/1h", "--for", "1d", "--reason", "quota")
        self.assertSilent(self.bucket("--rate", "9/1s", "-j", "9"))
        self.assertRefused(self.bucket("--rate", "9/1s", "-j", "9", "-n"), 75, "due in 1h00m", "limited until", ": quota;")
        limit = self.limiter("bucket")["limit"]
        self.assertEqual([limit[key] for key in ("capacity", "refill_amount", "refill_every_us")], [1, 1, 3_600_000_000])

    def test_status_shows_the_limit(self):
        self.assertOrdered("limit", "sem", "--capacity", "2", "--for", "1h")
        self.holder("-j", "5")
        shown = limiters("status", self.name, redis=self.redis).out
        self.assertRegex(shown, rf"1/2 .*limited to 2 since [^ ]+ until {TIME} by alice@")
        self.assertEqual((self.limiter()["capacity"], self.limiter()["limit"]["capacity"]), (5, 2))


class BadInput(OrdersTest):
    def test_is_refused_in_one_line_and_changes_nothing(self):
        for words, part in (
            (["pause"], "limiters pause sem|bucket NAME"),
            (["pause", "sem"], "limiters pause sem|bucket NAME"),
            (["limit", "queue", "x", "-j", "1"], "only sem and bucket"),
            (["resume", "sem", "a{b"], "brace"),
            (["pause", "sem", "x", "--for", "0"], "from "),
            (["pause", "sem", "x", "--for", "31d"], "30d"),
            (["pause", "sem", "x", "--reason", ""], "it is empty"),
            (["pause", "sem", "x", "--reason", "y" * 201], "201 bytes"),
            (["pause", "sem", "x", "--reason", "a\nb"], "control character"),
            (["limit", "sem", "x"], "needs --capacity, or --clear"),
            (["limit", "sem", "x", "-j", "0"], "1 to 1000000"),
            (["limit", "sem", "x", "-j", "1", "--rate", "1/s"], "has no --rate"),
            (["limit", "bucket", "x"], "needs --rate"),
            (["limit", "bucket", "x", "--rate", "1/s", "--refill-amount", "3"], "contradicts"),
            (["limit", "sem", "x", "--clear", "-j", "3"], "leave out --capacity"),
            (["limit", "sem", "x", "--clear", "--for", "3"], "leave out --for"),
            (["resume", "sem", "x", "--for", "3"], "--for"),
        ):
            with self.subTest(" ".join(words)):
                self.assertRefused(limiters(*words, redis=self.redis), 64, part)
        self.assertEqual(self.server.call("DBSIZE"), 0)

    def test_a_key_of_another_type_is_left_alone(self):
        self.server.call("SET", self.key, "x")
        self.addCleanup(self.server.call, "DEL", self.key)
        self.assertRefused(self.order("pause", "sem"), 70, self.key)


class InACluster(unittest.TestCase):
    def test_limits_and_pauses_hold(self):
        cluster = self.enterContext(Cluster())
        for name in ("a", "b", "c"):
            words = ["sem", "run", "--name", name, "-j", "2", "-n", "--", "true"]
            for verb, options, undo in (("pause", [], ["resume", "sem", name]),
                                        ("limit", ["-j", "1"], ["limit", "sem", name, "--clear"])):
                self.assertEqual(limiters(verb, "sem", name, "--for", "1h", *options, redis=cluster.url).code, 0)
                if verb == "pause":
                    self.assertEqual(limiters(*words, redis=cluster.url).code, 75)
                self.assertIn(verb, limiters("status", name, redis=cluster.url).out)
                self.assertEqual(limiters(*undo, redis=cluster.url).code, 0)
                self.assertEqual(limiters(*words, redis=cluster.url).code, 0)


if __name__ == "__main__":
    unittest.main()
