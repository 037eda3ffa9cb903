"""Who gets a slot, and that a slot given up is free again."""

import unittest

from lua.scripts import HOUR, LEASE, SECOND, Caller, ScriptTest, Semaphore


class Slots(ScriptTest):
    def test_as_many_hold_as_the_capacity_says_and_no_more(self):
        self.holding(3, capacity=3)
        late, = self.callers(1, capacity=3)
        answer = late.ask()
        self.assertEqual((answer.state, answer.place, answer.waiters, answer.used), (0, 1, 1, 3))
        self.assertEqual(len(self.s.holder_ids()), 3)

    def test_a_caller_that_does_not_wait_is_refused_and_leaves_no_place_behind(self):
        self.holding(1)
        late, = self.callers(1)
        answer = late.ask(wait=False)
        self.assertEqual((answer.state, answer.place, answer.waiters), (0, 1, 1))
        self.assertQueue([])

    def test_a_caller_that_does_not_wait_takes_a_free_slot(self):
        caller, = self.callers(1)
        self.assertTrue(caller.ask(wait=False).holds)
        self.assertHolders([caller])

    def test_a_released_slot_is_free_at_once(self):
        first, = self.holding(1)
        self.assertEqual(first.release(), 1)
        second, = self.holding(1)
        self.assertHolders([second])

    def test_an_id_holds_at_most_once_however_often_it_asks(self):
        caller, = self.callers(1, capacity=5, weight=2)
        first, second = caller.ask(), caller.ask()
        without_ticket = self.s.acquire(caller.id, capacity=5, weight=2)
        for answer in (second, without_ticket):
            self.assertEqual((answer.state, answer.used, answer.fence, answer.ticket), (1, 2, first.fence, first.ticket))
        self.assertHolders([caller])

    def test_a_waiter_keeps_one_place_however_often_it_asks(self):
        self.holding(1)
        first, second = self.waiting(2)
        for caller, place in ((first, 1), (second, 2), (first, 1)):
            self.assertEqual((caller.ask().place, caller.ask().waiters), (place, 2))
        repeated = self.s.acquire(first.id)
        self.assertEqual((repeated.ticket, repeated.place), (first.ticket, 1))

    def test_a_second_release_changes_nothing(self):
        first, second = self.holding(2, capacity=2)
        self.assertEqual([first.release(), first.release(), first.release()], [1, 0, 0])
        self.holding(1, capacity=2)
        late, = self.waiting(1, capacity=2)
        self.assertEqual(late.ask().used, 2)

    def test_a_release_by_a_stranger_changes_nothing(self):
        holder, = self.holding(1)
        stranger, = self.callers(1)
        self.assertEqual(stranger.release(), 0)
        self.assertHolders([holder])
        self.waiting(1)

    def test_a_release_leaves_the_queue(self):
        self.holding(1)
        first, second = self.waiting(2)
        self.assertEqual(first.release(), 1)
        self.assertEqual(second.ask().place, 1)
        self.assertQueue([second])

    def test_a_capacity_of_many_thousands_is_used_in_full(self):
        callers = self.holding(9000, capacity=9000, lease=HOUR)  # a busy machine takes longer than LEASE
        late, = self.waiting(1, capacity=9000)
        self.assertEqual(late.ask().used, 9000)
        callers[4500].release()
        self.assertTrue(late.ask().holds)


class Names(ScriptTest):
    def test_every_name_is_a_limiter_of_its_own(self):
        names = ["foo", "foo-exists", "foo:holders", "100%", "%s%d", "%", "a b", "ü", "*", "[x]", "n" * 200, "'\"\\", "FOO"]
        for name in names:
            with self.subTest(name=name):
                semaphore = self.semaphore(name)
                first, second = Caller(semaphore), Caller(semaphore)
                self.assertTrue(first.ask().holds)
                self.assertFalse(second.ask().holds)
                first.release()
                self.assertTrue(second.ask().holds)

    def test_every_prefix_is_a_world_of_its_own(self):
        for prefix in ("limiters", "team-a", "50%"):
            self.assertTrue(Caller(Semaphore(self.client, "same", prefix)).ask().holds)

    def test_whatever_stands_in_who_is_kept_as_it_is(self):
        for who in ("", " ", "host 17 a b", "100% 1 x", "h 1 \n\udcff\udc80", "h 1 é"):
            with self.subTest(who=who):
                self.s = self.semaphore()
                caller, = self.holding(1, who=who)
                self.assertTrue(self.client.call("HGET", self.s.p, caller.id).endswith(" " + who))
                self.assertEqual(caller.ask().fence, caller.fence)
                self.assertEqual(caller.release(), 1)


class Deaths(ScriptTest):
    """A holder that dies gives nothing up; its lease ends all the same."""

    def test_the_slot_of_a_holder_that_died_is_free_when_its_lease_ends_and_not_before(self):
        dead, = self.holding(1)
        waiter, = self.waiting(1)
        self.live(LEASE - 2 * SECOND, [waiter])
        self.assertFalse(waiter.holds)
        self.live(2 * SECOND, [waiter])
        self.assertTrue(waiter.holds)
        self.assertHolders([waiter])

    def test_the_slot_of_a_holder_that_died_comes_back_while_others_go_on(self):
        dead, alive = self.holding(2, capacity=2)
        self.live(LEASE, [alive])
        self.holding(1, capacity=2)
        self.assertFalse(self.callers(1, capacity=2)[0].ask(wait=False).holds)

    def test_when_all_holders_died_callers_that_go_on_trying_get_every_slot(self):
        self.holding(3, capacity=3)
        waiters = self.waiting(4, capacity=3)
        self.live(LEASE, waiters)
        self.assertHolders(waiters[:3])

    def test_a_job_longer_than_its_lease_keeps_its_slot_as_long_as_it_renews(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.live(20 * LEASE, [holder, waiter])
        self.assertHolders([holder])

    def test_a_lease_that_ended_does_not_raise_the_capacity_when_it_is_released_late(self):
        late, = self.holding(1)
        self.let_pass(LEASE)
        other, = self.replacing_the_dead(1)
        self.assertEqual(late.release(), 0)
        self.assertHolders([other])
        self.waiting(1)
        self.assertEqual(self.s.in_use(), 1)

    def test_the_lease_is_the_callers_own(self):
        short, = self.holding(1, capacity=2, lease=SECOND)
        long, = self.holding(1, capacity=2, lease=10 * LEASE)
        self.let_pass(SECOND)
        self.replacing_the_dead(1, capacity=2)
        self.let_pass(LEASE)
        self.replacing_the_dead(1, capacity=2)
        self.assertTrue(long.in_holders)
        self.assertFalse(self.callers(1, capacity=2)[0].ask(wait=False).holds)


if __name__ == "__main__":
    unittest.main()
