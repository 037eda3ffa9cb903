"""What a call costs a server, in commands."""

import unittest

from lua.commands import commands_of
from lua.scripts import LEASE, MILLISECOND, MINUTE, ScriptTest

HEARD = 10 * MILLISECOND  # a limiter that was heard no longer ago is on the same server process


class CommonCases(ScriptTest):
    def assertCommands(self, most, action):
        """At most so many, and one look at the server's process where more time than we wanted passed since the last."""
        before = self.s.counter("seen")
        _, counts = commands_of(self.client, action)
        late = self.s.counter("seen") - before >= HEARD
        self.assertLessEqual(counts.total(), most + late, counts)

    def test_a_free_slot_is_taken_with_five(self):
        self.holding(1)[0].release()
        caller, = self.callers(1)
        self.assertCommands(5, caller.ask)
        self.assertTrue(caller.holds)

    def test_a_slot_beside_other_holders_is_taken_with_five(self):
        self.holding(3, capacity=5)
        self.assertCommands(5, self.callers(1, capacity=5)[0].ask)

    def test_it_is_given_back_with_five(self):
        holder, _ = self.holding(2, capacity=5)
        self.assertCommands(5, holder.release)
        self.assertFalse(holder.in_holders)

    def test_a_lease_is_renewed_with_four(self):
        holder, = self.holding(1)
        self.assertCommands(4, holder.renew)

    def test_so_is_one_that_was_renewed_many_times_before(self):
        holder, = self.holding(1)
        for _ in range(10):
            self.let_pass(LEASE // 3)
            holder.renew()
        self.let_pass(LEASE // 3)
        self.assertCommands(4, holder.renew)

    def test_a_waiter_behind_the_first_asks_again_with_five(self):
        self.holding(1)
        waiter = self.waiting(4)[3]
        self.assertCommands(5, waiter.ask)

    def test_a_slot_is_given_on_with_fifteen_and_taken_with_five(self):
        holder, = self.holding(1)
        first, _ = self.waiting(2)
        self.assertCommands(15, holder.release)
        self.assertCommands(5, first.ask)
        self.assertTrue(first.holds)

    def test_the_process_is_looked_at_only_after_a_moment_in_which_nobody_asked(self):
        holder, = self.holding(1)
        self.let_pass(HEARD)
        self.assertEqual(commands_of(self.client, holder.renew)[1]["info"], 1)

    def test_a_limiter_that_was_not_used_for_minutes_is_no_rare_case(self):
        self.holding(1)[0].release()
        self.let_pass(5 * MINUTE)
        self.assertCommands(5, self.callers(1)[0].ask)


class HugeCrowds(ScriptTest):
    """What a call costs does not grow with those who hold and wait."""

    COMMANDS_OF_ONE_CALL = 30

    def test_no_call_walks_through_the_holders_or_the_queue(self):
        holders = self.holding(1000, capacity=1000)
        waiters = self.waiting(1000, capacity=1000)
        newcomer, hasty = self.callers(2, capacity=1000)
        for name, action in {
            "poll": waiters[500].ask,
            "renewal": holders[500].renew,
            "confirmation": holders[500].ask,
            "arrival": newcomer.ask,
            "refusal": lambda: hasty.ask(wait=False),
            "release with a hand-off": holders[0].release,
            "leaving the queue": waiters[600].release,
        }.items():
            with self.subTest(name):
                self.assertLess(commands_of(self.client, action)[1].total(), self.COMMANDS_OF_ONE_CALL)

    def test_the_clock_is_read_once_a_script(self):
        holder, = self.holding(1)
        for action in (holder.ask, holder.renew, holder.release):
            self.assertEqual(commands_of(self.client, action)[1]["time"], 1)


if __name__ == "__main__":
    unittest.main()
