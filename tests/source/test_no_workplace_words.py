"""Tracked files speak to everyone: no path of one machine, no address of one package mirror, no secret."""

import re
import unittest

from support.tree import ROOT, files

# Put together here, so that this file is clean too.
REGISTRY_HOST = re.compile(rb"(?:deb|security|archive|registry|ftp)\.(?:debian|ubuntu|npmjs)\." rb"(?:org|com)|pypi\." rb"org")


def offenders(find):
    return [str(path) for path in files() if find((ROOT / path).read_bytes())]


class Words(unittest.TestCase):
    def test_no_file_holds_the_path_of_a_checkout(self):
        # A checkout in / or /limiters would make this a search for almost nothing.
        if len(str(ROOT)) < 10:
            self.assertEqual(offenders(re.compile(rb"/(?:home|root|Users)/\w+/limiters").search), [])
        else:
            self.assertEqual(offenders(lambda data: str(ROOT).encode() in data), [])

    def test_no_file_names_a_package_mirror(self):
        self.assertEqual(offenders(REGISTRY_HOST.search), [])

    def test_no_file_is_binary_or_ends_without_a_newline(self):
        found = offenders(lambda data: data and (b"\0" in data or not data.endswith(b"\n")))
        # What a fuzzer reads is what comes from outside: any bytes.
        self.assertEqual([name for name in found if not name.startswith("tests/fuzz/corpus/")], [])
