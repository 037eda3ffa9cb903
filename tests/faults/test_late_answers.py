"""An answer that comes after the lease it grants has ended starts no command: it is asked again, and run once."""

import unittest

from faults.callers import PATIENCE, FaultTest
from support.proxy import Proxy
from support.wait import eventually


class LateAnswers(FaultTest):
    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(Proxy(self.server.url))

    def caller(self, tag, *options, **more):
        return super().caller(tag, "--redis-timeout", "5s", *options, expiry="1s", redis=self.proxy.url, **more)

    def asked_again(self, caller, count):
        """So many more questions had their answers, all too late."""
        before = self.proxy.bytes_down
        grants = self.grants()
        eventually(lambda: self.grants() >= grants + count, PATIENCE, "questions that are asked again")
        self.proxy.wait_for(lambda p: p.bytes_down > before, PATIENCE)
        self.assertTrue(caller.running.running())

    def grants(self):
        lines = self.server.call("INFO", "commandstats").splitlines()
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in lines if line.startswith("cmdstat_eval"))

    def test_of_a_first_question(self):
        self.proxy.latency(750)  # each way
        caller = self.caller("caller")
        self.asked_again(caller, 3)
        self.assertEqual(self.stage.started(), [])
        self.proxy.heal()
        self.assertEndedAs(caller.wait_for_start().finish(5), 5)
        self.assertEqual(self.stage.started(), ["caller"])
        self.assertFree()

    def test_of_a_waiter_that_is_given_the_slot(self):
        holder = super().holder("holder")
        waiter = self.waiter("waiter")
        self.proxy.latency(750)
        self.assertEndedAs(holder.finish(), 0)
        self.asked_again(waiter, 3)
        self.assertEqual(self.stage.started(), ["holder"])
        self.proxy.heal()
        self.assertEndedAs(waiter.wait_for_start().finish(5), 5)
        self.assertEqual(self.stage.started(), ["holder", "waiter"])
        self.assertFree()

    def test_another_that_took_the_slot_meanwhile_runs_alone(self):
        self.proxy.latency(750)
        late = self.caller("late")
        self.asked_again(late, 1)
        self.proxy.blackhole()
        other = FaultTest.caller(self, "other", expiry="1m").wait_for_start()
        self.proxy.heal()
        eventually(lambda: self.waiters(), PATIENCE, "the late one in the queue")
        self.assertEndedAs(other.finish(), 0)
        self.assertEndedAs(late.wait_for_start().finish(5), 5)
        self.assertEqual(self.stage.most_at_once(), 1)


if __name__ == "__main__":
    unittest.main()
