"""ARCHITECTURE.md speaks of the files and of the fields in Redis that there are."""

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

    def test_each_field_of_a_semaphore_has_its_row(self):
        [fields] = re.findall(r"^local FIELDS = \{(.*?)\}", text("lua/semaphore/common_state.lua"), re.DOTALL | re.MULTILINE)
        fields = re.findall(r"'(\w+)'", fields)
        self.assertGreater(len(fields), 20)
        [table] = re.findall(r"^\| key `PREFIX:\d+:sem:.*?\n\n", text("ARCHITECTURE.md"), re.DOTALL | re.MULTILINE)
        told = {word for words in re.findall("`([^`]*)`", table) for word in words.split()}
        self.assertEqual([field for field in fields if field not in told], [])

    def found(self, name):
        return any(True for end in ("", ".py", ".lua", ".hpp") for _ in ROOT.glob(name + end))


if __name__ == "__main__":
    unittest.main()
