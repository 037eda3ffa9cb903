"""All states of the large configurations of the exhaustive model, and long traces of it on the real scripts."""

import os
import subprocess
import sys
import unittest

from support.tree import ROOT

TIMEOUT = 3600


class Exhaustive(unittest.TestCase):
    def test_no_state_breaks_a_promise(self):
        self.run_quietly([sys.executable, ROOT / "tests/exhaustive/states.py", "--large"])

    def test_the_scripts_do_what_the_model_does(self):
        self.run_quietly([sys.executable, "-m", "unittest", "-k", "Traces", "exhaustive.test_exhaustive"], LIMITERS_TRACES="40")

    def run_quietly(self, words, **settings):
        run = subprocess.run(words, cwd=ROOT / "tests", env=os.environ | settings, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
