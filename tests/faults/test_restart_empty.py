"""The server is killed and comes back without its data, under five commands that run and ten that wait."""

import unittest

from faults.crowd import WAITERS, HOLDERS, CrowdTest


class RestartEmpty(CrowdTest):
    def restart_after(self, seconds):
        self.join(*HOLDERS, *WAITERS)
        self.server.kill()
        self.let_pass(seconds)
        self.server.start(empty=True)
        self.assertAllComeBack()
        self.assertFinishInOrder()

    def test_away_for_half_a_second(self):
        self.restart_after(0.5)

    def test_away_for_five_seconds(self):
        self.restart_after(5)

    def test_away_for_twice_the_expiry(self):
        self.restart_after(6)


class RestartEmptyWithTheShortestExpiry(RestartEmpty):
    expiry = "1s"

    test_away_for_twice_the_expiry = None

if __name__ == "__main__":
    unittest.main()
