"""Slots with names: which are mine."""

import unittest

from lua.commands import commands_of
from lua.scripts import BRIEF, LEASE, MINUTE, SECOND, Answer, ScriptTest

GPUS = "slots=gpu0,gpu1,gpu2"


class NamedSlots(ScriptTest):
    def named(self, count, policies=GPUS, **options):
        return self.callers(count, policies=policies, **{"capacity": 3} | options)

    def slots(self, *callers, **more):
        return [caller.ask(**more).slots for caller in callers]

    def test_the_first_free_ones_of_the_list_are_given(self):
        a, b, c, d = self.named(4)
        self.assertEqual(self.slots(a, b, c, d), ["gpu0", "gpu1", "gpu2", ""])
        b.release()
        self.assertEqual(self.slots(d), ["gpu1"])
        a.release()
        self.assertEqual(self.slots(*self.named(1)), ["gpu0"])

    def test_they_stay_the_same_as_long_as_they_are_held(self):
        a, b = self.named(2)
        self.slots(a, b)
        a.release()
        self.assertEqual(self.slots(b, b), ["gpu1", "gpu1"])

    def test_a_weight_gets_so_many(self):
        a, b = self.named(2, weight=2)
        self.assertEqual(self.slots(a, b, *self.named(1)), ["gpu0,gpu1", "", ""])
        a.release()
        self.assertEqual(self.slots(b), ["gpu0,gpu1"])

    def test_what_an_expired_lease_had_is_free(self):
        dead, = self.named(1)
        self.slots(dead)
        self.let_pass(LEASE)
        self.assertEqual(self.replacing_the_dead(1, policies=GPUS, capacity=3)[0].ask().slots, "gpu1")
        self.let_pass(3 * SECOND)
        self.assertEqual(self.slots(*self.named(1)), ["gpu0"])

    def test_who_asks_for_a_lost_lease_back_gets_its_own(self):
        a, b = self.named(2)
        self.slots(a, b)
        self.client.call("DEL", *self.s.keys)
        self.assertEqual(self.slots(b, policies=GPUS + " mine=gpu1"), ["gpu1"])
        self.assertEqual(self.slots(a, policies=GPUS + " mine=gpu0"), ["gpu0"])

    def test_it_keeps_them_when_it_asks_once_more(self):
        a, b = self.named(2)
        self.slots(a, b)
        self.client.call("DEL", *self.s.keys)
        for caller, slot in ((b, "gpu1"), (a, "gpu0")) * 2:
            self.assertEqual(self.slots(caller, policies=f"{GPUS} mine={slot}"), [slot])

    def test_it_gets_no_other_if_its_own_was_given_away(self):
        loser, = self.named(1)
        self.slots(loser)
        self.let_pass(LEASE)
        others = self.replacing_the_dead(3, policies=GPUS, capacity=3)
        self.assertIn("gpu0", self.slots(*others))
        answer = loser.ask(policies=GPUS + " mine=gpu0")
        self.assertEqual((answer.state, answer.slots), (Answer.WAITS, ""))
        for caller in others:
            caller.release()
        self.assertEqual(self.slots(loser, policies=GPUS + " mine=gpu0"), ["gpu0"])

    def test_callers_without_names_are_refused_and_the_other_way_round(self):
        named, = self.named(1)
        self.slots(named)
        plain, = self.callers(1, capacity=3)
        self.assertEqual(plain.ask().state, Answer.NAMED)
        self.assertHolders([named])
        self.assertEqual(self.s.records(), {named.id})
        named.release()
        self.assertTrue(plain.ask().holds)
        self.assertEqual(self.named(1)[0].ask().state, Answer.NAMED)
        plain.release()
        self.assertEqual(self.slots(named, ticket=0, fence=0), ["gpu0"])

    def test_a_waiter_keeps_the_kind_of_its_limiter(self):
        a, b = self.named(2, capacity=1, policies="slots=x")
        self.assertEqual(self.slots(a, b), ["x", ""])
        a.release()
        self.assertEqual(self.callers(1)[0].ask().state, Answer.NAMED)
        self.assertEqual(self.slots(b), ["x"])

    def test_a_waiter_whose_names_others_have_is_not_counted_as_granted(self):
        a, = self.named(1, policies="slots=x,y", capacity=2)
        b, = self.named(1, policies="slots=x,y", capacity=2)
        self.slots(a, b)
        waiter, = self.named(1, policies="slots=x,z", capacity=2)
        waiter.ask()
        b.release()
        self.assertEqual(self.slots(waiter), ["z"])
        c, = self.named(1, policies="slots=x", capacity=3)
        for _ in range(3):
            self.assertEqual(c.ask().state, Answer.WAITS)
            self.named(1, policies="slots=x,y", capacity=3)[0].ask(wait=False)
        self.assertEqual(self.s.counter("granted"), 3)

    def test_a_dead_holder_keeps_nobody_out(self):
        self.slots(*self.named(1))
        self.let_pass(LEASE + 3 * SECOND)
        plain, = self.callers(1)
        plain.ask()
        self.let_pass(BRIEF)
        self.assertTrue(plain.ask().holds)

    def test_callers_with_different_lists_have_no_name_twice(self):
        a, = self.named(1)
        b, c = self.named(2, policies="slots=gpu2,gpu1,gpu0")
        self.assertEqual(self.slots(a, b, c), ["gpu0", "gpu2", "gpu1"])
        d, = self.named(1, capacity=4, policies="slots=gpu0,gpu1,gpu2,gpu3")
        self.assertEqual(self.slots(d), ["gpu3"])
        e, = self.named(1, capacity=9)
        self.assertEqual(self.slots(e), [""])
        self.assertQueue([e])
        a.release()
        self.assertEqual(self.slots(e), ["gpu0"])

    def test_min_hold_keeps_the_name(self):
        a, = self.named(1)
        self.slots(a)
        a.release(hold=MINUTE)
        self.assertEqual(self.slots(*self.named(1)), ["gpu1"])
        self.let_pass(MINUTE)
        self.assertEqual(self.slots(*self.named(1)), ["gpu0"])

    def test_a_reset_frees_all_names(self):
        self.slots(*self.named(3))
        self.s.reset()
        self.assertEqual(self.slots(*self.named(1)), ["gpu0"])

    def test_who_was_taken_off_the_list_by_hand_has_no_name(self):
        a, = self.named(1)
        self.slots(a)
        self.client.call("ZREM", self.s.holders, a.id)
        self.assertEqual(self.slots(*self.named(1)), ["gpu0"])

    def test_an_answer_that_was_lost_gives_no_second_name(self):
        a, = self.named(1)
        self.assertEqual(self.slots(a, a, ticket=0, fence=0), ["gpu0", "gpu0"])
        self.assertEqual(self.slots(*self.named(1)), ["gpu1"])

    def test_once_nobody_uses_it_the_plain_case_is_as_short_as_before(self):
        a, = self.named(1)
        self.slots(a)
        a.release()
        self.holding(1)[0].release()
        caller, = self.callers(1)
        _, commands = commands_of(self.client, caller.ask)
        self.assertLessEqual(commands.total() - commands["info"], 5)


if __name__ == "__main__":
    unittest.main()
