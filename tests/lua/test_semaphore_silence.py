"""A server that hung, with its data: whom nobody could hear in that time is spared, and nobody else waits for it."""

import unittest

from lua.crowd import SPARE, Crowd
from lua.scripts import BAR, DAY, HOUR, LEASE, MILLISECOND, MINUTE, SECOND, Answer, Caller, ScriptTest, Semaphore

STRANGER_CALLS = {
    "a newcomer that waits": lambda caller: caller.ask(),
    "a newcomer that will not wait": lambda caller: caller.ask(wait=False),
    "a release": lambda caller: caller.release(),
    "a late renewal": lambda caller: caller.renew(ticket=1),
}


class WhoeverIsHeardFirst(Crowd):
    """After a hang that is longer than every lease, all who live find their slots and places."""

    def first_calls(self):
        """What a caller of the crowd may have sent before: it is still in the server's sockets, and is done first."""
        barred = Caller(self.s, capacity=5)
        barred.release(bar=HOUR)
        return {name: lambda call=call: call(Caller(self.s, capacity=5)) for name, call in STRANGER_CALLS.items()} | {
            "a renewal": lambda: self.holders[4].renew(), "a confirmation": lambda: self.holders[4].ask(),
            "the first waiter": lambda: self.queue[0].ask(), "another waiter": lambda: self.queue[4].ask(),
            "one that was barred": barred.ask, "the renewal of one that was barred": lambda: barred.renew(ticket=1),
        }

    def assertSurvivesHang(self, span):
        for name in self.first_calls():
            with self.subTest(name, span=span):
                self.make_crowd()
                first_call = self.first_calls()[name]
                self.let_pass(span)
                first_call()
                self.let_pass(SPARE - 500 * MILLISECOND)
                self.come_back(self.queue[::-1] + self.holders)
                self.assertHolders(self.holders)
                self.assertEqual([h.fence for h in self.holders], self.fences)
                self.assertEqual(self.s.waiter_ids()[:10], [caller.id for caller in self.queue])
                self.let_pass(SECOND)
                self.come_back(self.queue)
                self.assertHolders(self.holders)

    def test_after_a_hang_longer_than_all_leases(self):
        self.assertSurvivesHang(2 * LEASE)

    def test_after_a_hang_in_which_only_the_waiters_could_not_be_heard(self):
        self.assertSurvivesHang(LEASE // 3 + SECOND)

    def test_after_a_hang_at_the_end_of_which_the_leases_end(self):
        self.assertSurvivesHang(LEASE - SECOND)

    def test_a_release_sent_before_gives_up_that_slot_and_no_other(self):
        self.let_pass(2 * LEASE)
        self.assertEqual(self.holders[0].release(), Semaphore.RELEASED)
        self.come_back(self.queue + self.holders[1:])
        self.assertHolders(self.holders[1:] + self.queue[:1])

    def test_the_limiter_goes_on_as_ever(self):
        self.let_pass(2 * LEASE)
        self.come_back(self.queue + self.holders)
        self.assertGoesOn()

    def test_another_hang_before_the_two_seconds_are_over_continues_the_first(self):
        self.let_pass(2 * LEASE)
        self.queue[0].ask()
        self.let_pass(SPARE + SECOND)
        self.queue[1].ask()
        self.let_pass(SPARE - SECOND)
        self.come_back(self.queue + self.holders)
        self.assertGoesOn()

    def test_a_hang_hardly_longer_than_a_short_lease_drops_nobody(self):
        self.s = self.semaphore()
        holders = self.holding(5, capacity=5, lease=SECOND)
        waiter, = self.waiting(1, capacity=5, lease=SECOND)
        self.let_pass(1200 * MILLISECOND)
        self.assertFalse(waiter.ask().holds)
        for holder in holders:
            self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertHolders(holders)


class Spared(ScriptTest):
    """What is spared, and for how long."""

    def test_a_lease_that_ended_in_a_silence_is_given_on_two_seconds_after_it(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(2 * LEASE)
        answer = waiter.ask()
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.SPARED))
        self.assertAbout(answer.closed, SPARE)
        self.assertAbout(answer.until, SPARE)
        self.let_pass(SPARE)
        self.assertTrue(waiter.ask().holds)

    def test_questions_meanwhile_do_not_lengthen_it(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(2 * LEASE)
        for _ in range(4):
            self.assertFalse(waiter.ask().holds)
            self.let_pass(SPARE // 4)
        self.assertTrue(waiter.ask().holds)

    def test_nor_do_they_shorten_it_however_they_are_spaced(self):
        for span in (100 * MILLISECOND, 350 * MILLISECOND, 500 * MILLISECOND):
            with self.subTest(span=span):
                self.s = self.semaphore()
                holder, = self.holding(1)
                waiter, = self.waiting(1)
                self.let_pass(2 * LEASE)
                for _ in range((SPARE - 100 * MILLISECOND) // span):
                    self.assertFalse(waiter.ask().holds)
                    self.let_pass(span)
                self.assertTrue(holder.beat())

    def test_who_waits_for_two_that_end_one_after_the_other_waits_two_seconds_in_all(self):
        """It is told of the end of the other, and asks then: else that would end in a silence of its own."""
        lease = 6 * SECOND
        self.holding(1, capacity=2, lease=lease)
        self.let_pass(SECOND)
        self.holding(1, capacity=2, lease=lease)
        waiter, = self.waiting(1, capacity=2, weight=2)
        self.let_pass(lease - 900 * MILLISECOND)
        answer, waited = waiter.ask(), 0
        while not answer.holds:
            self.let_pass(answer.until + 100 * MILLISECOND)
            waited += answer.until + 100 * MILLISECOND
            answer = waiter.ask()
        self.assertAbout(waited, SPARE + 100 * MILLISECOND)

    def test_a_short_lease_that_came_after_the_question_does_not_end_in_a_silence(self):
        """The questions left in the socket of one that died keep its lease for a moment more than the waiter was told."""
        lease = SECOND
        for late in (0, 600 * MILLISECOND):
            with self.subTest(late=late):
                self.s = self.semaphore()
                dead, = self.holding(1, lease=lease)
                waiter, = self.waiting(1, lease=LEASE)
                self.let_pass(2 * LEASE)
                answer = waiter.ask()
                self.let_pass(late)
                self.assertEqual(dead.renew(), Semaphore.RENEWED)
                self.assertGrantedInTime(waiter, answer, late, lease)

    def test_nor_does_that_of_one_that_was_granted_before_the_next_and_died(self):
        holder, = self.holding(1)
        first, second = self.waiting(2, lease=SECOND)
        answer = second.ask()
        holder.release()
        self.assertTrue(first.ask().holds)
        self.assertGrantedInTime(second, answer, 0, SECOND)

    def assertGrantedInTime(self, waiter, answer, passed, lease):
        """The waiter goes on as late as it may after its last answer, and has its slot 2.5 s after the lease ended."""
        waits = 0
        while not answer.holds:
            span = answer.span * 6 // 5
            wait = min(span, answer.until + 100 * MILLISECOND) if answer.until else span
            waits += wait
            self.let_pass(wait - (passed if waits == wait else 0))
            answer = waiter.ask()
        self.assertLessEqual(waits - passed, lease + SPARE + SECOND // 2)

    def test_a_lease_that_ends_right_after_a_silence_has_the_two_seconds_too(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(LEASE - SECOND)
        self.assertFalse(waiter.ask().holds)
        self.let_pass(SECOND + 100 * MILLISECOND)
        self.assertFalse(waiter.ask().holds)
        self.let_pass(SECOND)
        self.assertTrue(waiter.ask().holds)

    def test_a_lease_that_ends_later_than_that_ends_as_ever(self):
        dead, = self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(LEASE - SPARE - SECOND)
        for left in (SPARE + SECOND, SPARE):
            self.assertAbout(waiter.ask().until, left)
            self.let_pass(SECOND)
        self.let_pass(SECOND)
        self.assertTrue(waiter.ask().holds)
        self.assertFalse(dead.in_holders)

    def test_a_silence_no_longer_than_a_third_of_a_lease_spares_nobody(self):
        self.assertEqual(self.holds_after_silence(LEASE // 3 - SECOND), True)

    def test_a_longer_one_does(self):
        self.assertEqual(self.holds_after_silence(LEASE // 3 + SECOND), False)

    def holds_after_silence(self, span):
        """Whether a waiter gets the slot of a holder that was missed before, in a silence in which the lease ends."""
        self.holding(1)
        waiter, = self.waiting(1)
        self.live(LEASE - span + 500 * MILLISECOND, [waiter])
        self.let_pass(span)
        return waiter.ask().holds

    def test_the_place_of_a_waiter_that_nobody_could_hear_for_long_is_kept(self):
        self.assertEqual(self.place_after_silence(4 * SECOND), 2)

    def test_the_place_of_a_waiter_that_was_missed_while_others_were_heard_is_not(self):
        self.assertEqual(self.place_after_silence(2 * SECOND), 1)

    def place_after_silence(self, span):
        holder, = self.holding(1)
        _, alive = self.waiting(2)
        self.live(8 * SECOND, [holder, alive])
        if span < 4 * SECOND:
            self.live(2 * SECOND - 500 * MILLISECOND, [holder, alive])
        self.let_pass(span)
        return alive.ask().place

    def test_the_place_of_a_dead_waiter_is_given_on_two_seconds_after_the_silence(self):
        holder, = self.holding(1)
        dead, alive = self.waiting(2)
        self.let_pass(12 * SECOND)
        self.assertEqual(alive.ask().place, 2)
        self.let_pass(SPARE)
        self.assertEqual(alive.ask().place, 1)
        self.assertQueue([alive])

    def test_a_spared_holder_still_counts_for_who_asks_what_is_held(self):
        holder, = self.holding(1)
        self.let_pass(2 * LEASE)
        self.callers(1)[0].ask()
        capacity, used, waiters, closed, holders = self.s.status()
        self.assertEqual((used, waiters, closed, set(holders)), (1, 1, 0, {holder.id}))

    def test_a_newcomer_that_will_not_wait_stays_for_those_two_seconds(self):
        dead, = self.holding(1)
        self.let_pass(HOUR)
        newcomer, = self.callers(1)
        answer = newcomer.ask(wait=False)
        self.assertEqual((answer.state, answer.rule), (Answer.NOT_YET, Answer.SPARED))
        self.assertAbout(answer.closed, SPARE)
        self.let_pass(answer.closed)
        self.assertTrue(newcomer.ask(wait=False).holds)
        self.assertHolders([newcomer])

    def test_and_leaves_after_them_if_the_holder_lives(self):
        holder, = self.holding(1)
        self.let_pass(2 * LEASE)
        newcomer, = self.callers(1)
        newcomer.ask(wait=False)
        holder.renew()
        self.let_pass(SPARE)
        self.assertEqual(newcomer.ask(wait=False).state, Answer.WAITS)
        self.assertQueue([])


class SparedByNobody(ScriptTest):
    def test_a_slot_that_was_released_and_is_only_kept(self):
        holder, = self.holding(1)
        holder.release(hold=10 * SECOND)
        self.let_pass(MINUTE)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_a_bar(self):
        holder, = self.holding(1)
        holder.release(bar=10 * SECOND)
        self.let_pass(MINUTE)
        self.callers(1)[0].ask()
        self.assertNotIn(holder.id, self.s.records())

    def test_a_lease_that_its_own_keeper_gave_up(self):
        holder, = self.holding(1)
        self.let_pass(MINUTE)
        self.assertEqual(holder.release(ticket=0, bar=BAR), Semaphore.RELEASED)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)


class NobodyWaits(ScriptTest):
    """Nothing is lost in a silence, so nothing is closed: the trouble of one is not that of the others."""

    def test_a_free_slot_is_granted_at_once_although_others_are_spared(self):
        self.holding(2, capacity=3)
        self.let_pass(HOUR)
        self.assertTrue(self.callers(1, capacity=3)[0].ask(wait=False).holds)

    def test_a_newcomer_after_hours_in_which_nobody_held_has_a_slot_at_once(self):
        self.holding(1)[0].release()
        self.let_pass(HOUR)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_a_caller_that_was_stopped_alone_closes_nothing_and_is_not_waited_for(self):
        holder, = self.holding(1)
        stopped, = self.waiting(1)
        for stop in (6 * SECOND, LEASE, HOUR):
            self.live(stop, [holder])
            self.assertEqual(stopped.ask().closed, 0)
        holder.release()
        self.assertTrue(stopped.ask().holds)

    def test_a_holder_that_was_stopped_alone_closes_nothing(self):
        stopped, other = self.holding(2, capacity=5)
        self.live(HOUR, [other])
        self.assertEqual(stopped.renew(), Semaphore.RENEWED)
        self.assertEqual(stopped.ask().closed, 0)
        self.assertTrue(self.callers(1, capacity=5)[0].ask(wait=False).holds)

    def test_a_short_hang_is_no_silence(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(3 * SECOND)
        for _ in range(2):
            holder.beat()
            answer = waiter.ask()
            self.assertEqual((answer.closed, answer.rule), (0, 0))

    def test_steady_renewals_and_polls_close_nothing(self):
        for lease in (SECOND, 3 * SECOND, LEASE, DAY):
            with self.subTest(lease=lease):
                self.s = self.semaphore()
                holder, = self.holding(1, lease=lease)
                for _ in range(10):
                    self.let_pass(min(lease // 3, MINUTE))
                    self.assertEqual(holder.renew(), Semaphore.RENEWED)
                waiter, = self.waiting(1, lease=lease)
                for _ in range(10):
                    self.let_pass(min(lease // 3, 2400 * MILLISECOND))
                    holder.renew()
                    answer = waiter.ask()
                    self.assertEqual((answer.closed, answer.rule), (0, 0))

    def test_a_dead_holder_is_replaced_at_once_while_others_are_served(self):
        dead, other = self.holding(2, capacity=2)
        waiter, = self.waiting(1, capacity=2)
        self.live(LEASE, [other, waiter])
        self.assertTrue(waiter.holds)
        self.assertFalse(dead.in_holders)


if __name__ == "__main__":
    unittest.main()
