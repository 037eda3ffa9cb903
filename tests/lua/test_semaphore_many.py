"""No script takes longer the more there are who hold, wait or are barred: a server does nothing else meanwhile."""

import re
import unittest

from lua.scripts import BAR, DAY, LEASE, MINUTE, SECOND, ScriptTest

SIZES = (10, 1000, 10_000)
FOR_A_HUNDRED = 1500  # commands; so many drop a hundred that have ended, and hand their slots to a hundred others

# Lists so many more like the id ARGV[1], of which everything is copied; the counters are left to whoever calls.
COPY = """
local record = redis.call('HGET', KEYS[1], ARGV[1])
for k = 2, #KEYS do
  local score = redis.call('ZSCORE', KEYS[k], ARGV[1])
  for i = 1, tonumber(ARGV[2]) do
    redis.call('ZADD', KEYS[k], string.format('%.0f', score + i), string.format('f%031d', i))
  end
end
for i = 1, tonumber(ARGV[2]) do
  redis.call('HSET', KEYS[1], string.format('f%031d', i), record)
end
"""


class Many(ScriptTest):
    def commands(self, call):
        """How many commands of Redis a call costs the server; without INFO, which depends on the time since the last one."""
        self.client.call("CONFIG", "RESETSTAT")
        call()
        counts = re.findall(r"cmdstat_([^:]+):calls=(\d+)", self.client.call("INFO", "commandstats"))
        return sum(int(count) for name, count in counts if not name.startswith(("config", "eval", "info")))

    def copy(self, model, count, keys, **counters):
        self.client.call("EVAL", COPY, 1 + len(keys), self.s.p, *keys, model.id, count)
        for name, value in counters.items():
            self.client.call("HSET", self.s.p, name, value)

    def many_hold(self, count, **options):
        """One limiter that so many hold; the one that was the first to."""
        self.s = self.semaphore()
        holder, = self.holding(1, **options)
        self.copy(holder, count - 1, [self.s.holders], used=count, counted=count)
        return holder

    def many_wait(self, count, **options):
        """Behind those who hold now: the first two that wait."""
        first, second = self.waiting(2, **options)
        self.copy(second, count - 2, [self.s.waiters, self.s.alive], queued=count, ticket=second.ticket + count)
        return first, second

    def many_are_barred(self, count):
        """While one holds, which may have two slots: this one."""
        holder, = self.holding(1, capacity=2, lease=DAY)
        refused, = self.callers(1, capacity=2, weight=2)
        refused.ask(wait=False, bar=BAR)
        self.copy(refused, count - 1, [self.s.alive])
        return holder


class Constant(Many):
    def assertSame(self, costs_of):
        """costs_of(size) has what each script costs where there are so many."""
        costs = [costs_of(size) for size in SIZES]
        for script in costs[0]:
            with self.subTest(script):
                self.assertEqual([cost[script] for cost in costs], [costs[0][script]] * len(SIZES))

    def test_with_many_holders(self):
        def costs_of(size):
            holder = self.many_hold(size, capacity=20_000)
            newcomer, refused, stranger = self.callers(3, capacity=20_000)
            return {
                "acquire": self.commands(newcomer.ask),
                "refused": self.commands(lambda: refused.ask(weight=20_000, wait=False, tell=True)),
                "acquire again": self.commands(holder.ask),
                "renew": self.commands(holder.renew),
                "release": self.commands(newcomer.release),
                "release of nothing": self.commands(lambda: stranger.release(bar=BAR)),
                "status": self.commands(lambda: next(self.s.status_slices())),
                "reset": self.commands(self.s.reset),
            }
        self.assertSame(costs_of)

    def test_with_many_waiters(self):
        def costs_of(size):
            holder = self.many_hold(1, capacity=1)
            first, second = self.many_wait(size)
            last, = self.callers(1)
            return {
                "acquire": self.commands(last.ask),
                "the first asks again": self.commands(first.ask),
                "the second asks again": self.commands(second.ask),
                "the last asks again": self.commands(last.ask),
                "renew": self.commands(holder.renew),
                "the last leaves": self.commands(last.release),
                "status": self.commands(lambda: next(self.s.status_slices())),
                "release, with a hand-off": self.commands(holder.release),
                "its confirmation": self.commands(first.ask),
            }
        self.assertSame(costs_of)

    def test_with_many_barred(self):
        def costs_of(size):
            self.s = self.semaphore()
            holder = self.many_are_barred(size)
            newcomer, refused = self.callers(2, capacity=2)
            return {
                "acquire": self.commands(newcomer.ask),
                "renew": self.commands(holder.renew),
                "release": self.commands(newcomer.release),
                "refused": self.commands(lambda: refused.ask(weight=2, wait=False, bar=BAR)),
                "status": self.commands(lambda: next(self.s.status_slices())),
            }
        self.assertSame(costs_of)


class HundredAtATime(Many):
    """Where many must be looked at, a hundred are, and the rest is left to the next question."""

    def assertBounded(self, cost_of):
        few, many = cost_of(150), cost_of(5000)
        self.assertLess(few, FOR_A_HUNDRED)
        self.assertLess(many, FOR_A_HUNDRED)

    def test_leases_that_ended(self):
        def cost_of(size):
            self.many_hold(size, capacity=20_000)
            watch, = self.holding(1, capacity=20_000, lease=DAY)
            self.live(LEASE + SECOND, [watch])
            return self.commands(watch.ask)
        self.assertBounded(cost_of)

    def test_waiters_that_went_silent(self):
        def cost_of(size):
            holder = self.many_hold(1, lease=DAY, capacity=1)
            self.many_wait(size)
            self.let_pass(MINUTE)
            holder.ask()  # which ends a silence
            self.let_pass(2 * SECOND)
            return self.commands(holder.ask)
        self.assertBounded(cost_of)

    def test_bars_that_ended(self):
        def cost_of(size):
            self.s = self.semaphore()
            holder = self.many_are_barred(size)
            self.let_pass(BAR + SECOND)
            return self.commands(holder.ask)
        self.assertBounded(cost_of)

    def test_slots_that_come_free_for_many_waiters(self):
        def cost_of(size):
            self.s = self.semaphore()
            heavy, = self.holding(1, capacity=20_000, weight=20_000)
            self.many_wait(size, capacity=20_000)
            return self.commands(heavy.release)
        self.assertBounded(cost_of)

    def test_waiters_that_a_settling_kept_from_free_slots(self):
        def cost_of(size):
            self.s = self.semaphore()
            holder, = self.holding(1, capacity=20_000)
            self.client.call("DEL", *self.s.keys)
            holder.ask()
            self.many_wait(size, capacity=20_000)
            self.let_pass(LEASE // 3 + LEASE // 6 + 2 * SECOND)
            return self.commands(holder.ask)
        self.assertBounded(cost_of)

    def test_waiters_whose_records_were_lost(self):
        def cost_of(size):
            holder = self.many_hold(1, capacity=1)
            self.many_wait(size)
            self.client.call("DEL", self.s.p)
            return self.commands(holder.ask)
        self.assertBounded(cost_of)

    def test_the_weights_of_all_holders_count_after_the_record_of_one_was_lost(self):
        holders = self.holding(150, capacity=300, weight=2)
        self.client.call("HDEL", self.s.p, holders[0].id)
        self.assertTrue(holders[0].ask().holds)
        self.assertFalse(self.callers(1, capacity=300)[0].ask(wait=False).holds)

    def test_all_that_ended_are_gone_when_enough_have_asked(self):
        self.many_hold(550, capacity=1000)
        watch, = self.holding(1, capacity=1000, lease=DAY)
        self.live(LEASE + SECOND, [watch])
        for _ in range(6):
            watch.ask()
        self.assertHolders([watch])
        self.assertEqual(self.s.records(), {watch.id})

    def test_all_that_fit_hold_when_enough_have_asked(self):
        heavy, = self.holding(1, capacity=1000, weight=1000)
        self.many_wait(550, capacity=1000)
        heavy.release()
        watch, = self.callers(1, capacity=1000)
        for _ in range(6):
            watch.ask()
        self.assertEqual(len(self.s.holder_ids()), 551)
        self.assertQueue([])


if __name__ == "__main__":
    unittest.main()
