"""The heartbeat."""

import unittest

from lua.scripts import BAR, DAY, HOUR, LEASE, SECOND, ScriptTest, Semaphore, new_id


class Renewals(ScriptTest):
    def test_a_renewal_sets_a_whole_new_lease(self):
        holder, = self.holding(1)
        self.let_pass(20 * SECOND)
        self.assertAbout(holder.lease_left(), 10 * SECOND)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), LEASE)

    def test_a_renewal_can_shorten_the_lease(self):
        holder, = self.holding(1)
        self.assertEqual(holder.renew(lease=SECOND), Semaphore.RENEWED)
        self.assertAbout(holder.lease_left(), SECOND)

    def test_a_lease_that_ended_and_that_nobody_took_is_simply_renewed(self):
        holder, = self.holding(1)
        fence = holder.fence
        self.let_pass(LEASE + SECOND)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.waiting(1)
        self.assertEqual(holder.ask().fence, fence)

    def test_a_lease_that_ended_and_that_another_took_is_gone(self):
        holder, = self.holding(1)
        self.let_pass(LEASE)
        other, = self.replacing_the_dead(1)
        self.assertEqual(holder.renew(), Semaphore.GONE)
        self.assertHolders([other])

    def test_a_renewal_never_makes_a_lease(self):
        self.holding(1, capacity=5)
        waiter, = self.callers(1, capacity=1)
        waiter.ask()
        self.assertEqual(waiter.renew(), Semaphore.GONE)
        self.assertEqual(self.s.renew(new_id(), ticket=waiter.ticket), Semaphore.GONE)
        self.assertEqual(len(self.s.holder_ids()), 1)

    def test_a_renewal_of_a_limiter_that_is_gone_makes_no_lease(self):
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.assertEqual(holder.renew(), Semaphore.GONE)
        self.assertEqual(holder.renew(ticket=0), Semaphore.GONE)
        self.assertEqual(self.s.all_keys(), set())

    def test_who_renews_for_a_holder_of_lost_data_is_told_that_it_may_still_come_back(self):
        holder, other = self.holding(2, capacity=2)
        self.client.call("DEL", *self.s.keys)
        other.ask()
        self.assertEqual(holder.renew(), Semaphore.MAY_RETURN)
        self.live(18 * SECOND, [other])
        self.assertEqual(holder.renew(), Semaphore.GONE)

    def test_who_renews_for_a_holder_that_asks_for_its_lease_back_is_told_so(self):
        holder, = self.holding(1)
        self.let_pass(2 * LEASE)
        self.replacing_the_dead(1)
        self.assertEqual(holder.renew(), Semaphore.GONE)
        self.assertFalse(holder.ask().holds)
        self.assertEqual(holder.renew(), Semaphore.MAY_RETURN)
        holder.ask(wait=False)
        self.assertEqual(holder.renew(), Semaphore.GONE)

    def test_a_lease_that_is_gone_comes_back_at_once_if_there_is_room(self):
        holder, other = self.holding(2, capacity=2)
        fence, ticket = holder.fence, holder.ticket
        self.live(LEASE, [other])
        other.ask()
        self.assertEqual(holder.renew(), Semaphore.GONE)
        answer = holder.ask()
        self.assertEqual((answer.state, answer.fence, answer.ticket), (1, fence, ticket))

    def test_a_lease_that_is_gone_stands_before_every_waiter(self):
        holder, = self.holding(1)
        waiters = self.waiting(2)
        self.live(LEASE, waiters)
        fence = holder.fence
        self.assertEqual(holder.renew(), Semaphore.GONE)
        self.assertEqual(holder.ask().place, 1)
        self.assertQueue([holder, waiters[1]])
        waiters[0].release()
        self.assertHolders([holder])
        self.assertEqual(holder.ask().fence, fence)

    def test_a_lease_that_is_gone_stands_before_waiters_with_older_tickets_too(self):
        holder, = self.holding(1)
        slow, slower, quick = self.waiting(3)
        self.live(12 * SECOND, [holder, quick])
        holder.release()
        self.assertTrue(quick.ask().holds)
        slow.ask(), slower.ask()
        self.client.call("DEL", self.s.holders)
        self.assertTrue(slow.ask().holds)
        self.assertFalse(quick.ask().holds)
        self.assertQueue([quick, slower])

    def test_two_leases_that_are_gone_come_back_in_any_order(self):
        first, second = self.holding(2, capacity=2)
        waiters = self.waiting(4, capacity=2)
        self.live(LEASE, waiters)
        self.assertHolders(waiters[:2])
        self.assertFalse(second.ask().holds)
        self.assertFalse(first.ask().holds)
        for waiter in waiters[:2]:
            waiter.release()
        self.assertHolders([first, second])
        self.assertQueue(waiters[2:])

    def test_a_renewal_confirms_a_hand_off(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        self.assertEqual(waiter.renew(), Semaphore.RENEWED)
        self.assertAbout(waiter.lease_left(), LEASE)

    def test_a_renewal_needs_two_keys_only(self):
        holder, = self.holding(1)
        self.waiting(1)
        with self.server.monitor() as monitor:
            holder.renew()
            sent = monitor.commands()
        self.assertEqual(sent[-1][2:5], ["2", self.s.p, self.s.holders])

    def test_renewals_alone_keep_all_keys_together(self):
        holder, gone = self.holding(2, capacity=2, lease=DAY)
        gone.release(bar=BAR)
        for _ in range(30):
            self.let_pass(HOUR)
            holder.renew()
        ends = {key: self.client.call("PEXPIRETIME", key) for key in self.s.all_keys()}
        self.assertEqual(ends, dict.fromkeys((self.s.p, self.s.holders, self.s.alive), ends[self.s.p]))
        self.replacing_the_dead(1, capacity=2)
        self.assertEqual(self.s.records(), self.s.entries())


if __name__ == "__main__":
    unittest.main()
