"""Keys of another layout, as another version has them: this one neither reads nor lists nor changes them."""

import unittest

from status.case import StatusTest
from support.tool import limiters

HOUR = 3600 * 1_000_000
HOLDER, WAITER = "1" * 32, "2" * 32


class Layout1(StatusTest):
    """A semaphore with a holder and a waiter, and an empty bucket, word for word as layout 1 had them."""

    def setUp(self):
        super().setUp()
        p, b, now = f"limiters:1:sem:{{{self.name}}}", f"limiters:1:bucket:{{{self.name}}}", self.server_now()
        for words in (
            ("HSET", p, "fence", now, "ticket", now + 1, "seen", now, "used", 1, "counted", 1, "capacity", 1,
             HOLDER, f"1 1 {HOUR} 0 {now} {now} {now} host 1 sleep", WAITER, f"1 1 {HOUR} 0 {now + 1} 0 0 host 2 sleep"),
            ("ZADD", f"{p}:holders", now + HOUR, HOLDER),
            ("ZADD", f"{p}:waiters", now + 1, WAITER),
            ("ZADD", f"{p}:alive", now + HOUR, WAITER),
            ("HSET", b, "level", 0, "refilled_at", now, "capacity", 1, "amount", 1, "frequency", HOUR),
        ):
            self.server.call(*words)
            self.server.call("PEXPIRE", words[1], HOUR // 1000)
        self.addCleanup(self.server.call, "FLUSHALL")
        self.before = self.content()

    def content(self):
        keys = sorted(self.server.call("KEYS", "limiters:1:*"))
        return {key: (self.values(key), self.server.call("PTTL", key) > 0) for key in keys}

    def values(self, key):
        if self.server.call("TYPE", key) == "hash":
            return self.server.call("HGETALL", key)
        return self.server.call("ZRANGE", key, 0, -1, "WITHSCORES")

    def assertLeftAlone(self, *words, code=0, out=None):
        with self.server.monitor() as monitor:
            result = limiters(*words, redis=self.redis)
            named = [word for command in monitor.commands() for word in command if word.startswith("limiters:1:")]
        self.assertEqual(result.code, code, result)
        if out is not None:
            self.assertEqual(result.out, out)
        self.assertEqual(named, [])
        self.assertEqual(self.content(), self.before)

    def test_status_does_not_list_them(self):
        self.assertLeftAlone("status", out="")
        self.assertLeftAlone("status", self.name, out="")
        self.assertEqual(self.report(), {})

    def test_reset_finds_nothing(self):
        for kind in ("sem", "bucket"):
            self.assertLeftAlone("reset", "--yes", kind, self.name, out="")

    def test_doctor_says_nothing_of_them(self):
        self.assertLeftAlone("doctor")

    def test_a_slot_and_a_token_that_are_taken_there_are_free_here(self):
        self.assertLeftAlone(*self.sem_words("-n"))
        self.assertLeftAlone(*self.bucket_words("-n"))

    def test_a_holder_there_cannot_be_freed_from_here(self):
        self.assertLeftAlone("sem", "release", "--name", self.name, "--holder", HOLDER, code=79)


if __name__ == "__main__":
    unittest.main()
