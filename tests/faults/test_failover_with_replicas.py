"""A failover that loses writes: with --replicas 1 no command that had started gets another one beside it."""

import unittest

from faults.failovers import Failovers


class TwoFailovers(unittest.TestCase):
    def test_no_command_that_was_started_is_doubled(self):
        with Failovers("--replicas", "1") as failovers:
            failovers.by_a_crash()
            failovers.as_planned()
            failovers.end()
            alone, beside = failovers.seen()
        self.assertLess(16, alone)
        self.assertEqual(beside, 0)


if __name__ == "__main__":
    unittest.main()
