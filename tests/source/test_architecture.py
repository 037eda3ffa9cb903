"""ARCHITECTURE.md speaks of the files that there are."""

import re
import unittest

from support.tree import ROOT, text

NAMED = re.compile(r"(?<![\w/])((?:lua|tests|src|faults|model|process|cli|long|run|redis|local|bucket|semaphore)/[\w*./]*\w\*?)")
ROOTS = ("", "src/", "lua/", "tests/")


class Architecture(unittest.TestCase):
    def test_each_file_that_it_names_is_there(self):
        named = set(NAMED.findall(text("ARCHITECTURE.md")))
        self.assertGreater(len(named), 30)
        self.assertEqual([name for name in sorted(named) if not any(self.found(root + name) for root in ROOTS)], [])

    def found(self, name):
        return any(True for end in ("", ".py", ".lua", ".hpp") for _ in ROOT.glob(name + end))


if __name__ == "__main__":
    unittest.main()
