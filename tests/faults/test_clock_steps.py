"""The server's wall clock is stepped while commands run and callers wait: nobody too many, and nothing freezes."""

import unittest
from itertools import zip_longest

from faults.callers import PATIENCE, FaultTest
from support.wait import eventually


class ClockSteps(FaultTest):
    def step_under_two_holders_and_three_waiters(self, *offsets):
        callers = [self.holder(f"holder-{i}", capacity=2) for i in range(2)]
        callers += [self.waiter(f"waiter-{i}", capacity=2) for i in range(3)]
        fences = [self.fence_of(caller) for caller in callers[:2]]
        for offset in offsets:
            self.server.clock_offset(offset)
            eventually(lambda: len(self.live_holders()) == 2 and len(self.live_waiters()) == 3 and self.all_asked(),
                       PATIENCE, "a renewal of each holder and a question of each waiter")
        self.assertEqual(self.stage.started(), ["holder-0", "holder-1"])
        self.assertEqual([self.fence_of(caller) for caller in callers[:2]], fences)
        for caller, heir in zip_longest(callers, callers[2:]):
            self.assertEndedAs(caller.finish(5), 5)
            if heir:
                heir.wait_for_start()
        self.assertEqual(self.stage.started(), [caller.tag for caller in callers])
        self.assertLessEqual(self.stage.most_at_once(), 2)
        self.assertFree()

    def all_asked(self):
        """Twice as many scripts ran since as there are callers, within the time of one heartbeat and one poll each."""
        calls = self.calls()
        eventually(lambda: self.calls() >= calls + 10, PATIENCE)
        return True

    def calls(self):
        stats = self.server.call("INFO", "commandstats")
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in stats.splitlines() if line.startswith("cmdstat_eval"))

    def test_back_by_an_hour(self):
        self.step_under_two_holders_and_three_waiters(-3600)

    def test_forward_by_an_hour(self):
        self.step_under_two_holders_and_three_waiters(3600)

    def test_to_and_fro(self):
        self.step_under_two_holders_and_three_waiters(1.5, -2, 5, 0)  # at most half of a lease at once, or a long silence

    def test_a_lease_does_not_outlive_its_holder_for_long_after_a_step_back(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter")
        holder.running.signal(9)
        self.server.clock_offset(-3600)
        self.assertEndedAs(waiter.wait_for_start().finish(5), 5)

    def test_a_wait_in_the_queue_is_not_longer_after_a_step_back(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter", "--max-sleep", "3s")
        self.server.clock_offset(-3600)
        self.assertIn(waiter.running.wait(PATIENCE).code, (69, 75))  # the server's blocking calls hang after such a step
        self.assertEndedAs(holder.finish(), 0)
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
