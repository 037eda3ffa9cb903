"""The queue: its order, the hand-off, and who is dropped from it."""

import unittest

from lua.scripts import LEASE, MILLISECOND, MINUTE, SECOND, ScriptTest

GRACE, LIVENESS = 3 * SECOND, 10 * SECOND


class Order(ScriptTest):
    def test_waiters_get_the_slot_in_the_order_in_which_they_came(self):
        holder, = self.holding(1)
        waiters = self.waiting(5)
        served = []
        while len(served) < 5:
            (holder if not served else served[-1]).release()
            served += [w for w in waiters if w not in served and w.ask().holds]
        self.assertEqual(served, waiters)

    def test_polling_again_and_again_gains_no_place(self):
        self.holding(1)
        first, second, third = self.waiting(3)
        for caller in (third, third, second, third):
            caller.ask()
        self.assertQueue([first, second, third])

    def test_a_newcomer_does_not_pass_a_waiter_that_was_handed_the_slot_but_has_not_asked_yet(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        holder.release()
        newcomer, = self.callers(1)
        self.assertFalse(newcomer.ask(wait=False).holds)
        self.assertTrue(waiter.ask().holds)

    def test_a_newcomer_that_does_not_wait_does_not_pass_a_waiter_that_does_not_fit_yet(self):
        self.holding(1, capacity=3)
        big, = self.waiting(1, capacity=3, weight=3)
        small, = self.callers(1, capacity=3)
        self.assertFalse(small.ask(wait=False).holds)
        self.assertQueue([big])

    def test_each_waiter_is_told_its_place_and_the_length_of_the_queue(self):
        self.holding(1)
        waiters = self.waiting(3)
        self.assertEqual([(w.ask().place, w.ask().waiters) for w in waiters], [(1, 3), (2, 3), (3, 3)])
        waiters[0].release()
        self.assertEqual([(w.ask().place, w.ask().waiters) for w in waiters[1:]], [(1, 2), (2, 2)])

    def test_a_holder_has_no_place(self):
        holder, = self.holding(1)
        self.waiting(2)
        answer = holder.ask()
        self.assertEqual((answer.place, answer.waiters), (0, 2))

    def test_the_first_waiters_are_told_when_the_first_lease_ends(self):
        self.holding(1, capacity=2)
        self.let_pass(5 * SECOND)
        self.holding(1, capacity=2)
        *first, other = self.waiting(4, capacity=2)
        for waiter in first:
            self.assertAbout(waiter.ask().until, LEASE - 5 * SECOND)
        self.assertEqual(other.ask().until, 0)

    def test_tickets_grow_with_every_caller(self):
        self.holding(1)
        tickets = [caller.ticket for caller in self.waiting(50)]
        self.assertEqual(tickets, sorted(set(tickets)))


class HandOff(ScriptTest):
    def setUp(self):
        super().setUp()
        self.holder, = self.holding(1)
        self.first, self.second = self.waiting(2)

    def test_a_release_gives_the_slot_to_the_first_waiter_in_the_same_script(self):
        self.holder.release()
        self.assertHolders([self.first])
        self.assertQueue([self.second])

    def test_leaving_the_queue_lets_the_next_waiter_in_that_fits(self):
        big, = self.waiting(1, capacity=2, weight=2)
        small, = self.waiting(1, capacity=2)
        self.first.release()
        self.second.release()
        self.assertQueue([big, small])
        big.release()
        self.assertHolders([self.holder, small])

    def test_the_end_of_a_lease_gives_the_slot_to_the_first_waiter_whoever_asks(self):
        self.live(LEASE - 2 * SECOND, [self.first, self.second])
        self.let_pass(2 * SECOND)
        self.second.ask()
        self.assertHolders([self.first])

    def test_only_the_one_that_gets_the_slot_is_woken(self):
        self.holder.release()
        self.assertEqual([self.first.woken, self.second.woken, self.holder.woken], [True, False, False])

    def test_who_finds_the_slot_by_asking_is_not_woken(self):
        self.live(LEASE, [self.first, self.second])
        self.assertTrue(self.first.holds)
        self.assertFalse(self.first.woken)

    def test_a_wake_up_is_a_hint_that_vanishes_by_itself(self):
        self.holder.release()
        key = self.s.wake_key(self.first.id)
        self.assertEqual(self.client.call("LRANGE", key, 0, -1), ["1"])
        self.assertLessEqual(0, self.client.call("PTTL", key))
        self.let_pass(LIVENESS + SECOND)
        self.assertEqual(self.client.call("EXISTS", key), 0)

    def test_the_short_lease_of_a_dead_holder_costs_one_moment(self):
        self.s = self.semaphore()
        self.holding(1, lease=SECOND)
        waiter, = self.waiting(1, lease=SECOND)
        self.live(5 * SECOND, [waiter])
        self.assertTrue(waiter.holds)

    def test_a_lost_wake_up_costs_nothing_but_time(self):
        self.holder.release()
        self.client.call("DEL", self.s.wake_key(self.first.id))
        self.let_pass(2 * SECOND)
        self.assertTrue(self.first.ask().holds)

    def test_a_blocked_waiter_wakes_when_it_gets_the_slot(self):
        with self.server.client() as waiter:
            waiter.send("BLPOP", self.s.wake_key(self.first.id), 10)
            self.holder.release()
            self.assertEqual(waiter.read(), [self.s.wake_key(self.first.id), "1"])

    def test_a_wake_key_of_the_wrong_type_hinders_nobody(self):
        self.client.call("SET", self.s.wake_key(self.first.id), "x", "PX", LIVENESS // MILLISECOND)
        self.assertEqual(self.holder.release(), 1)
        self.assertTrue(self.first.ask().holds)

    def test_a_hand_off_is_short_until_it_is_confirmed(self):
        self.holder.release()
        self.assertAbout(self.first.lease_left(), GRACE)
        self.first.ask()
        self.assertAbout(self.first.lease_left(), LEASE)

    def test_a_hand_off_is_no_longer_than_the_lease_itself(self):
        self.first.release()
        self.second.release()
        hasty, = self.waiting(1, lease=SECOND)
        self.holder.release()
        self.assertAbout(hasty.lease_left(), SECOND)

    def test_a_hand_off_that_is_not_confirmed_lapses_and_the_next_waiter_gets_the_slot(self):
        self.holder.release()
        self.live(GRACE - SECOND, [self.second])
        self.assertFalse(self.second.holds)
        self.live(2 * SECOND, [self.second])
        self.assertHolders([self.second])

    def test_a_hand_off_waits_for_the_next_question_of_the_waiter_and_no_longer(self):
        self.let_pass(1500 * MILLISECOND)
        self.holder.release()
        self.assertAbout(self.first.lease_left(), GRACE - 1500 * MILLISECOND)

    def test_a_hand_off_to_a_waiter_that_should_have_asked_by_now_waits_one_second_for_it(self):
        self.let_pass(4 * SECOND)
        self.second.ask()
        self.holder.release()
        self.assertAbout(self.first.lease_left(), SECOND)
        self.let_pass(SECOND)
        self.assertTrue(self.second.ask().holds)

    def test_a_waiter_whose_hand_off_lapsed_keeps_its_ticket_and_gets_a_new_fence(self):
        self.holder.release()
        self.live(GRACE, [self.second])
        third, = self.waiting(1)
        ticket, lapsed = self.first.ticket, self.s.counter("fence")
        self.assertEqual(self.first.ask().place, 1)
        self.assertEqual(self.first.ticket, ticket)
        self.assertQueue([self.first, third])
        self.second.release()
        self.assertGreater(self.first.ask().fence, lapsed)

    def test_several_slots_that_come_free_at_once_go_to_as_many_waiters(self):
        self.s = self.semaphore()
        self.holding(3, capacity=3)
        waiters = self.waiting(5, capacity=3)
        self.live(LEASE - 2 * SECOND, waiters)
        self.let_pass(2 * SECOND)
        waiters[4].ask()
        self.assertHolders(waiters[:3])
        self.assertEqual([w.woken for w in waiters], [True, True, True, False, False])

    def test_a_hand_off_in_the_name_of_one_who_left_goes_on_to_the_next(self):
        self.holder.release()
        self.assertEqual(self.first.release(), 1)
        self.assertHolders([self.second])


FIRST = 3
NEAR = 10  # so many are near the front, whatever the slots


class Polls(ScriptTest):
    """When a waiter asks again by itself: no sooner than its turn can come, so that a long queue costs little."""

    def hold_for(self, span):
        """A slot was held for so long, and no shorter, so far; somebody holds it again."""
        before, = self.holding(1)
        waiter, = self.waiting(1)
        self.let_pass(span)
        before.release()
        self.assertTrue(waiter.ask().holds)
        return waiter

    def test_near_the_front_it_asks_every_two_seconds_and_the_first_three_every_second(self):
        self.hold_for(20 * SECOND)
        spans = [waiter.ask().span for waiter in self.waiting(NEAR + 1)]
        self.assertEqual(spans, [SECOND] * FIRST + [2 * SECOND] * (NEAR + 1 - FIRST))

    def test_who_holds_has_nothing_to_ask(self):
        self.assertEqual(self.callers(1)[0].ask().span, 0)

    def test_far_behind_it_asks_when_those_in_front_can_have_been_served(self):
        self.hold_for(4 * SECOND)
        spans = [waiter.ask().span for waiter in self.waiting(NEAR + 6)][NEAR:]
        for place, span in enumerate(spans):  # of those in front
            self.assertAbout(-span, -max(2, 4 * place) * SECOND)

    def test_the_shortest_hold_counts(self):
        holder = self.hold_for(9 * SECOND)
        waiter, = self.waiting(1)
        self.let_pass(3 * SECOND)
        holder.release()
        self.assertTrue(waiter.ask().holds)
        self.waiting(NEAR + 2)
        self.assertAbout(-self.waiting(1)[0].ask().span, -6 * SECOND)

    def test_several_slots_serve_as_many_at_once(self):
        first, *_ = self.holding(4, capacity=4)
        waiter, = self.waiting(1, capacity=4)
        self.let_pass(4 * SECOND)
        first.release()
        waiter.ask()
        spans = [waiter.ask().span for waiter in self.waiting(NEAR + 9, capacity=4)][NEAR:]
        self.assertEqual(spans[:4], [2 * SECOND] * 4)
        for span, turns in zip(spans[4:], [1, 1, 1, 1, 2]):
            self.assertAbout(-span, -4 * turns * SECOND)

    def test_it_asks_every_two_minutes_at_least(self):
        self.hold_for(70 * SECOND)
        self.assertEqual([waiter.ask().span for waiter in self.waiting(NEAR + 5)][NEAR + 2:], [2 * MINUTE] * 3)

    def test_the_place_of_one_far_behind_is_kept_for_three_of_its_spans(self):
        holder = self.hold_for(20 * SECOND)
        *near, far = self.waiting(NEAR + 2)
        self.live(50 * SECOND, [holder, *near])  # real time passes too
        self.assertQueue([*near, far])
        self.live(12 * SECOND, [holder, *near])
        self.assertQueue(near)

    def test_the_place_of_one_still_further_is_kept_for_a_minute_after_its_question_is_due(self):
        holder = self.hold_for(70 * SECOND)
        *near, far = self.waiting(NEAR + 3)
        self.live(170 * SECOND, [holder, *near])
        self.assertQueue([*near, far])
        self.live(12 * SECOND, [holder, *near])
        self.assertQueue(near)

    def test_one_that_comes_nearer_asks_more_often(self):
        holder = self.hold_for(20 * SECOND)
        *front, far = self.waiting(NEAR + 3)
        self.assertAbout(-far.ask().span, -40 * SECOND)
        for waiter in front[FIRST:]:
            waiter.release()
        self.assertEqual(far.ask().span, 2 * SECOND)
        for waiter in front[:FIRST]:
            waiter.release()
        self.assertEqual(far.ask().span, SECOND)
        self.live(10 * SECOND, [holder])
        holder.ask()
        self.assertQueue([])

    def test_one_far_behind_that_is_handed_a_slot_is_woken_and_waited_for(self):
        holder = self.hold_for(20 * SECOND)
        *front, far = self.waiting(NEAR + 3)
        self.live(10 * SECOND, [holder, *front])
        for waiter in front:
            waiter.release()
        holder.release()
        self.assertTrue(far.woken)
        self.assertAbout(far.lease_left(), GRACE)


class Tell(ScriptTest):
    """Whom a caller that does not get a slot is told of, if it wants to be."""

    def told(self, **options):
        answer, = [caller.ask(tell=True, **options) for caller in self.callers(1, capacity=3)]
        return answer.holder, answer.held

    def test_it_is_the_holder_that_has_held_longest(self):
        for who in ("h 1 first", "h 2 second", "h 3 third"):
            self.holding(1, capacity=3, who=who)
            self.let_pass(5 * SECOND)
        who, held = self.told(wait=False)
        self.assertEqual(who, "h 1 first")
        self.assertAbout(-held, -15 * SECOND)

    def test_a_renewal_makes_nobody_a_newer_holder(self):
        first, = self.holding(1, capacity=3, who="h 1 first")
        self.let_pass(5 * SECOND)
        others = self.holding(2, capacity=3, who="h 2 other")
        self.let_pass(5 * SECOND)
        for holder in (*others, first):
            holder.renew()
        self.assertEqual(self.told()[0], "h 1 first")

    def test_of_a_crowd_it_is_one_that_holds(self):
        for i in range(30):
            self.holding(1, capacity=30, who=f"h {i} x")
        self.assertRegex(self.told(weight=3)[0], r"\Ah \d+ x\Z")

    def test_who_gets_a_slot_is_told_of_nobody(self):
        self.holding(1, capacity=3, who="h 1 first")
        self.assertEqual(self.told(), ("", -1))

    def test_where_nobody_holds_nobody_is_named(self):
        self.holding(1, capacity=3, who="h 1 first")[0].release()
        self.s.become_another_process()
        self.waiting(1, capacity=3, ticket=1)  # of an earlier life, for which the server waits
        self.assertEqual(self.told(wait=False), ("", -1))

    def test_who_does_not_ask_is_told_of_nobody(self):
        self.holding(1, who="h 1 first")
        self.assertEqual(self.callers(1)[0].ask(wait=False).holder, "")


class Silence(ScriptTest):
    def test_a_waiter_that_is_silent_is_dropped(self):
        holder, = self.holding(1)
        dead, alive = self.waiting(2)
        self.live(LIVENESS - 2 * SECOND, [holder, alive])
        self.assertQueue([dead, alive])
        self.live(2 * SECOND, [holder, alive])
        self.assertQueue([alive])
        holder.release()
        self.assertTrue(alive.ask().holds)

    def test_a_waiter_that_polls_is_never_dropped(self):
        holder, = self.holding(1)
        waiters = self.waiting(2)
        self.live(20 * LIVENESS, [holder, *waiters])
        self.assertQueue(waiters)

    def test_a_waiter_that_was_dropped_comes_back_to_its_own_place(self):
        holder, = self.holding(1)
        slow, quick = self.waiting(2)
        ticket = slow.ticket
        self.live(LIVENESS, [holder, quick])
        self.assertQueue([quick])
        self.assertEqual(slow.ask().place, 1)
        self.assertEqual(slow.ticket, ticket)
        self.assertQueue([slow, quick])

    def test_a_dead_waiter_that_fits_nowhere_does_not_block_the_queue_for_ever(self):
        holder, = self.holding(1, capacity=2)
        dead, = self.waiting(1, capacity=2, weight=2)
        alive, = self.waiting(1, capacity=2)
        self.live(LIVENESS, [holder, alive])
        self.assertHolders([holder, alive])

    def test_a_crowd_of_dead_waiters_costs_no_more_than_their_liveness_and_one_grace(self):
        holder, = self.holding(1)
        self.waiting(20)
        alive, = self.waiting(1)
        holder.release()
        self.live(LIVENESS + GRACE + 2 * SECOND, [alive])
        self.assertHolders([alive])


if __name__ == "__main__":
    unittest.main()
