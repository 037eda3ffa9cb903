"""During an upgrade callers of this version and of the one before share a limiter. tests/lua/before has the scripts of
the latter, and this file how its program asked them: both stay as they are until the layout number changes."""

import dataclasses
import pathlib
import random
import unittest

from lua.bucket import NEVER, Bucket, new_id
from lua.scripts import LEASE, MILLISECOND, SECOND, Caller, ScriptTest, Semaphore

BEFORE = pathlib.Path(__file__).resolve().parent / "before"
SEEDS, STEPS, CALLERS, CAPACITY = range(4), 250, 12, 4


@dataclasses.dataclass
class AnswerBefore:
    state: int
    ticket: int
    fence: int
    longest: int

    @property
    def holds(self):
        return self.state == 1

    @property
    def barred(self):
        return self.state == -1


class SemaphoreBefore(Semaphore):
    def acquire(self, id, *, ticket=0, fence=0, weight=1, capacity=1, lease=LEASE, wait=True, longest=0):
        args = (id, ticket, fence, weight, capacity, lease, int(wait), 0, longest, 0, 0, 0, "h 1 t", "")
        said = self.client.eval_script("semaphore/acquire", self.keys, args, BEFORE)
        return AnswerBefore(*said[:3], said[11])

    def renew(self, id, *, ticket, lease=LEASE):
        return self.client.eval_script("semaphore/renew", self.keys[:2], (id, ticket, lease), BEFORE)

    def release(self, id, *, ticket=0):
        return self.client.eval_script("semaphore/release", self.keys, (id, ticket, 0, 0), BEFORE)


class BucketBefore(Bucket):
    def acquire(self, id=None, *, tokens=1, max_wait=NEVER):
        args = (id or new_id(), self.capacity, self.amount, self.frequency, tokens, max_wait)
        state, wait, *others = self.client.eval_script("bucket/acquire", [self.key], args, BEFORE)
        return state, wait, others

    def cancel_all(self, *reservations):
        return self.client.eval_script("bucket/cancel", [self.key], [word for pair in reservations for word in pair], BEFORE)


class Semaphores(ScriptTest):
    def setUp(self):
        super().setUp()
        self.before = SemaphoreBefore(self.client, self.s.name)

    def of_both(self, count, **options):
        return [Caller((self.s, self.before)[i % 2], **options) for i in range(count)]

    def test_a_slot_that_one_gives_back_goes_to_the_first_waiter_of_the_other(self):
        for first, second in ((self.s, self.before), (self.before, self.s)):
            holder, waiter = Caller(first), Caller(second)
            self.assertTrue(holder.ask().holds)
            self.assertFalse(waiter.ask().holds)
            holder.release()
            self.assertHolders([waiter])
            self.assertTrue(waiter.woken)
            self.assertTrue(waiter.ask().holds)
            waiter.release()

    def test_the_queue_has_one_order(self):
        callers = self.of_both(8, capacity=2)
        for caller in callers:
            caller.ask()
        self.assertQueue(callers[2:])
        served = []
        for running in zip(callers[::2], callers[1::2]):
            self.assertHolders(running)
            for caller in running:
                self.assertTrue(caller.ask().holds)
                served.append(caller)
            for caller in running:
                caller.release()
        self.assertEqual(served, callers)

    def test_each_renews_beside_the_other_and_nobody_gets_in(self):
        holders, waiters = self.of_both(4, capacity=4), self.of_both(4, capacity=4)
        for caller in holders + waiters:
            caller.ask()
        self.live(3 * LEASE, holders + waiters)
        self.assertHolders(holders)
        self.assertQueue(waiters)

    def test_after_a_restart_without_data_both_come_back(self):
        holders, waiters = self.of_both(4, capacity=4), self.of_both(4, capacity=4)
        for caller in holders + waiters:
            caller.ask()
        self.client.call("DEL", *self.s.keys)
        newcomers = self.of_both(2, capacity=4)
        self.live(LEASE, waiters + newcomers + holders)
        self.assertHolders(holders)
        self.assertQueue(waiters + newcomers)

    def test_neither_admits_one_too_many_and_both_are_served(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.play(random.Random(seed))

    def play(self, dice):
        self.s = self.semaphore()
        self.before = SemaphoreBefore(self.client, self.s.name)
        new = lambda: Caller(dice.choice((self.s, self.before)), capacity=CAPACITY, weight=dice.choice((1, 1, 2)))
        callers, ends = [new() for _ in range(CALLERS)], {}
        for _ in range(STEPS):
            caller = dice.choice(callers)
            action = dice.choice(("beat",) * 12 + ("release", "release", "die", "pass", "pass"))
            if action == "pass":
                self.let_pass(dice.choice((50 * MILLISECOND, SECOND, SECOND, 11 * SECOND)))
                continue
            if action == "beat":
                asked = self.now()
                caller.beat()
                ends[caller] = asked + LEASE if caller.holds else 0
            elif caller in ends:
                if action == "release":
                    caller.release()
                # Nobody hears again of one that dies, and its command went with it.
                del ends[caller]
                callers[callers.index(caller)] = new()
            self.assertNoneTooMany(ends)
        self.assertAllServed(callers)

    def now(self):
        seconds, micros = self.client.call("TIME")
        return int(seconds) * SECOND + int(micros)

    def assertNoneTooMany(self, ends):
        now = self.now()
        running = sum(caller.options["weight"] for caller, end in ends.items() if end > now)
        self.assertLessEqual(running, CAPACITY)

    def assertAllServed(self, callers):
        kinds = set()
        for _ in range(40):
            self.live(LEASE // 10, callers)
            for caller in [caller for caller in callers if caller.ask().holds]:
                caller.release()
                callers.remove(caller)
                kinds.add(type(caller.semaphore))
        self.assertEqual((callers, kinds), ([], {Semaphore, SemaphoreBefore}))


class Buckets(ScriptTest):
    def of_both(self, capacity=1, amount=1, frequency=SECOND):
        parameters = {"capacity": capacity, "amount": amount, "frequency": frequency}
        bucket = self.bucket(**parameters)
        return bucket, BucketBefore(self.client, bucket.name, **parameters)

    def test_both_reserve_in_one_line(self):
        bucket, before = self.of_both(capacity=2)
        waits = [(bucket, before)[i % 2].reserve() for i in range(8)]
        self.assertEqual(waits[:2], [0, 0])
        for i, wait in enumerate(waits[2:]):
            self.assertAbout(wait, (i + 1) * SECOND)

    def test_what_one_gives_back_the_other_can_have(self):
        for first, second in (self.of_both(), reversed(self.of_both())):
            id = new_id()
            self.assertEqual(first.reserve(), 0)
            self.assertAbout(first.reserve(id), SECOND)
            first.cancel(id)
            self.assertAbout(second.reserve(), SECOND)

    def test_a_token_that_is_not_there_is_refused_by_both(self):
        bucket, before = self.of_both()
        before.reserve()
        for asked in (bucket, before):
            self.assertEqual(asked.acquire(max_wait=0)[0], Bucket.REFUSED)


if __name__ == "__main__":
    unittest.main()
