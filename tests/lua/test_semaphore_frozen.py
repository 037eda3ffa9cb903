"""A server that hung, or came back with older data; and what is no reason to settle anything."""

import unittest

from lua.crowd import SETTLING, Crowd
from lua.scripts import BRIEF, DAY, HOUR, LEASE, MILLISECOND, SECOND, Answer, ScriptTest, Semaphore


class Frozen(Crowd):
    """A server that hung: what its callers had sent before is still in its sockets, and is done first."""

    def assertSurvives(self, first_call):
        self.let_pass(2 * LEASE)
        first_call()
        self.come_back(self.queue + self.holders, away=True)
        self.assertGoesOn()

    def test_a_renewal_sent_before_starts_the_settling(self):
        self.assertSurvives(lambda: self.holders[4].renew(away=False))

    def test_a_poll_sent_before_starts_the_settling(self):
        self.assertSurvives(lambda: self.queue[4].ask(away=False))

    def test_a_release_sent_before_starts_the_settling(self):
        self.let_pass(2 * LEASE)
        self.holders.pop(0).release()
        del self.fences[0]
        self.assertHolders(self.holders)
        self.come_back(self.queue + self.holders, away=True)
        self.assertHolders(self.holders)
        self.assertQueue(self.queue)

    def test_a_newcomer_gives_those_who_were_cut_off_a_moment_to_speak(self):
        self.let_pass(2 * LEASE)
        newcomer, hasty = self.callers(2, capacity=5)
        self.assertAbout(newcomer.ask().settling, BRIEF)
        self.assertEqual(hasty.ask(wait=False).state, Answer.WAITS_BRIEFLY)
        self.come_back(self.queue + self.holders)
        self.assertHolders(self.holders)
        self.assertQueue([*self.queue, newcomer, hasty])
        self.let_pass(BRIEF)
        self.assertEqual(hasty.ask(wait=False).state, Answer.WAITS)
        newcomer.release()
        self.assertGoesOn()

    def test_a_poll_after_a_hang_hardly_longer_than_a_short_lease_drops_nobody(self):
        self.s = self.semaphore()
        holders = self.holding(5, capacity=5, lease=SECOND)
        waiter, = self.waiting(1, capacity=5, lease=SECOND)
        self.let_pass(1200 * MILLISECOND)
        self.assertFalse(waiter.ask().holds)
        for holder in holders:
            self.assertEqual(holder.renew(), Semaphore.RENEWED)
        self.assertHolders(holders)

    def test_a_second_silence_during_the_settling_starts_it_again(self):
        self.let_pass(LEASE)
        self.queue[0].ask()
        self.let_pass(SETTLING - SECOND)
        self.assertAbout(self.queue[1].ask().settling, SETTLING)
        self.come_back(self.queue + self.holders)
        self.assertGoesOn()

    def test_a_hang_shorter_than_the_lease_drops_no_waiter_whoever_is_heard_first(self):
        def stranger():
            return self.callers(1, capacity=5)[0]

        def newcomer():
            caller = stranger()
            caller.ask(wait=False)
            caller.release()

        first_calls = {
            "a renewal": lambda: self.holders[4].renew(), "a poll": lambda: self.queue[4].ask(),
            "a release": lambda: stranger().release(), "a newcomer": newcomer,
        }
        for name, first_call in first_calls.items():
            with self.subTest(name):
                self.setUp()
                self.let_pass(LEASE // 3 + SECOND)
                first_call()
                self.queue[9].ask()
                self.assertQueue(self.queue)
                self.assertGoesOn()

    def test_a_poll_after_a_short_hang_settles_nothing(self):
        self.let_pass(3 * SECOND)
        for caller in self.queue + self.holders:
            caller.beat(away=True)
            self.assertEqual(caller.ask().settling, 0)

    def test_an_outage_longer_than_a_short_lease_settles(self):
        self.s = self.semaphore()
        holder, = self.holding(1, lease=SECOND)
        waiter, = self.waiting(1, lease=SECOND)
        self.let_pass(2 * SECOND)
        self.assertFalse(waiter.ask(away=True).holds)
        self.assertEqual(holder.renew(lease=SECOND), Semaphore.RENEWED)


class StoppedWaiter(ScriptTest):
    """Its connection stood, and its question comes late: it was stopped itself, or the server was too."""

    def setUp(self):
        super().setUp()
        self.holder, = self.holding(1)
        self.first, self.second = self.waiting(2)

    def test_it_alone_settles_nothing(self):
        self.second.release()
        for stop in (6 * SECOND, LEASE, HOUR):
            self.live(stop, [self.holder])
            self.assertEqual(self.first.ask(away=Semaphore.LATE).settling, 0)
        self.holder.release()
        self.assertTrue(self.first.ask().holds)

    def test_a_waiter_before_it_that_may_have_been_stopped_too_keeps_its_place(self):
        self.live(8 * SECOND, [self.holder])
        self.assertAbout(self.second.ask(away=Semaphore.LATE).settling, SETTLING)
        self.let_pass(4 * SECOND)
        self.holder.release()
        self.second.ask()
        self.first.ask(away=True)
        self.live(SETTLING, [self.second, self.first])
        self.assertHolders([self.first])

    def test_a_holder_that_may_have_been_stopped_too_keeps_its_slot(self):
        self.let_pass(LEASE - 5 * SECOND)
        self.assertAbout(self.first.ask(away=Semaphore.LATE).settling, SETTLING)
        self.let_pass(6 * SECOND)
        self.assertFalse(self.first.ask().holds)
        self.assertEqual(self.holder.renew(away=True), Semaphore.RENEWED)

    def test_data_that_were_lost_count_for_more(self):
        self.client.call("DEL", *self.s.keys)
        self.assertAbout(self.first.ask(away=Semaphore.LATE).settling, SETTLING)


class StoppedHolder(ScriptTest):
    """Like a stopped waiter."""

    def test_it_alone_settles_nothing(self):
        holder, other = self.holding(2, capacity=5)
        for stop, living in ((16 * SECOND, []), (HOUR, [other])):
            self.live(stop, living)
            self.assertEqual(holder.renew(away=Semaphore.LATE), Semaphore.RENEWED)
            other.renew()
            self.assertEqual(self.s.counter("settle"), 0)
        self.assertTrue(self.callers(1, capacity=5)[0].ask(wait=False).holds)

    def test_another_holder_that_may_have_been_stopped_too_keeps_its_slot(self):
        holder, other = self.holding(2, capacity=5)
        self.let_pass(LEASE - 5 * SECOND)
        holder.renew(away=Semaphore.LATE)
        self.assertGreater(self.s.counter("settle"), 0)
        self.let_pass(6 * SECOND)
        self.callers(1, capacity=5)[0].ask()
        self.assertEqual(other.renew(away=True), Semaphore.RENEWED)


class RolledBack(Crowd):
    """The data are those of an older snapshot, or of a replica that was behind."""

    def test_ghosts_of_an_older_snapshot_give_way_to_those_who_live(self):
        for age in (6 * SECOND, 20 * SECOND, 2 * LEASE):
            with self.subTest(age=age):
                self.make_crowd()
                ghosts, restore = self.holders, self.snapshot()
                self.live(age, self.queue)
                for ghost in ghosts:
                    ghost.release()
                living, queue = self.queue[:5], self.queue[5:]
                self.live(2 * SECOND, living + queue)
                self.assertHolders(living)
                restore()
                self.let_pass(SECOND)
                self.come_back(queue + living, away=True)
                for _ in range(25):  # a ghost ends within one lease, or with the settling
                    self.live(2 * SECOND, living + queue)
                self.assertHolders(living)
                self.assertQueue(queue)

    def test_a_holder_that_the_snapshot_takes_for_a_waiter_gets_its_slot_back_before_all(self):
        restore = self.snapshot()
        self.holders[2].release()
        promoted = self.queue.pop(0)
        promoted.ask()
        fence = promoted.fence
        restore()
        self.let_pass(6 * SECOND)
        promoted.beat(away=True)
        self.assertQueue([promoted, *self.queue])
        self.come_back(self.queue + self.holders[:2] + self.holders[3:], away=True)
        self.live(LEASE, [promoted] + self.queue + self.holders[:2] + self.holders[3:])
        self.assertTrue(promoted.holds)
        self.assertEqual(promoted.fence, fence)

    def test_a_ticket_that_the_data_do_not_know_is_proof_enough(self):
        restore = self.snapshot()
        self.holders[0].release()
        self.queue[0].ask()
        late, = self.waiting(1, capacity=5)
        restore()
        self.assertAbout(late.ask().settling, SETTLING)

    def test_a_newcomer_that_finds_an_empty_server_does_not_cost_a_place_in_the_queue(self):
        self.lose_data()
        newcomer, = self.callers(1, capacity=5)
        self.assertTrue(newcomer.ask().holds)
        self.come_back(self.queue + self.holders, away=True)
        held = [h for h in self.holders if h.holds]
        self.assertEqual(len(held), 4)
        reclaiming, = [h for h in self.holders if not h.holds]
        self.assertQueue([reclaiming, *self.queue])
        newcomer.release()
        self.assertHolders(self.holders)


class NothingToSettle(ScriptTest):
    def test_a_new_limiter_settles_nothing(self):
        caller, = self.callers(1)
        self.assertEqual((caller.ask().state, caller.ask().settling), (1, 0))

    def test_a_newcomer_that_found_the_server_away_settles_a_limiter_without_data(self):
        caller, = self.callers(1)
        answer = caller.ask(away=True)
        self.assertEqual(answer.state, 0)
        self.assertAbout(answer.settling, SETTLING)

    def test_a_newcomer_after_hours_of_silence_gets_a_free_slot_at_once(self):
        holder, = self.holding(1)
        holder.release()
        self.let_pass(HOUR)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_a_newcomer_gets_the_slot_of_one_who_died_long_ago_after_a_moment(self):
        self.holding(1)
        self.let_pass(HOUR)
        newcomer, = self.callers(1)
        answer = newcomer.ask(wait=False)
        self.assertEqual(answer.state, Answer.WAITS_BRIEFLY)
        self.assertAbout(answer.settling, BRIEF)
        self.let_pass(answer.settling)
        self.assertTrue(newcomer.ask(wait=False).holds)
        self.assertHolders([newcomer])

    def test_an_id_that_was_given_up_settles_nothing(self):
        holder, = self.holding(1)
        holder.release()
        self.let_pass(LEASE - SECOND)
        self.assertEqual(holder.renew(away=True), Semaphore.BARRED)
        self.assertTrue(holder.ask(away=True).barred)
        self.assertTrue(self.callers(1)[0].ask(wait=False).holds)

    def test_the_settling_of_a_very_long_lease_is_a_minute_long(self):
        caller, = self.callers(1, lease=DAY)
        self.assertAbout(caller.ask(away=True).settling, 62 * SECOND)

    def test_steady_renewals_and_polls_settle_nothing(self):
        for lease in (SECOND, 3 * SECOND, LEASE, DAY):
            self.s = self.semaphore()
            holder, = self.holding(1, lease=lease)
            for _ in range(10):
                self.let_pass(min(lease // 3, 60 * SECOND))
                self.assertEqual(holder.renew(), Semaphore.RENEWED)
            self.assertEqual(self.s.counter("settle"), 0)
            waiter, = self.waiting(1, lease=lease)
            for _ in range(10):
                self.let_pass(min(lease // 3, 2400 * MILLISECOND))
                holder.renew()
                waiter.ask()
            self.assertEqual(self.s.counter("settle"), 0)


if __name__ == "__main__":
    unittest.main()
