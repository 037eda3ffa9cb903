"""Half a minute of mutated input for each part of the program that reads what comes from outside."""

import subprocess
import sys
import unittest

from support.tree import ROOT

TIMEOUT = 1800


class Fuzz(unittest.TestCase):
    def test_nothing_breaks(self):
        run = subprocess.run([sys.executable, ROOT / "tests/fuzz/fuzz.py"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
