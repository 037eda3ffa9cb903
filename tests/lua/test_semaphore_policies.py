"""What a caller asks for besides a slot: how long a queue it joins, where it stands in it, and whom it sends away."""

import unittest

from lua.scripts import HOUR, LEASE, MINUTE, SECOND, Answer, ScriptTest, Semaphore


class LongQueues(ScriptTest):
    def test_so_many_waiters_are_enough(self):
        self.holding(1)
        self.waiting(2, policies="max=2")
        late, = self.callers(1, policies="max=2")
        answer = late.ask()
        self.assertEqual((answer.state, answer.waiters), (Answer.FULL, 3))
        self.assertNotIn(late.id, self.s.waiter_ids())
        self.assertNotIn(late.id, self.s.records())

    def test_a_free_slot_is_taken_however_many_may_wait(self):
        self.holding(1, policies="max=0")
        self.assertEqual(self.callers(1, policies="max=0")[0].ask().state, Answer.FULL)

    def test_who_waits_already_is_not_refused_when_it_asks_again(self):
        self.holding(1)
        waiter, = self.waiting(1, policies="max=1")
        self.waiting(1)
        self.assertEqual(waiter.ask().state, Answer.WAITS)
        self.assertEqual(waiter.ask(ticket=0).state, Answer.WAITS)

    def test_a_holder_that_lost_its_lease_is_not_refused(self):
        loser, = self.holding(1, policies="max=0")
        self.let_pass(LEASE)
        self.replacing_the_dead(1)
        self.assertEqual(loser.ask().state, Answer.WAITS)


class HeadStarts(ScriptTest):
    def test_who_has_one_stands_before_those_who_came_less_long_before(self):
        holder, = self.holding(1)
        first, = self.waiting(1)
        self.let_pass(MINUTE)
        holder.renew()
        second, = self.waiting(1)
        backup, = self.waiting(1, policies=f"head={30 * SECOND}")
        self.assertQueue([first, backup, second])
        self.assertEqual([c.ask().place for c in (first, backup, second)], [1, 2, 3])

    def test_those_with_the_same_stand_in_their_order(self):
        self.holding(1)
        waiters = self.waiting(5, policies=f"head={HOUR}")
        for waiter in waiters:
            waiter.ask()
        self.assertQueue(waiters)

    def test_nobody_is_passed_for_ever(self):
        holder, = self.holding(1)
        patient, = self.waiting(1)
        for _ in range(7):
            self.live(10 * SECOND, [holder, patient])
            holder.release()
            holder, = self.callers(1, policies=f"head={MINUTE}")
            if patient.ask().holds:
                return
            self.assertTrue(holder.ask().holds or patient.ask().holds)
        self.fail("it still waits")

    def test_a_hand_over_goes_by_the_head_start(self):
        holder, = self.holding(1)
        first, = self.waiting(1)
        backup, = self.waiting(1, policies=f"head={HOUR}")
        holder.release()
        self.assertHolders([backup])
        self.assertQueue([first])


class Superseding(ScriptTest):
    def supersede(self, running=False, more="", **options):
        return self.callers(1, policies=f"supersede={1 + running}{more}", who="h2 7 deploy", **options)[0]

    def test_it_sends_all_away_who_wait_and_they_are_told_by_whom(self):
        holder, = self.holding(1)
        earlier = self.waiting(3)
        newest = self.supersede()
        self.assertEqual((newest.ask().state, newest.ask().place), (Answer.WAITS, 1))
        self.assertQueue([newest])
        for waiter in earlier:
            self.assertTrue(waiter.woken)
            answer = waiter.ask()
            self.assertEqual((answer.state, answer.holder), (Answer.SUPERSEDED, "h2 7 deploy"))
            self.assertEqual(waiter.ask(wait=False).state, Answer.SUPERSEDED)
        holder.release()
        self.assertTrue(newest.ask().holds)
        self.assertEqual(self.s.counter("superseded"), 3)

    def test_who_asks_again_because_that_answer_was_lost_is_told_the_same(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.supersede().ask()
        ticket = waiter.ticket
        told = [waiter.ask(ticket=ticket, bar=MINUTE) for _ in range(2)]
        self.assertEqual([(answer.state, answer.holder) for answer in told], [(Answer.SUPERSEDED, "h2 7 deploy")] * 2)
        self.assertEqual(self.s.counter("superseded"), 1)

    def test_the_holder_goes_on(self):
        holder, = self.holding(1)
        self.supersede().ask()
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.let_pass(LEASE)
        self.assertTrue(holder.ask().holds)

    def test_who_comes_later_waits_behind_it(self):
        self.holding(1)
        newest = self.supersede()
        newest.ask()
        later, = self.waiting(1)
        self.assertQueue([newest, later])
        self.assertEqual(newest.ask().state, Answer.WAITS)
        self.assertEqual(newest.ask(ticket=0).state, Answer.WAITS)

    def test_a_waiter_with_a_head_start_is_sent_away_too(self):
        self.holding(1)
        favoured, = self.waiting(1, policies=f"head={HOUR}")
        self.supersede().ask()
        self.assertEqual(favoured.ask().state, Answer.SUPERSEDED)

    def test_those_far_behind_one_with_a_head_start_are_sent_away_too(self):
        self.holding(1)
        crowd = self.waiting(5)
        self.supersede(more=f" head={HOUR}").ask()
        self.assertEqual([waiter.ask().state for waiter in reversed(crowd)], [Answer.SUPERSEDED] * 5)

    def test_a_crowd_is_sent_away_a_part_at_a_time(self):
        holder, = self.holding(1)
        crowd = self.waiting(250)
        newest = self.supersede()
        newest.ask()
        self.assertEqual(len(self.s.waiter_ids()), 151)
        holder.release()
        for _ in range(3):
            newest.ask()
        self.assertTrue(newest.holds)
        self.assertEqual(crowd[-1].ask().state, Answer.SUPERSEDED)

    def test_who_would_not_wait_sends_nobody_away(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.supersede().ask(wait=False).state, Answer.WAITS)
        self.assertEqual(waiter.ask().state, Answer.WAITS)

    def test_who_joins_no_queue_sends_nobody_away_and_stops_nobody(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(self.supersede(running=True, more=" max=0").ask().state, Answer.FULL)
        self.assertEqual(waiter.ask().state, Answer.WAITS)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)

    def test_those_it_sends_away_do_not_count_as_waiters(self):
        self.holding(1)
        crowd = self.waiting(150)
        self.assertEqual(self.supersede(more=" max=1").ask().state, Answer.WAITS)
        self.assertEqual(crowd[-1].ask().state, Answer.SUPERSEDED)

    def test_a_heavy_waiter_in_the_way_goes_and_the_newest_is_let_in_at_once(self):
        self.holding(1, capacity=2)
        heavy, = self.waiting(1, capacity=2, weight=2)
        self.assertTrue(self.supersede(capacity=2).ask().holds)
        self.assertEqual(heavy.ask().state, Answer.SUPERSEDED)

    def test_a_running_holder_is_told_by_its_next_renewal_and_keeps_its_slot_until_it_has_stopped(self):
        holder, = self.holding(1)
        newest = self.supersede(running=True)
        self.assertFalse(newest.ask().holds)
        self.assertEqual(holder.renew(), Semaphore.SUPERSEDED)
        self.assertEqual(holder.renew(ticket=0), Semaphore.SUPERSEDED)
        self.assertFalse(newest.ask().holds)
        self.assertEqual(holder.release(), Semaphore.RELEASED)
        self.assertTrue(newest.ask().holds)

    def test_one_that_asks_for_its_lease_back_is_told_too(self):
        first, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.holding(1)
        self.assertEqual(first.ask().state, Answer.WAITS)
        self.supersede(running=True).ask()
        self.assertEqual(first.ask().state, Answer.SUPERSEDED)

    def test_nobody_is_stopped_in_a_pause_but_as_soon_as_it_is_over(self):
        holder, = self.holding(1)
        self.s.order("pause", MINUTE)
        newest = self.supersede(running=True)
        self.assertEqual(newest.ask().state, Answer.WAITS)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.s.order("pause", 0)
        later, = self.waiting(1)
        later.ask()
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertEqual(newest.ask().state, Answer.WAITS)
        self.assertEqual(holder.renew(), Semaphore.SUPERSEDED)
        holder.release()
        self.assertTrue(newest.ask().holds)
        self.assertEqual(later.ask().state, Answer.WAITS)

    def test_a_running_holder_cannot_ask_for_its_lease_back(self):
        holder, = self.holding(1)
        self.supersede(running=True).ask()
        self.assertEqual(holder.ask().state, Answer.SUPERSEDED)

    def test_a_slot_that_was_handed_over_and_not_taken_is_taken_away_where_holders_are_stopped(self):
        for running in (False, True):
            self.s = self.semaphore()
            holder, = self.holding(1)
            next_one, = self.waiting(1)
            holder.release()
            newest = self.supersede(running)
            newest.ask()
            self.assertEqual(next_one.ask().state, Answer.SUPERSEDED if running else Answer.HOLDS)
            self.assertEqual(newest.ask().holds, running)

    def test_it_holds_across_another_life_of_the_data(self):
        self.holding(1)
        waiter, = self.waiting(1)
        self.supersede().ask()
        self.s.become_another_process()
        self.assertEqual(waiter.ask().state, Answer.SUPERSEDED)


if __name__ == "__main__":
    unittest.main()
