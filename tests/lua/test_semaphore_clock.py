"""The server's clock is the only one, and it may jump while the server runs."""

import unittest

from lua.crowd import SETTLING, SPARE, Crowd
from lua.scripts import DAY, HOUR, LEASE, MILLISECOND, MINUTE, SECOND, YEAR, Answer, ScriptTest, Semaphore

# Each step begins with a setUp(), because a server whose clock was set back is young again to a new limiter.
STEPS = (MILLISECOND, SECOND, MINUTE, HOUR, 3 * DAY, 40 * YEAR)


class StepBack(Crowd):
    def step_back(self, span):
        self.let_pass(-span)
        self.queue[-1].ask()  # the time between the calls before and after a step is not seen

    def test_no_lease_is_stretched_and_none_is_cut(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.setUp()
                self.step_back(step)
                holder, dead = self.holders[:2]
                self.live(LEASE - 4 * SECOND, [holder, *self.queue])
                self.assertTrue(dead.in_holders)
                self.live(4 * SECOND, [holder, *self.queue])
                self.assertHolders([holder, *self.queue[:4]])

    def test_nobody_is_admitted_too_many_and_nobody_loses_a_place(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.setUp()
                self.step_back(step)
                self.come_back(self.queue + self.holders)
                self.assertAllAsBefore()
                self.assertGoesOn()

    def test_a_silent_waiter_is_dropped_as_soon_as_ever(self):
        self.step_back(HOUR)
        dead, alive = self.queue[0], self.queue[1:]
        self.live(12 * SECOND, self.holders + alive)
        self.assertQueue(alive)

    def test_a_hand_off_lapses_as_soon_as_ever(self):
        self.holders.pop().release()
        lapsing, following = self.queue[:2]
        self.step_back(HOUR)
        self.live(6 * SECOND, self.holders + self.queue[1:])
        self.assertFalse(lapsing.in_holders)
        self.assertTrue(following.holds)

    def test_a_hand_off_that_nobody_confirms_is_spared_no_longer_than_the_place_of_a_waiter(self):
        self.step_back(HOUR)
        self.holders.pop().release()
        lapsing, following = self.queue[:2]
        self.let_pass(4 * SECOND)
        following.ask()
        self.assertTrue(lapsing.in_holders)
        self.let_pass(SPARE)
        self.assertTrue(following.ask().holds)

    def test_a_settling_ends_as_soon_as_ever(self):
        self.lose_data()
        self.come_back(self.queue + self.holders)
        self.step_back(HOUR)
        self.assertGoesOn()

    def test_a_bar_and_a_minimum_hold_end_as_soon_as_ever(self):
        held, freed = self.holders[:2]
        held.release(hold=MINUTE)
        freed.release()
        self.step_back(HOUR)
        rest = self.holders[2:] + self.queue
        self.live(MINUTE - 4 * SECOND, rest)
        self.assertTrue(held.in_holders)
        self.live(6 * SECOND, rest)
        self.assertFalse(held.in_holders)
        self.assertEqual(self.s.records(), {caller.id for caller in rest})

    def test_steps_back_add_up(self):
        for _ in range(5):
            self.step_back(HOUR)
            self.live(2 * SECOND, self.holders + self.queue)
        self.assertAllAsBefore()
        self.assertAbout(self.s.counter("offset"), 5 * HOUR, slack=MINUTE)

    def test_tickets_and_fences_go_on_growing(self):
        last_ticket, last_fence = self.queue[-1].ticket, max(self.fences)
        self.step_back(DAY)
        late, = self.waiting(1, capacity=5)
        self.assertGreater(late.ticket, last_ticket)
        self.holders[0].release()
        self.assertGreater(self.queue[0].ask().fence, last_fence)

    def test_a_step_back_closes_nothing(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.setUp()
                self.step_back(step)
                self.assertEqual(self.queue[0].ask().closed, 0)
                self.holders[0].release()
                self.assertTrue(self.queue[0].ask().holds)

    def test_another_process_is_noticed_although_its_clock_is_behind(self):
        self.become_another_process()
        self.let_pass(-MINUTE)
        self.assertAbout(self.queue[0].ask().closed, SETTLING)
        self.assertEqual(self.queue[0].ask().rule, Answer.ANOTHER_LIFE)

    def test_a_newcomer_after_a_step_back_waits_behind_all(self):
        self.step_back(HOUR)
        late, = self.waiting(1, capacity=5)
        self.assertQueue([*self.queue, late])


class StepForward(Crowd):
    def test_callers_that_live_keep_slots_and_places_whoever_asks_first(self):
        for step in (20 * SECOND, HOUR, 2 * DAY):
            for first in ("holders", "queue"):
                with self.subTest(step=step, first=first):
                    self.setUp()
                    self.let_pass(step)
                    everybody = self.holders + self.queue
                    self.come_back(everybody if first == "holders" else everybody[::-1])
                    self.assertAllAsBefore()
                    self.assertGoesOn()

    def test_a_newcomer_that_asks_first_admits_at_most_one_capacity_more(self):
        self.let_pass(HOUR)
        newcomers = self.callers(10, capacity=5)
        for caller in newcomers + self.queue + self.holders:
            caller.ask()
        self.assertEqual(len(self.s.holder_ids()), 5)
        self.assertTrue({h.id for h in self.holders}.issubset(self.s.holder_ids() | set(self.s.waiter_ids())))

    def test_a_clock_that_went_ahead_and_was_set_right_freezes_nothing(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.setUp()
                self.let_pass(step)
                self.come_back(self.holders + self.queue)
                self.let_pass(-step)
                self.come_back(self.holders + self.queue)
                self.assertAllAsBefore()
                self.assertGoesOn()

    def test_a_clock_that_was_wrong_for_a_while_and_is_set_right_spares_those_who_notice_nothing(self):
        self.let_pass(-HOUR)
        self.live(4 * SECOND, self.holders + self.queue)
        self.let_pass(HOUR)
        self.come_back(self.queue)
        for holder in self.holders:  # each at its next beat
            self.live(2 * SECOND, self.queue)
            self.assertTrue(holder.beat())
        self.assertAllAsBefore()

    def test_the_dead_are_dropped_after_a_step_forward_too(self):
        self.let_pass(HOUR)
        alive = self.holders[2:] + self.queue[3:]
        self.come_back(alive)
        self.live(SETTLING, alive)
        self.assertHolders(self.holders[2:] + self.queue[3:5])
        self.assertQueue(self.queue[5:])


class WholeNumbers(ScriptTest):
    def test_times_are_kept_to_the_microsecond(self):
        holder, = self.holding(1)
        score = self.client.call("ZSCORE", self.s.holders, holder.id)
        self.assertEqual(int(float(score)), holder.ticket + LEASE)
        self.assertEqual(len(str(holder.ticket)), 16)
        record = self.client.call("HGET", self.s.p, holder.id).split(" ")
        self.assertEqual(record[:4] + record[4:7], ["1", "1", str(LEASE), "0"] + [str(holder.ticket)] * 3)

    def test_callers_at_one_instant_have_tickets_of_their_own(self):
        self.holding(1)
        now, tickets = self.s.counter("seen"), []
        for caller in self.callers(20):
            self.let_pass(-SECOND)  # the limiter's clock stands still
            tickets.append(caller.ask().ticket)
        self.assertEqual(self.s.counter("seen"), now)
        self.assertEqual(tickets, [now + 1 + i for i in range(20)])

    def test_every_counter_is_a_whole_number_even_for_odd_leases(self):
        holder, = self.holding(1, lease=1_000_001, hold=3_333_333)
        waiter, = self.waiting(1, lease=1_000_001)
        self.let_pass(3 * SECOND)
        waiter.ask()
        holder.renew()
        self.assertWholeNumbers()
        self.client.call("DEL", *self.s.keys)
        holder.ask()
        waiter.ask()
        self.assertWholeNumbers()

    def assertWholeNumbers(self):
        fields = self.client.call("HGETALL", self.s.p)
        counters = dict(zip(fields[::2], fields[1::2]))
        del counters["run"]
        for id in self.s.records():
            counters[id] = counters[id].removesuffix(" " + "h 1 t")
        for name, value in counters.items():
            self.assertRegex(value, r"^(-1|[\d ;]*)$", name)
        for key in self.s.keys[1:]:
            for score in self.client.call("ZRANGE", key, 0, -1, "WITHSCORES")[1::2]:
                self.assertEqual(float(score), int(float(score)))

    def test_a_far_future_stays_exact(self):
        self.let_pass(100 * YEAR)
        holder, = self.holding(1)
        self.assertAbout(holder.lease_left(), LEASE)
        self.assertEqual(holder.renew(), Semaphore.RENEWED)
        holder.release()
        self.holding(1)


if __name__ == "__main__":
    unittest.main()
