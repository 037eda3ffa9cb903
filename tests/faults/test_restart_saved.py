"""The server is killed and comes back with its data, of now or of an older moment, under commands that run and wait."""

import unittest

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


if __name__ == "__main__":
    unittest.main()
