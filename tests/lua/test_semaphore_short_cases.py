"""The short scripts of the common cases decide as the long ones do, whatever the state and the call."""

import collections
import copy
import random
import unittest

from lua.commands import commands_of
from lua.scripts import BAR, DAY, HOUR, LEASE, MILLISECOND, MINUTE, SECOND, Answer, Caller, ScriptTest

MOST_COMMANDS = 5  # of a short case that gives nothing on; and INFO
CACHES = {"seen", "next", "hold", "ends", "run", "barred", "special"}
OF_RARE_CASES = {"unheard", "silences"}  # in them alone they mean anything
KEEP = 3  # where it stands in a record
ORDERS = {"limit", "pause"}
MOMENTS = (MILLISECOND,) * 6 + (100 * MILLISECOND,)
SPANS = MOMENTS + (2 * SECOND, 20 * SECOND)
WHO = ("h 1 t", "host-2 12345 make all")


class ShortCases(ScriptTest):
    """Two limiters of the same state are asked the same. The one is made to take the long way: a `next` of 1, before
    which nothing ends, is never wrong. The clock stands still, or something might end between the two questions."""

    STEPS = 250
    clock = 0

    def setUp(self):
        seconds, micros = self.client.call("TIME")
        type(self).clock = int(seconds) * SECOND + int(micros)
        super().setUp()

    def let_pass(self, span):
        type(self).clock += span
        self.server.freeze_clock(self.clock)

    def test_a_limiter_with_free_slots(self):
        self.assertDecideAlike(range(3), capacity=6, crowd=7, least={"acquire": 30, "renew": 40, "release": 15})

    def test_a_limiter_with_a_queue(self):
        self.assertDecideAlike(range(3, 6), capacity=2, crowd=9, least={"acquire": 8, "renew": 10})

    def test_a_queue_that_moves_on(self):
        self.assertDecideAlike(range(6, 9), capacity=2, crowd=9, calm=True, least={"hand over": 12, "confirm": 6})

    def assertDecideAlike(self, seeds, capacity, crowd, least, calm=False):
        short = collections.Counter()
        for seed in seeds:
            with self.subTest(seed=seed):
                self.s, self.rng, self.capacity = self.semaphore(), random.Random(seed), capacity
                self.crowd = [self.newcomer() for _ in range(crowd)]
                for step in range(self.STEPS):
                    if not calm:
                        self.trouble()
                    self.let_pass(1 + self.rng.randrange(self.rng.choice(MOMENTS if calm else SPANS)))
                    short[self.step(f"step {step}")] += 1
        for case, count in least.items():
            self.assertGreaterEqual(short[case], count, f"the short case of {case} was hardly tried: {short}")

    def newcomer(self):
        choose = self.rng.choice
        return Caller(self.s, capacity=self.capacity + choose((0, 0, 0, 0, 1)), weight=choose((1, 1, 1, 2)),
                      lease=choose((SECOND, LEASE, LEASE, HOUR, DAY)), who=choose(WHO))

    def trouble(self):
        """What happens between two calls: mostly nothing."""
        chance, rng = self.rng.random(), self.rng
        if chance < 0.02:
            self.s.reset()
        elif chance < 0.04 and self.client.call("EXISTS", self.s.p):
            self.s.become_another_process()
        elif chance < 0.05:
            self.let_pass(-rng.randrange(HOUR))
        elif chance < 0.06:
            self.let_pass(rng.randrange(2 * HOUR))
        elif chance < 0.07:
            self.s.order(rng.choice(("limit", "pause")), rng.choice((0, 0, HOUR)), rng.randrange(1, 5))

    def some_call(self):
        """(verb, what a caller does)"""
        rng = self.rng
        hold = rng.choice((0, 0, 0, 5 * SECOND))
        verb = rng.choice(("acquire",) * 5 + ("renew",) * 3 + ("release",) * 2)
        usual = [caller for caller in self.crowd if caller.holds == (verb != "acquire")]
        caller = rng.choice(usual if usual and rng.random() < 0.8 else self.crowd)
        if verb == "acquire":
            changes = rng.choice(({},) * 8 + ({"wait": False}, {"wait": False, "bar": BAR}, {"hold": HOUR},
                                     {"tell": True}, {"outer": rng.choice(self.crowd).id}, {"lease": LEASE}))
            call = lambda c: c.ask(**changes)
        elif verb == "renew":
            changes = rng.choice(({}, {}, {}, {"ticket": 0}, {"lease": 0}, {"lease": 2 * LEASE}))
            call = lambda c: c.renew(**changes)
        else:
            changes = rng.choice(({}, {}, {}, {}, {"bar": BAR}, {"hold": hold}, {"ticket": 0, "bar": BAR}))
            call = lambda c: c.release(**changes)
            self.crowd[self.crowd.index(caller)] = self.newcomer()
        return verb, caller, call, changes

    def step(self, where):
        """One call: which short case it was, if it was one"""
        verb, caller, call, changes = self.some_call()
        twin = self.twin()
        slow = call(self.on(twin, caller))
        quick, commands = commands_of(self.client, lambda: call(caller))
        self.assertEqual(self.said(quick) | self.state(self.s), self.said(slow) | self.state(twin),
                         f"{where}: {verb} {changes} by {caller}")
        self.assertTraces(where)
        self.client.call("DEL", *twin.all_keys(), "-")
        return self.case(verb, quick, commands)

    def case(self, verb, quick, commands):
        done = quick.state in (Answer.HOLDS, Answer.WAITS) if isinstance(quick, Answer) else quick == 1
        if not done or commands["zcard"]:  # the long way counts holders and waiters, but for a renewal
            return None
        if commands["rpush"]:
            return "hand over"
        if verb == "acquire" and quick.holds and not commands["pexpireat"]:
            return "confirm"
        return verb if commands.total() - commands["info"] <= MOST_COMMANDS else None

    def twin(self):
        """Another semaphore of the same state, which takes the long way."""
        twin = self.semaphore()
        for key, copied in zip(self.s.keys, twin.keys):
            self.client.call("COPY", key, copied)
        if self.client.call("EXISTS", twin.p):
            self.client.call("HSET", twin.p, "next", 1)
        return twin

    def on(self, semaphore, caller):
        """The same caller, of another semaphore."""
        other = copy.copy(caller)
        other.semaphore = semaphore
        return other

    def said(self, answer):
        return vars(answer) | {"orders": answer.orders != []} if isinstance(answer, Answer) else {"answer": answer}

    def state(self, semaphore):
        """All that counts in Redis; what has ended, and what only the rare cases look at, does not."""
        fields = self.client.call("HGETALL", semaphore.p)
        fields = dict(zip(fields[::2], fields[1::2]))
        now = self.clock + int(fields.get("offset", 0))
        scores = {}
        for name in ("holders", "waiters", "alive"):
            pairs = self.client.call("ZRANGE", getattr(semaphore, name), 0, -1, "WITHSCORES")
            scores[name] = {id: int(float(score)) for id, score in zip(pairs[::2], pairs[1::2])}
        waiting = scores["holders"].keys() | scores["waiters"].keys()
        scores["alive"] = {id: at for id, at in scores["alive"].items() if id in waiting or at > now}
        state = {f"{name} {id}": score for name, ids in scores.items() for id, score in ids.items()}
        for name, value in fields.items():
            if len(name) == 32:
                if name in waiting | scores["alive"].keys():
                    *numbers, life = value.split(" ", 8)[:8]
                    if name in scores["waiters"]:
                        numbers[KEEP] = 0  # nothing is kept of a slot that it does not have
                    state |= {f"{name} {i}": int(number) for i, number in enumerate(numbers)}
                    state[f"{name} who"] = value.split(" ", 8)[8]
                    if int(fields.get("settle", 0)) > now:
                        state[f"{name} life"] = int(life)
            elif name in ORDERS:
                if value and int(value.split(" ")[1]) > now:
                    state[name] = value
            elif name not in CACHES | OF_RARE_CASES and value != "0":
                state[name] = int(value)
        return state

    def assertTraces(self, where):
        """`next` is no later than the first end of what holds or waits, and all keys end together."""
        if not self.client.call("EXISTS", self.s.p):
            return
        ends = [self.client.call("PEXPIRETIME", key) for key in self.s.keys if self.client.call("EXISTS", key)]
        self.assertEqual(set(ends), {-(-self.s.counter("ends") // 1000)}, where)
        pairs = self.client.call("ZRANGE", self.s.holders, 0, 0, "WITHSCORES")[1:]
        waiters = set(self.s.waiter_ids())
        alive = self.client.call("ZRANGE", self.s.alive, 0, -1, "WITHSCORES")
        first = [int(float(at)) for at in pairs + [at for id, at in zip(alive[::2], alive[1::2]) if id in waiters]]
        if first:
            self.assertTrue(0 < self.s.counter("next") <= min(first), f"{where}: next {self.s.counter('next')}, ends {first}")


class WhatTheyMustNotForget(ScriptTest):
    """What only the rare cases look at comes to its end although only short cases follow."""

    def test_a_lease_that_was_made_shorter_ends_when_it_says(self):
        holder, = self.holding(1, lease=DAY)
        holder.renew(lease=SECOND)
        self.let_pass(300 * MILLISECOND)
        holder.renew(lease=SECOND)
        self.let_pass(2 * SECOND)
        newcomer, = self.callers(1)
        newcomer.ask()
        self.let_pass(2 * SECOND)
        self.assertTrue(newcomer.ask().holds)

    def test_a_lease_that_was_made_longer_is_waited_for_as_long_as_it_needs(self):
        holder, = self.holding(1, lease=SECOND)
        holder.renew(lease=HOUR)
        self.s.become_another_process()
        self.assertAbout(self.waiting(1, lease=SECOND)[0].ask().closed, (60 + 5 + 2) * SECOND)

    def test_a_lease_that_a_newcomer_asked_for_in_a_settling_counts_once_it_has_its_slot(self):
        holder, = self.holding(1)
        self.s.become_another_process()
        holder.renew()
        newcomer, next_one = *self.callers(1, lease=5 * MINUTE), *self.callers(1)
        newcomer.ask()
        next_one.ask()
        self.let_pass(3 * SECOND)  # nobody else is to come back
        holder.release()
        answer = newcomer.ask()
        self.assertEqual((answer.state, answer.longest), (Answer.HOLDS, 5 * MINUTE))

    def test_a_bar_ends(self):
        barred, = self.holding(1)
        barred.release(bar=BAR)
        for _ in range(40):
            holder, = self.holding(1)
            self.let_pass(2 * SECOND)
            holder.release()
            self.let_pass(2 * SECOND)
        self.assertNotIn(barred.id, self.s.records())


if __name__ == "__main__":
    unittest.main()
