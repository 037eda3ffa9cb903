"""The counters of a limiter, for those who watch it: what a call adds to them, and that they cost and decide nothing."""

import unittest

from lua.scripts import HOUR, LEASE, MINUTE, SECOND, ScriptTest, new_id

NAMES = ("granted", "waits", "waited", "held", "refused", "expired", "lost")


class OfASemaphore(ScriptTest):
    def counted(self):
        """The counters that are not 0; times in whole seconds."""
        counts = {name: self.s.counter(name) for name in NAMES}
        counts |= {name: counts[name] // SECOND for name in ("waited", "held")}
        return {name: count for name, count in counts.items() if count}

    def test_a_slot_that_is_held_for_a_while(self):
        holder, = self.holding(1)
        self.assertEqual(self.counted(), {"granted": 1})
        self.let_pass(7 * SECOND)
        holder.release()
        self.assertEqual(self.counted(), {"granted": 1, "held": 7})

    def test_a_slot_that_is_handed_to_a_waiter_counts_when_the_waiter_takes_it(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.live(8 * SECOND, [holder, waiter])
        holder.release()
        self.assertEqual(self.counted(), {"granted": 1, "held": 8})
        for _ in range(3):  # it may ask more than once
            waiter.ask()
            self.assertEqual(self.counted(), {"granted": 2, "waits": 1, "waited": 8, "held": 8})

    def test_a_waiter_that_is_gone_when_it_is_its_turn_was_granted_nothing(self):
        holder, = self.holding(1)
        dead, alive = self.waiting(2)
        holder.release()
        self.live(6 * SECOND, [alive])
        self.assertTrue(alive.holds)
        self.assertEqual({name: n for name, n in self.counted().items() if name in ("granted", "expired")}, {"granted": 2})

    def test_renewals_and_repeated_questions_add_nothing(self):
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        before = self.counted()
        for call in (holder.renew, holder.ask, waiter.ask) * 2:
            call()
        self.assertEqual(self.counted(), before)

    def test_who_leaves_without_a_slot_is_refused(self):
        self.holding(1)
        for _ in range(3):
            self.callers(1)[0].ask(wait=False)
        self.waiting(1)[0].ask(wait=False)
        self.assertEqual(self.counted(), {"granted": 1, "refused": 4})

    def test_a_lease_that_ended_by_itself_was_held_until_its_end_and_is_no_new_grant_when_it_is_asked_for_back(self):
        holder, = self.holding(1, capacity=2)
        self.live(LEASE + 10 * SECOND, self.holding(1, capacity=2))
        self.callers(1, capacity=2)[0].ask(weight=2, wait=False)  # drops what has ended
        self.assertEqual(self.counted(), {"granted": 2, "expired": 1, "held": LEASE // SECOND, "refused": 1})
        self.assertTrue(holder.ask().holds)
        self.assertEqual(self.counted()["granted"], 2)

    def test_a_lease_that_is_asked_for_back_in_vain_is_lost(self):
        holder, = self.holding(1)
        self.let_pass(LEASE + SECOND)
        self.replacing_the_dead(1)
        self.assertFalse(holder.ask(wait=False).holds)
        self.assertEqual({name: self.s.counter(name) for name in ("lost", "refused", "granted")}, {"lost": 1, "refused": 0, "granted": 2})

    def test_a_reset_takes_leases_away_and_keeps_the_counters(self):
        holder, _ = self.holding(2, capacity=2)
        self.let_pass(5 * SECOND)
        holder.release()
        self.s.reset()
        self.assertEqual(self.counted(), {"granted": 2, "held": 5, "lost": 1})

    def test_a_min_hold_counts_as_held_when_it_has_ended(self):
        holder, = self.holding(1)
        for _ in range(2):
            holder.release(hold=MINUTE)
        self.assertEqual(self.counted(), {"granted": 1})
        self.let_pass(2 * MINUTE)
        self.holding(1)
        self.assertEqual(self.counted(), {"granted": 2, "held": 60})

    def test_a_min_hold_that_is_ended_by_hand_was_held_until_then(self):
        holder, = self.holding(1)
        holder.release(hold=MINUTE)
        self.let_pass(20 * SECOND)
        holder.release(ticket=0)
        self.let_pass(2 * MINUTE)
        self.holding(1)
        self.assertEqual(self.counted(), {"granted": 2, "held": 20})

    def test_a_life_that_lost_its_counters_begins_anew(self):
        holder, = self.holding(1)
        self.client.call("DEL", self.s.p)
        holder.beat()
        self.assertEqual(self.counted(), {})

    def test_hundreds_of_years_are_counted(self):
        holder, = self.holding(1)
        self.client.call("HSET", self.s.p, "held", 10**16, "granted", 10**12)
        self.let_pass(SECOND)
        holder.release()
        self.assertAbout(-self.s.counter("held"), -(10**16 + SECOND))
        self.holding(1)
        self.assertEqual(self.s.counter("granted"), 10**12 + 1)


class Estimate(ScriptTest):
    """How long a wait may last: the place times the mean hold, by the number of slots."""

    def hold(self, count, span, capacity=1):
        for _ in range(count):
            holder, = self.holding(1, capacity=capacity)
            self.let_pass(span)
            holder.release()

    def test_is_none_before_five_holds_are_over(self):
        self.hold(4, 10 * SECOND)
        holder, = self.holding(1)
        waiter, = self.waiting(1)
        self.assertEqual(waiter.ask(tell=True).about, 0)
        self.let_pass(10 * SECOND)
        holder.release()
        waiter.ask()
        self.assertAbout(-self.callers(1)[0].ask(tell=True).about, -10 * SECOND)

    def test_grows_with_the_place_and_shrinks_with_the_slots(self):
        self.hold(5, 8 * SECOND, capacity=2)
        self.holding(2, capacity=2)
        answers = [waiter.ask(tell=True) for waiter in self.waiting(3, capacity=2)]
        for answer, span in zip(answers, (4, 8, 12)):
            self.assertAbout(-answer.about, -span * SECOND)

    def test_is_none_of_those_that_are_kept_by_their_min_hold(self):
        self.hold(5, 8 * SECOND, capacity=2)
        self.holding(1, capacity=2)[0].release(hold=HOUR)
        self.holding(1, capacity=2)
        self.assertAbout(-self.waiting(1, capacity=2)[0].ask(tell=True).about, -4 * SECOND)

    def test_is_told_only_if_asked_for(self):
        self.hold(5, SECOND)
        self.holding(1)
        self.assertEqual(self.waiting(1)[0].ask().about, 0)


class OfABucket(ScriptTest):
    def counted(self):
        return {name: self.b.get(name) for name in ("granted", "waited", "returned")}

    def setUp(self):
        super().setUp()
        self.b = self.bucket(capacity=2, amount=1, frequency=10 * SECOND)

    def test_tokens_and_the_waits_for_them(self):
        self.b.reserve(tokens=2)
        self.assertEqual(self.counted(), {"granted": 2, "waited": 0, "returned": 0})
        wait = self.b.reserve()
        self.assertEqual(self.counted(), {"granted": 3, "waited": wait, "returned": 0})

    def test_those_that_are_there_count_too(self):
        bucket = self.bucket(capacity=10**6, amount=1000, frequency=1000)
        for _ in range(5):
            bucket.reserve(tokens=3)
        self.assertEqual(bucket.get("granted"), 15)

    def test_those_of_a_batch(self):
        dues, _ = self.b.batch(tokens=5, horizon=HOUR)
        self.assertEqual((len(dues), self.b.get("granted")), (5, 5))
        self.assertAbout(self.b.get("waited"), dues[-1])

    def test_those_that_are_given_back_are_told_apart(self):
        id = new_id()
        self.b.reserve(tokens=2)
        self.b.reserve(id)
        self.b.cancel(id)
        self.assertEqual({name: self.counted()[name] for name in ("granted", "returned")}, {"granted": 3, "returned": 1})

    def test_a_repeated_question_adds_nothing(self):
        id = new_id()
        for _ in range(3):
            self.b.reserve(id)
        self.assertEqual(self.b.get("granted"), 1)

    def test_a_refusal_is_not_counted_because_it_changes_nothing(self):
        self.b.reserve(tokens=2)
        before = self.b.all()
        self.assertEqual(self.b.acquire(max_wait=0)[0], self.b.REFUSED)
        self.assertEqual(self.b.all(), before)

    def test_they_outlive_the_idle_minutes_between_two_looks_if_the_bucket_is_used_more_than_once(self):
        fast = self.bucket(capacity=1, amount=1, frequency=1000)
        fast.reserve()
        self.let_pass(SECOND)
        fast.reserve()
        self.let_pass(9 * MINUTE)
        fast.reserve()
        self.assertEqual(fast.get("granted"), 3)


if __name__ == "__main__":
    unittest.main()
