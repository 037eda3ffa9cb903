"""A hundred failovers that lose writes, half of them by a crash, with and without --replicas 1.

With it nothing is doubled. Without it some are, which is the manual's promise; how many is printed.
LIMITERS_FAILOVERS sets another number.
"""

import os
import unittest

from long.failovers import Failovers

TIMEOUT = 5400
COUNT = int(os.environ.get("LIMITERS_FAILOVERS", "100"))


class UnderLoad(unittest.TestCase):
    def doubled(self, *options):
        with Failovers(*options) as failovers:
            for i in range(COUNT):
                failovers.as_planned() if i % 2 else failovers.by_a_crash()
                alone, beside = failovers.seen()
                print(f"{' '.join(options) or 'without it'}: {i + 1} failovers, {alone + beside} commands, {beside} doubled",
                      flush=True)
            failovers.end()
            return failovers.seen()[1]

    def test_with_it_no_command_that_was_started_is_doubled(self):
        self.assertEqual(self.doubled("--replicas", "1"), 0)

    def test_without_it_the_promise_stands_as_it_is(self):
        self.assertLessEqual(self.doubled(), 8 * COUNT)


if __name__ == "__main__":
    unittest.main()
