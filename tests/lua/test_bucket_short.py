"""The common case, which is answered without most of the text, and what it costs."""

import random
import unittest

from lua.scripts import HOUR, MILLISECOND, MINUTE, SECOND, ScriptTest, new_id
from support.resp import LUA, script_text

NOW = 1_800_000_000 * SECOND


class Short(ScriptTest):
    def test_the_common_case_is_answered_just_as_the_whole_text_would(self):
        rng, taken = random.Random(1), 0
        short = (LUA / "bucket/acquire_short.lua").read_bytes()
        whole = script_text("bucket/acquire")
        long = whole.replace(short, b"")
        only = whole[:whole.index(short) + len(short)] + b"return 'not short'"
        self.assertLess(len(only), len(long))
        for _ in range(40):
            capacity = rng.choice((1, 3, 50))
            bucket = self.bucket(capacity, rng.choice((1, capacity, 7)), rng.choice((1, MILLISECOND, SECOND, HOUR)))
            ids, now = [], NOW
            for _ in range(60):
                now += rng.choice((0, 1, bucket.frequency // 3, bucket.frequency, 12 * SECOND, -SECOND, 0, 0, 0))
                ids.append(rng.choice(ids) if ids and rng.random() < 0.05 else new_id())
                parameters = (n + (rng.random() < 0.02) for n in (capacity, bucket.amount, bucket.frequency))
                args = (ids[-1], *parameters, rng.randint(1, min(3, capacity)), rng.choice((-1, -1, 0, bucket.frequency)))
                twins = [bucket.changed() for _ in range(2)]
                for i, twin in enumerate(twins):
                    twin.key = f"{bucket.key}{i}"
                    self.client.call("COPY", bucket.key, twin.key, "REPLACE")
                answer = self.at(now, whole, bucket, args)
                self.assertEqual(self.at(now, long, twins[0], args), answer)
                self.assertEqual(twins[0].all()[0], bucket.all()[0])
                taken += self.at(now, only, twins[1], args) != "not short"
                if rng.random() < 0.1:
                    bucket.cancel(ids[-1])
        self.assertGreater(taken, 300)
        self.assertLess(taken, 2000)

    def at(self, now, text, bucket, args):
        """The answer of a script at this instant, on this bucket."""
        time = b"{ '%d', '%06d' }" % divmod(now, SECOND)
        return self.client.call("EVAL", text.replace(b"redis.call('TIME')", time), 1, bucket.key, *args)


class Commands(ScriptTest):
    def commands(self, call):
        """What the server ran for a call, itself not counted."""
        self.client.call("CONFIG", "RESETSTAT")
        call()
        counted = {}
        for line in self.client.call("INFO", "commandstats").splitlines()[1:]:
            name, calls = line.removeprefix("cmdstat_").split(":calls=")
            counted[name] = int(calls.split(",")[0])
        return {name: n for name, n in counted.items() if name not in ("config|resetstat", "evalsha", "info")}

    def test_a_token_that_is_there_costs_three_commands(self):
        bucket = self.bucket(capacity=10**6, amount=1000, frequency=MILLISECOND)
        bucket.reserve()
        self.let_pass(SECOND)
        bucket.reserve()  # one that is used again has its end moved ahead
        self.assertEqual(self.commands(bucket.reserve), {"time": 1, "hmget": 1, "hset": 1})
        self.let_pass(SECOND)
        self.assertEqual(self.commands(bucket.reserve), {"time": 1, "hmget": 1, "hset": 1})

    def test_a_place_in_a_line_costs_three_commands_a_refusal_and_a_repeat_two(self):
        bucket, id = self.bucket(capacity=1, amount=1, frequency=SECOND), new_id()
        for _ in range(9):
            bucket.reserve()
        self.assertEqual(self.commands(lambda: bucket.reserve(id)), {"time": 1, "hmget": 1, "hset": 1})
        self.assertEqual(self.commands(lambda: bucket.reserve(id)), {"time": 1, "hmget": 1})
        self.assertEqual(self.commands(lambda: bucket.acquire(max_wait=0)), {"time": 1, "hmget": 1})

    def test_no_call_costs_much_more_however_many_are_known(self):
        for frequency in (1, HOUR):
            bucket = self.bucket(capacity=1, amount=1, frequency=frequency)
            for _ in range(1000):
                bucket.reserve()
            counts = [sum(self.commands(bucket.reserve).values()) for _ in range(50)]
            self.assertLessEqual(max(counts), 16)
            self.assertLess(sum(counts), 50 * 4)

    def test_the_end_of_a_key_in_use_moves_seldom(self):
        bucket, moves = self.bucket(capacity=1, amount=1, frequency=SECOND // 2), 0
        for _ in range(60):
            moves += "pexpire" in self.commands(bucket.reserve)
            self.let_pass(SECOND)
        self.assertLess(moves, 8)
        self.assertLess(self.client.call("PTTL", bucket.key) * MILLISECOND, 11 * MINUTE)


if __name__ == "__main__":
    unittest.main()
