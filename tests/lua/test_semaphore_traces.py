"""What the scripts leave in Redis: as little as they need, and nothing for ever."""

import contextlib
import random
import unittest

from lua.scripts import BAR, DAY, HOUR, LEASE, MINUTE, SECOND, Caller, ScriptTest, Semaphore
from support.resp import RedisError


class Expiry(ScriptTest):
    def assertAllExpire(self):
        for key in self.s.all_keys():
            self.assertGreater(self.client.call("PTTL", key), 0, f"{key} never expires")

    def test_all_keys_expire_at_one_moment_after_every_script(self):
        callers = self.callers(3, capacity=1)
        steps = [
            callers[0].ask, callers[0].renew, callers[1].ask, callers[0].renew, callers[2].ask, callers[0].release,
            callers[1].ask, lambda: callers[1].release(hold=MINUTE), callers[2].release,
            lambda: Caller(self.s).renew(ticket=1), lambda: Caller(self.s).ask(wait=False), lambda: Caller(self.s).release(),
            self.s.reset,
        ]
        for step in steps:
            step()
            self.let_pass(HOUR)
            self.assertTrue(self.s.all_keys())
            self.assertAllExpire()
            lasting = self.s.all_keys() & set(self.s.keys)
            self.assertEqual(len({self.client.call("PEXPIRETIME", key) for key in lasting}), 1)

    def test_each_script_alone_makes_keys_that_expire(self):
        for call in (Caller.ask, Caller.renew, Caller.release, lambda c: c.ask(wait=False),
                     lambda c: c.ask(wait=False, bar=BAR), lambda c: c.release(bar=BAR)):
            self.s = self.semaphore()
            call(Caller(self.s))
            self.assertAllExpire()

    def test_no_key_outlives_the_last_thing_that_anybody_waits_for_by_more_than_a_day(self):
        holder, = self.holding(1)
        self.waiting(3)
        holder.release()
        self.let_pass(DAY + MINUTE)
        self.assertEqual(self.s.all_keys(), set())

    def test_the_longest_lease_does_not_end_before_it_ends(self):
        holder, = self.holding(1, lease=DAY)
        self.let_pass(DAY - SECOND)
        self.waiting(1)
        self.assertTrue(holder.in_holders)

    def test_no_key_is_made_but_the_four_and_the_wake_keys(self):
        holder, = self.holding(1)
        waiter, other = self.waiting(2)
        holder.release()
        self.assertEqual(self.s.all_keys(), {*self.s.keys[:3], self.s.alive, self.s.wake_key(waiter.id)})


class NoLeaks(ScriptTest):
    def test_after_thousands_of_runs_nothing_is_left_but_the_counters(self):
        rng = random.Random(7)
        for _ in range(300):
            for caller in self.callers(8, capacity=3):
                for call in rng.choice([
                    (Caller.ask, Caller.release), (Caller.ask,), (Caller.ask, Caller.renew, Caller.release, Caller.release),
                    (lambda c: c.ask(wait=False),), (Caller.release, Caller.ask), (Caller.renew,),
                    (Caller.ask, lambda c: c.release(hold=10 * SECOND), Caller.ask),
                ]):
                    call(caller)
            self.let_pass(rng.randrange(10 * SECOND))
        self.assertLess(len(self.s.records()), 150)
        self.let_pass(2 * MINUTE)
        caller, = self.replacing_the_dead(1, capacity=3)
        self.assertEqual(self.s.records(), {caller.id})
        self.assertEqual(self.s.entries(), {caller.id})

    def test_every_record_has_an_entry_that_will_delete_it(self):
        rng = random.Random(8)
        callers = self.callers(20, capacity=3)
        for _ in range(1000):
            caller = rng.choice(callers)
            rng.choice((caller.ask, caller.ask, caller.beat, caller.renew, caller.release, lambda: caller.ask(wait=False)))()
            self.assertEqual(self.s.records(), self.s.entries())
            if caller.ask().barred:
                callers[callers.index(caller)] = Caller(self.s, capacity=3)
            self.let_pass(rng.randrange(3 * SECOND))

    def test_wake_keys_that_nobody_reads_are_gone_soon(self):
        for _ in range(30):
            holder, = self.holding(1)
            waiter, = self.waiting(1)
            holder.release()
            waiter.release()
        self.let_pass(11 * SECOND)
        self.assertEqual({key for key in self.s.all_keys() if ":wake:" in key}, set())


class Refusals(ScriptTest):
    """Servers and users that refuse a part: all or nothing, and no key for ever."""

    def test_a_key_of_the_wrong_type_is_an_error_that_writes_nothing(self):
        for i in range(4):
            with self.subTest(key=self.s.keys[i]):
                self.s = self.semaphore()
                self.client.call("SET", self.s.keys[i], "x")
                caller, = self.callers(1)
                for call in (caller.ask, caller.release):
                    with self.assertRaisesRegex(RedisError, "^WRONGTYPE"):
                        call()
                self.assertEqual(self.s.all_keys(), {self.s.keys[i]})

    def test_a_user_that_may_not_touch_wake_keys_can_do_everything_else(self):
        names = [f"~{key}" for key in self.s.keys]
        self.client.call("ACL", "SETUSER", "narrow", "on", ">secret", *names, "+@all")
        with self.server.client() as narrow:
            narrow.call("AUTH", "narrow", "secret")
            holder, = self.holding(1)
            waiter, = self.waiting(1)
            self.s.client = narrow
            self.assertEqual(holder.release(), 1)
            self.assertTrue(waiter.ask().holds)


class NoMemory(ScriptTest):
    """A server at its maxmemory, with noeviction: what takes no slot goes on, because a lease that is not renewed would be
    given to somebody else beside its holder as soon as there is memory."""

    @contextlib.contextmanager
    def no_memory(self):
        self.client.call("CONFIG", "SET", "maxmemory", 1)
        try:
            yield
        finally:
            self.client.call("CONFIG", "SET", "maxmemory", 0)

    def assertRefused(self, *calls):
        for call in calls:
            with self.assertRaisesRegex(RedisError, "^OOM"):
                call()

    def test_it_grants_nothing(self):
        self.holding(1, capacity=2)
        newcomer, = self.callers(1, capacity=2)
        stranger = Caller(self.semaphore())
        before = self.s.entries()
        with self.no_memory():
            self.assertRefused(newcomer.ask, stranger.ask, lambda: newcomer.ask(wait=False))
        self.assertEqual(self.s.entries(), before)
        self.assertTrue(newcomer.ask().holds)

    def test_it_renews_a_lease(self):
        holder, = self.holding(1)
        self.let_pass(20 * SECOND)
        with self.no_memory():
            self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), LEASE)

    def test_it_renews_a_lease_that_another_process_has_granted(self):
        holder, other = self.holding(2, capacity=2)
        self.let_pass(10 * SECOND)
        self.s.become_another_process()
        with self.no_memory():
            self.assertEqual([holder.renew(), other.renew()], [Semaphore.RENEWED] * 2)
        self.assertAbout(holder.lease_left(), LEASE)

    def test_it_renews_a_lease_whose_keys_would_end_before_it(self):
        holder, = self.holding(1)
        self.let_pass(20 * SECOND)
        with self.no_memory():
            self.assertEqual(holder.renew(lease=DAY), Semaphore.RENEWED)
        self.let_pass(DAY - MINUTE)
        self.assertHolders([holder])

    def test_it_gives_back_a_lease_that_is_asked_for_again(self):
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        with self.no_memory():
            self.assertTrue(holder.ask().holds)

    def test_it_takes_back_a_slot_and_a_place(self):
        holder, = self.holding(1, capacity=2)
        waiter, = self.waiting(1, capacity=2, weight=2)
        with self.no_memory():
            self.assertEqual(waiter.release(), Semaphore.RELEASED)
            self.assertEqual(holder.release(), Semaphore.RELEASED)
        self.assertEqual(self.s.entries(), set())
        self.assertEqual(self.s.records(), set())

    def test_it_takes_back_a_slot_for_good(self):
        holder, = self.holding(1)
        with self.no_memory():
            self.assertEqual(holder.release(bar=BAR), Semaphore.RELEASED)
        self.assertTrue(holder.ask().barred)

    def test_it_keeps_a_slot_that_is_given_back_until_its_min_hold_ends(self):
        holder, = self.holding(1, hold=MINUTE)
        with self.no_memory():
            self.assertEqual(holder.release(hold=MINUTE), Semaphore.RELEASED)
        self.assertTrue(holder.ask().barred)
        self.assertAbout(holder.lease_left(), MINUTE)

    def test_it_hands_a_slot_that_is_given_back_to_the_first_waiter_which_takes_it(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        with self.no_memory():
            self.assertEqual(holder.release(), Semaphore.RELEASED)
            self.assertTrue(waiter.ask().holds)
            self.assertAbout(waiter.lease_left(), LEASE)
        self.assertHolders([waiter])

    def test_it_grants_no_slot_of_the_dead(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.live(LEASE - 2 * SECOND, [waiter])
        self.let_pass(2 * SECOND)
        with self.no_memory():
            self.assertRefused(waiter.ask)
        self.assertTrue(waiter.ask().holds)


if __name__ == "__main__":
    unittest.main()
