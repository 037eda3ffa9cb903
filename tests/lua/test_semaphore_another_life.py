"""Data that are gone, or that another server process wrote: all who live come back as they were, for once."""

import random
import unittest

from lua.crowd import SETTLING, SPARE, Crowd
from lua.scripts import BAR, DAY, HOUR, LEASE, MILLISECOND, MINUTE, SECOND, Answer, Caller, ScriptTest, Semaphore


class AllComeBack(Crowd):
    AWAY = (500 * MILLISECOND, 5 * SECOND, 2 * LEASE, HOUR, DAY - SECOND)

    def test_to_a_server_without_its_data_in_any_order(self):
        self.assertAllComeBack(self.lose_data)

    def test_to_another_process_with_the_data_in_any_order(self):
        self.assertAllComeBack(self.become_another_process)

    def assertAllComeBack(self, begin):
        for seed in range(8):
            for span in self.AWAY:
                with self.subTest(seed=seed, span=span):
                    self.make_crowd()
                    begin()
                    self.let_pass(span)
                    order = self.holders + self.queue
                    random.Random(seed).shuffle(order)
                    self.come_back(order)
                    self.assertAllAsBefore()
                    self.live(SETTLING, order)
                    self.assertAllAsBefore()

    def test_and_then_the_limiter_goes_on_as_ever(self):
        for begin in (self.lose_data, self.become_another_process):
            self.make_crowd()
            begin()
            self.come_back(self.queue + self.holders)
            self.assertGoesOn()

    def test_although_the_data_are_lost_again_meanwhile(self):
        self.lose_data()
        self.come_back(self.queue[:5] + self.holders[:2])
        self.lose_data()
        self.let_pass(2 * LEASE)
        self.come_back(self.queue + self.holders)
        self.assertGoesOn()

    def test_although_the_process_changes_again_meanwhile(self):
        self.become_another_process()
        self.come_back(self.queue[:5] + self.holders[:2])
        self.become_another_process()
        self.let_pass(2 * LEASE)
        self.come_back(self.queue + self.holders)
        self.assertGoesOn()


class Settling(Crowd):
    """What is granted, and to whom, until all who live have had time to come back."""

    def begin_another_life(self):
        """Each way, with a crowd of its own."""
        for begin in (self.lose_data, self.become_another_process):
            with self.subTest(begin.__name__):
                self.make_crowd()
                begin()
                yield

    def test_a_waiter_that_comes_back_first_gets_no_slot(self):
        for _ in self.begin_another_life():
            self.let_pass(2 * LEASE)
            answer = self.queue[3].ask()
            self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.ANOTHER_LIFE))
            self.assertAbout(answer.closed, SETTLING)
            self.come_back(self.queue + self.holders)
            self.live(SETTLING, self.holders + self.queue)
            self.assertAllAsBefore()

    def test_a_newcomer_waits_behind_all_who_came_back(self):
        for _ in self.begin_another_life():
            self.holders[0].beat()
            newcomer, = self.callers(1, capacity=5)
            self.assertFalse(newcomer.ask().holds)
            self.come_back(self.holders[1:] + self.queue)
            self.assertQueue([*self.queue, newcomer])

    def test_the_next_life_goes_on_to_wait_for_whom_this_one_waited(self):
        self.lose_data()
        self.queue[0].ask()
        self.queue[0].release()
        self.become_another_process()  # with the data, in which nobody holds
        self.let_pass(4 * SECOND)
        newcomer, = self.callers(1, capacity=5)
        answer = newcomer.ask()
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.ANOTHER_LIFE))
        self.assertAbout(answer.closed, SETTLING)
        self.come_back(self.holders)
        self.assertHolders(self.holders)

    def test_that_wait_does_not_end_when_those_have_come_whom_the_next_life_knows(self):
        self.lose_data()
        self.come_back(self.holders[:2])
        self.become_another_process()
        self.come_back(self.holders[:2])
        self.live(2 * SPARE, self.holders[:2])
        self.assertFalse(self.callers(1, capacity=5)[0].ask().holds)
        self.come_back(self.holders)
        self.assertHolders(self.holders)

    def test_a_newcomer_that_will_not_wait_leaves_no_trace(self):
        for _ in self.begin_another_life():
            self.holders[0].beat()
            hasty, = self.callers(1, capacity=5)
            answer = hasty.ask(wait=False)
            self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.ANOTHER_LIFE))
            self.assertNotIn(hasty.id, self.s.records() | self.s.entries())

    def test_the_places_of_those_who_do_not_come_back_are_given_on(self):
        self.lose_data()
        alive, queue = self.holders[:3], self.queue[5:]
        self.come_back(queue + alive)
        self.assertQueue(queue)
        self.live(SETTLING - 2 * SECOND, alive + queue)
        self.assertHolders(alive)
        self.live(2 * SECOND, alive + queue)
        self.assertHolders(alive + queue[:2])

    def test_holders_that_died_with_the_server_give_up_their_slots_when_it_ends(self):
        self.become_another_process()
        self.let_pass(2 * LEASE)
        alive, queue = self.holders[:3], self.queue
        self.come_back(queue + alive)
        self.live(SETTLING - 2 * SECOND, alive + queue)
        self.assertHolders(self.holders)
        self.live(2 * SECOND, alive + queue)
        self.assertHolders(alive + queue[:2])

    def test_a_slot_released_meanwhile_is_given_on_when_it_ends(self):
        self.lose_data()
        self.come_back(self.holders + self.queue)
        self.assertEqual(self.holders[0].release(), Semaphore.RELEASED)
        self.assertHolders(self.holders[1:])
        self.live(SETTLING, self.holders[1:] + self.queue)
        self.assertHolders(self.holders[1:] + self.queue[:1])

    def test_a_renewal_of_a_lease_that_is_not_listed_is_told_to_ask_for_it_back(self):
        self.lose_data()
        self.assertEqual(self.holders[0].renew(), Semaphore.GONE)
        self.queue[0].ask()
        self.assertEqual(self.holders[0].renew(), Semaphore.MAY_RETURN)
        self.live(SETTLING, self.queue)
        self.assertEqual(self.holders[0].renew(), Semaphore.GONE)

    def test_the_release_of_a_lease_that_is_not_listed_is_told_that_it_may_have_been(self):
        self.lose_data()
        self.queue[0].ask()
        self.assertEqual(self.holders[0].release(), Semaphore.MAY_RETURN)
        self.live(SETTLING, self.queue)
        self.assertEqual(self.holders[0].release(), Semaphore.UNKNOWN)

    def test_an_id_that_was_given_up_before_it_came_back_does_not_come_back(self):
        self.lose_data()
        self.queue[0].ask()
        self.assertEqual(self.holders[0].release(ticket=0, bar=BAR), Semaphore.UNKNOWN)
        self.assertTrue(self.holders[0].ask().barred)


class HowLong(Crowd):
    def closed_after_loss(self, lease):
        self.s = self.semaphore()
        holder, = self.holding(1, lease=lease)
        self.lose_data()
        return holder.ask().closed

    def test_it_lasts_a_beat_and_what_it_takes_to_notice_and_two_seconds(self):
        self.assertAbout(self.closed_after_loss(LEASE), SETTLING)
        self.assertAbout(self.closed_after_loss(12 * SECOND), (4 + 2 + 2) * SECOND)

    def test_for_a_very_long_lease_it_lasts_little_more_than_a_minute(self):
        self.assertAbout(self.closed_after_loss(DAY), (60 + 5 + 2) * SECOND)

    def test_for_a_very_short_lease_it_lasts_five_seconds(self):
        self.assertAbout(self.closed_after_loss(SECOND), 5 * SECOND)

    def test_a_waiter_knows_how_long_those_before_it_need(self):
        self.s = self.semaphore()
        holder, = self.holding(1, lease=HOUR)
        waiter, = self.waiting(1, lease=SECOND)
        self.lose_data()
        self.assertAbout(waiter.ask().closed, (60 + 5 + 2) * SECOND)
        self.live(MINUTE, [waiter])
        self.assertTrue(holder.beat())
        self.live(8 * SECOND, [waiter])
        self.assertHolders([holder])

    def test_it_ends_by_itself(self):
        self.lose_data()
        self.queue[0].ask()
        self.live(SETTLING + SECOND, [self.queue[0]])
        self.assertTrue(self.queue[0].holds)
        self.assertEqual(self.queue[0].ask().closed, 0)
        self.assertTrue(Caller(self.s, capacity=5).ask().holds)

    def test_polling_does_not_lengthen_it(self):
        self.lose_data()
        first = self.queue[0].ask().closed
        self.live(SETTLING - 2 * SECOND, self.queue)
        self.assertAbout(self.queue[0].ask().closed, first - (SETTLING - 2 * SECOND))

    def test_a_hang_that_outlasts_it_leaves_two_seconds_to_return(self):
        for hang in (SETTLING, SETTLING + LEASE, HOUR):
            with self.subTest(hang=hang):
                self.make_crowd()
                self.lose_data()
                self.queue[0].ask()
                self.let_pass(hang)
                self.assertFalse(self.queue[0].ask().holds)
                self.let_pass(SPARE - SECOND // 2)
                self.come_back(self.queue + self.holders)
                self.assertAllAsBefore()
                self.let_pass(SECOND)
                self.assertEqual(self.queue[0].ask().closed, 0)

    def test_a_newcomer_that_comes_long_after_it_waits_two_seconds_at_most(self):
        self.lose_data()
        self.queue[0].ask()
        self.let_pass(HOUR)
        newcomer, = self.callers(1, capacity=5)
        self.assertEqual(newcomer.ask(wait=False).state, Answer.NOT_YET)
        self.let_pass(SPARE)
        self.assertTrue(newcomer.ask(wait=False).holds)

    def test_a_life_has_only_one(self):
        self.lose_data()
        self.come_back(self.holders[:4])
        self.live(SETTLING, self.holders[:4])
        late = self.queue[0].ask()
        self.assertEqual((late.state, late.closed), (Answer.HOLDS, 0))
        self.assertEqual(self.holders[4].ask().closed, 0)


class EndsEarly(Crowd):
    """Where the holders are listed, nobody waits longer than for them."""

    def test_when_all_have_spoken_and_two_seconds_have_passed(self):
        self.become_another_process()
        self.come_back(self.holders)
        newcomer, = self.callers(1, capacity=6)
        for queued in self.queue:
            queued.release()
        self.assertFalse(newcomer.ask().holds)
        self.let_pass(SPARE - SECOND)
        self.assertFalse(newcomer.ask().holds)
        self.let_pass(SECOND)
        self.assertTrue(newcomer.ask().holds)

    def test_a_release_is_a_word_too(self):
        self.become_another_process()
        self.come_back(self.holders[1:])
        self.holders[0].release()
        self.assertFalse(self.queue[0].ask().holds)
        self.let_pass(SPARE)
        self.assertTrue(self.queue[0].ask().holds)

    def test_a_holder_that_asks_speaks_as_one_that_renews(self):
        self.become_another_process()
        for holder in self.holders:
            holder.ask()
        self.let_pass(SPARE)
        self.assertEqual(self.queue[0].ask().closed, 0)

    def test_a_holder_that_speaks_twice_does_not_speak_for_another(self):
        self.become_another_process()
        for _ in range(2):
            self.come_back(self.holders[1:])
        self.let_pass(SPARE)
        self.assertAbout(self.queue[0].ask().closed, SETTLING - SPARE)
        self.assertTrue(self.holders[0].beat())
        self.assertEqual(self.queue[0].ask().closed, 0)

    def test_but_not_where_nobody_is_listed_who_could_speak(self):
        self.lose_data()
        self.come_back(self.holders)
        self.live(2 * SPARE, self.holders)
        self.assertAbout(self.queue[0].ask().closed, SETTLING - 2 * SPARE)


class NothingToSettle(Crowd):
    def test_a_newcomer_to_a_new_limiter_holds_at_once(self):
        answer = Caller(self.semaphore()).ask()
        self.assertEqual((answer.state, answer.closed, answer.rule), (Answer.HOLDS, 0, 0))

    def test_a_newcomer_to_another_process_holds_at_once_where_nobody_held(self):
        self.s = self.semaphore()
        self.holding(1)[0].release()
        self.become_another_process()
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_newcomers_to_a_life_without_data_hold_until_somebody_shows_that_there_were_others(self):
        self.lose_data()
        newcomer, late = self.callers(2, capacity=5)
        self.assertTrue(newcomer.ask().holds)
        self.assertAbout(self.queue[0].ask().closed, SETTLING)
        self.assertFalse(late.ask().holds)

    def test_a_newcomer_that_finds_an_empty_server_costs_no_place_in_the_queue(self):
        self.lose_data()
        newcomer, = self.callers(1, capacity=5)
        self.assertTrue(newcomer.ask().holds)
        self.come_back(self.queue + self.holders)
        reclaiming, = [h for h in self.holders if not h.holds]
        self.assertQueue([reclaiming, *self.queue])
        newcomer.release()
        self.assertHolders(self.holders)

    def test_nobody_waits_for_one_that_comes_later_than_the_settling_would_have_ended(self):
        self.lose_data()
        newcomers = self.callers(4, capacity=5)
        for newcomer in newcomers:
            self.assertTrue(newcomer.ask().holds)
        self.live(SETTLING, newcomers)
        answer = self.queue[0].ask()
        self.assertEqual((answer.state, answer.closed), (Answer.HOLDS, 0))

    def test_an_id_that_was_given_up_closes_nothing(self):
        self.s = self.semaphore()
        holder, = self.holding(1)
        holder.release(bar=BAR)
        self.become_another_process()
        self.assertEqual(holder.renew(), Semaphore.BARRED)
        self.assertTrue(holder.ask().barred)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_a_holder_from_before_a_reset_closes_nothing(self):
        self.s.reset()
        self.become_another_process()
        self.assertEqual(self.holders[0].renew(), Semaphore.BARRED)
        self.assertTrue(self.callers(1, capacity=5)[0].ask(wait=False).holds)


class RealRestart(ScriptTest):
    """A server that ends and starts again in earnest."""

    def setUp(self):
        super().setUp()
        self.restart()
        self.let_pass(2 * MINUTE)  # not young, and not just loaded
        self.s = self.semaphore()
        self.holder, = self.holding(1)
        self.waiter, = self.waiting(1)

    def test_with_its_data_it_settles(self):
        self.server.save()
        self.server.kill()
        self.server.start()
        self.let_pass(SECOND)  # the fastest restarts take less than any silence in which a server may have ended
        self.s.client = type(self).client = self.enterContext(self.server.client())
        self.assertAbout(self.waiter.ask().closed, SETTLING)
        self.assertEqual(self.holder.renew(), Semaphore.RENEWED)
        self.let_pass(SPARE)
        self.assertEqual(self.waiter.ask().closed, 0)

    def test_without_its_data_it_settles(self):
        self.restart()
        self.s.client = self.client
        self.assertAbout(self.waiter.ask().closed, SETTLING)
        self.assertTrue(self.holder.beat())
        self.live(SETTLING, [self.waiter, self.holder])
        self.assertHolders([self.holder])


if __name__ == "__main__":
    unittest.main()
