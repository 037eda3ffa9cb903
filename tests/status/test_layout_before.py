"""The keys of the layout before, 1: a version that writes them and this one disturb each other in nothing."""

import time
import unittest

from cli.case import PATIENCE
from status.case import StatusTest
from support.tool import limiters


class LayoutBefore(StatusTest):
    def setUp(self):
        super().setUp()
        sem, bucket = (f"limiters:1:{kind}:{{{self.name}}}" for kind in ("sem", "bucket"))
        now = time.time_ns() // 1000
        ends, id = now + 3600 * 10**6, "a" * 32
        self.server.call("HSET", sem, id, f"1 1 30000000 0 {now} {now} {now} host 7 sleep", "ticket", now, "fence", now, "seen", now,
                         "born", now, "used", 1, "counted", 1, "capacity", 1, "ends", ends)
        self.server.call("ZADD", f"{sem}:holders", ends, id)
        self.server.call("HSET", bucket, "level", -5, "refilled_at", now, "capacity", 1, "amount", 1, "frequency", 3600 * 10**6,
                         "recent", "")
        self.keys = [sem, f"{sem}:holders", bucket]
        self.before = self.dumps()

    def dumps(self):
        return [self.server.call("DUMP", key) for key in self.keys]

    def test_what_is_held_or_promised_there_is_no_concern_of_this_one(self):
        for result in self.both("-n"):
            self.assertSilent(result)
        self.assertEqual(self.dumps(), self.before)

    def test_it_is_not_listed(self):
        self.assertEqual([key for key in self.report() if key[1] == self.name], [])

    def test_a_reset_empties_nothing_of_it(self):
        for kind in ("sem", "bucket"):
            self.assertSilent(limiters("reset", kind, self.name, "--yes", redis=self.redis, timeout=PATIENCE))
        self.assertEqual(self.dumps(), self.before)

    def test_doctor_finds_nothing_wrong_with_it(self):
        result = limiters("doctor", redis=self.redis, timeout=PATIENCE)
        self.assertEqual(result.code, 0, result.out)
        self.assertEqual(self.dumps(), self.before)


if __name__ == "__main__":
    unittest.main()
