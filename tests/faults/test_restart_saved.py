"""The server is killed and comes back with its data, of now or of an older moment, under commands that run and wait."""

import signal
import unittest

from faults.callers import PATIENCE, FaultTest
from faults.crowd import HOLDERS, WAITERS, CrowdTest


class RestartWithItsData(CrowdTest):
    def restart_after(self, seconds):
        self.join(*HOLDERS, *WAITERS)
        self.server.save()
        self.server.kill()
        self.let_pass(seconds)
        self.server.start()
        self.assertAllComeBack()
        self.assertFinishInOrder()

    def test_away_for_half_a_second(self):
        self.restart_after(0.5)

    def test_away_for_five_seconds(self):
        self.restart_after(5)

    def test_away_for_twice_the_expiry(self):
        self.restart_after(6)


class RestartWithOlderData(CrowdTest):
    """What was saved knows a holder that has ended since, takes its successor for a waiter, and lacks most of the queue."""

    def restart_after(self, seconds):
        self.join(*HOLDERS[:4])
        early = self.holder("early", capacity=5)
        successor = self.waiter("successor", capacity=5)
        self.join(*WAITERS[:3])
        self.server.save()
        early.finish()
        successor.wait_for_start()
        self.crowd["successor"] = successor
        self.join(*WAITERS[3:])
        fences = {tag: self.fence_of(self.crowd[tag]) for tag in (*HOLDERS[:4], "successor")}
        self.server.kill()
        self.let_pass(seconds)
        self.server.start()
        self.assertAllComeBack(holders=fences)
        self.assertEqual({tag: self.fence_of(self.crowd[tag]) for tag in fences}, fences)
        self.assertFinishInOrder(running=[*HOLDERS[:4], "successor"])

    def test_away_for_half_a_second(self):
        self.restart_after(0.5)

    def test_away_for_five_seconds(self):
        self.restart_after(5)

    def test_away_for_twice_the_expiry(self):
        self.restart_after(6)


class Fences(FaultTest):
    def test_no_fence_is_given_again_after_a_restart_with_older_data(self):
        self.assertEqual(self.run_once("before"), 0)
        self.server.save()
        self.run_once("lost")
        kept = self.holder("kept", capacity=2, expiry="1m")
        kept_fence = self.fence_of(kept)
        kept.running.signal(signal.SIGSTOP)  # it does not come back before the others
        self.server.kill()
        self.server.start()
        for tag in ("next", "after it"):
            self.run_once(tag)
        kept.running.signal(signal.SIGCONT)
        kept.finish()
        self.run_once("last")
        fences = [int(line.split()[1]) for line in self.fences.read_text().splitlines()]
        self.assertEqual(sorted({kept_fence, *fences}), [*fences[:2], kept_fence, *fences[2:]])

    def run_once(self, tag):
        """A command that writes down its fence."""
        self.fences = self.stage.path / "fences"
        note = ["sh", "-c", 'echo "$1 $LIMITERS_FENCE" >>"$2"', "sh", tag.replace(" ", "-"), self.fences]
        return self.caller(tag, command=note, capacity=2).running.wait(PATIENCE).code


if __name__ == "__main__":
    unittest.main()
