"""A comment is a sentence with its own subject: nobody should have to look for the noun that a pronoun stands for."""

import re
import unittest

from support.tree import files, text


PRONOUNS = re.compile(r"(That|This|These|Those|It|Its|They|Them|Their|He|She|His|Who|Whom|Which|What it|Such|The same|Of|Or|And|But)\b|…|\.\.\.")
WITH_A_NOUN = re.compile(r"(This|That|These|Those|Such|Which|Its|Their) (?!is\b|are\b|was\b|one\b|ones\b|of\b|which\b|who\b)[a-z]\w+")


def blocks(path):
    """The comment blocks of a file, each with the number of its first line: whole lines that follow one another."""
    mark = "--" if path.suffix == ".lua" else "//"
    before = None
    for number, line in enumerate(text(path).splitlines(), 1):
        found = re.match(rf"\s*{re.escape(mark)} ?(.*)", line)
        if found and not before:
            yield number, found[1]
        before = found and found[1]


class Comments(unittest.TestCase):
    def test_no_block_begins_with_a_pronoun_without_its_noun(self):
        found = [f"{path}:{number}: {first}"
                 for path in files("src", "lua") if path.suffix in (".cpp", ".hpp", ".lua")
                 for number, first in blocks(path) if PRONOUNS.match(first) and not WITH_A_NOUN.match(first)]
        self.assertEqual(found, [])
