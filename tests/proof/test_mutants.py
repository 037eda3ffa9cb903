"""The mutants can still be built: what they change is there, and so are the tests that should notice. Whether these do: tests/run.sh mutants."""

import subprocess
import unittest

from mutants import mutants
from support.tree import ROOT


class Mutants(unittest.TestCase):
    def test_every_patch_applies(self):
        for mutant in mutants():
            with self.subTest(mutant=mutant.name):
                check = subprocess.run(["git", "-c", "safe.directory=*", "apply", "--check", mutant.path], cwd=ROOT, capture_output=True, text=True)
                self.assertEqual(check.returncode, 0, f"write it anew for the text as it is now: {check.stderr}")

    def test_every_one_says_what_it_breaks_and_names_tests_that_are_there(self):
        for mutant in mutants():
            with self.subTest(mutant=mutant.name):
                self.assertRegex(mutant.sentence, r"^[A-Z-].*\.$|^limiters .*\.$")
                self.assertEqual([t for t in mutant.tests if not (ROOT / "tests" / f"{t}.py").exists()], [])
                self.assertTrue(mutant.tests or mutant.checker)


if __name__ == "__main__":
    unittest.main()
