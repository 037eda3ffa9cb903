"""The server hangs (SIGSTOP) or loses its keys (FLUSHALL) under five commands that run and ten that wait."""

import re
import signal
import unittest

from faults.callers import PATIENCE, FaultTest, P
from faults.crowd import HOLDERS, WAITERS, CrowdTest
from support.wait import eventually


class Frozen(CrowdTest):
    def freeze_for(self, seconds):
        self.join(*HOLDERS, *WAITERS)
        self.server.pause()
        self.let_pass(seconds)
        self.server.resume()
        self.assertAllComeBack()
        self.assertFinishInOrder()

    def test_for_half_a_second(self):
        self.freeze_for(0.5)

    def test_for_hardly_longer_than_the_expiry(self):
        self.freeze_for(3.3)

    def test_for_twice_the_expiry(self):
        self.freeze_for(6)


class FrozenWithTheShortestExpiry(CrowdTest):
    expiry = "1s"

    def test_for_hardly_longer_than_the_expiry(self):
        Frozen.freeze_for(self, 1.2)


class Stopped(FaultTest):
    def test_a_waiter_that_goes_on_after_a_while_makes_nobody_wait(self):
        holder = self.holder("holder", expiry="1m")
        waiter = self.waiter("waiter", expiry="1m")
        waiter.running.signal(signal.SIGSTOP)
        eventually(lambda: self.idle("blpop") >= 6, PATIENCE, "a long silence")
        heard = self.server.call("HGET", P, "seen")
        waiter.running.signal(signal.SIGCONT)
        eventually(lambda: self.server.call("HGET", P, "seen") != heard, PATIENCE, "its next question")
        holder.finish()
        waiter.wait_for_start().finish()

    def test_a_holder_that_goes_on_after_a_while_makes_nobody_wait(self):
        holder = self.holder("holder", expiry="3s", capacity=2)
        self.wait_for_script("semaphore/renew")
        holder.running.signal(signal.SIGSTOP)
        eventually(lambda: self.idle("eval(sha)?") >= 6, PATIENCE, "a long silence")
        holder.running.signal(signal.SIGCONT)
        eventually(self.live_holders, PATIENCE, "a renewal")
        self.caller("newcomer", "-n", capacity=2).wait_for_start().finish()
        holder.finish()

    def idle(self, command):
        """Since when the client whose last command it was has said nothing, in seconds."""
        [line] = [line for line in self.server.call("CLIENT", "LIST").splitlines() if re.search(f" cmd={command} ", line)]
        return int(re.search(r" idle=(\d+) ", line)[1])


class Flushed(CrowdTest):
    def test_everyone_comes_back_to_the_same_slots_and_places(self):
        self.join(*HOLDERS, *WAITERS)
        fences = {tag: self.fence_of(self.crowd[tag]) for tag in HOLDERS}
        self.server.call("FLUSHALL")
        self.assertAllComeBack()
        self.assertEqual({tag: self.fence_of(self.crowd[tag]) for tag in HOLDERS}, fences)
        self.assertFinishInOrder()

    def test_each_loss_is_told_in_one_warning_of_each_holder_and_to_no_waiter(self):
        self.join(*HOLDERS, *WAITERS[:2])
        self.server.call("FLUSHALL")
        self.assertAllComeBack(waiters=WAITERS[:2])
        for tag in HOLDERS:
            self.assertOneLine(self.crowd[tag].running.err(), "warning", "sem 't'", self.server.url, "lost the lease",
                               "CMD goes on")
        for tag in WAITERS[:2]:
            self.assertEqual(self.crowd[tag].running.err(), "")


if __name__ == "__main__":
    unittest.main()
