"""The manual: clean mdoc, and examples that work as they stand."""

import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import unittest

import interface
from support.tool import ROOT, limiters

PAGES = sorted((ROOT / "man").glob("*.[1-8]"))
UNAVAILABLE = 69


def commands_in(text):
    """Each `limiters OPTION… -- CMD` of a shell text, as (options, word of CMD); a nested one comes by itself, too."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        for place, word in enumerate(words):
            if pathlib.PurePath(word).name == "limiters":
                if "--" in words[place:]:
                    end = words.index("--", place)
                    found.append((words[place + 1:end], words[end + 1]))
    return found


class TheManual(unittest.TestCase):
    def test_every_page_is_clean_for_mandoc(self):
        self.assertTrue(PAGES)
        for page in PAGES:
            with self.subTest(page.name):
                lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, text=True,
                                      timeout=20)
                self.assertEqual((0, "", ""), (lint.returncode, lint.stdout, lint.stderr))

    def test_mandoc_would_complain(self):
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(PAGES[0].read_text().replace(".El\n", "", 1))
            page.flush()
            lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page.name], capture_output=True, timeout=20)
            self.assertNotEqual(0, lint.returncode)

    def test_the_sections_stand_in_the_order_of_flock(self):
        for page in PAGES:
            if page.suffix == ".1":
                sections = interface.Manual(page).sections
                self.assertEqual(["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "NOTES",
                                  "EXAMPLES", "SEE ALSO"], [name for name in sections if name != "FILES"], page.name)

    def test_there_is_a_page_for_each_of_the_four_names(self):
        self.assertEqual(["limiters-bucket.1", "limiters-sem.1", "limiters.1", "limiters.7"],
                         [page.name for page in PAGES])


class TheExamples(unittest.TestCase):
    """Each is run up to the point where it asks Redis, which is not there: it was understood if that is all it says."""

    @classmethod
    def setUpClass(cls):
        displays = interface.Manual(*PAGES).displays
        cls.commands = [found for section, text in displays if section == "EXAMPLES" for found in commands_in(text)]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_example(self, options, command):
        """With a program of the same base name in the place of CMD."""
        program = self.folder / pathlib.PurePath(command).name
        if not program.exists():
            shutil.copy("/bin/true", program)
        for place, word in enumerate(options[:-1]):
            if word == "--redis":
                options[place + 1] = f"unix://{self.folder}/nothing"
        env = {"PATH": f"{self.folder}:{os.defpath}", "LIMITERS_REDIS": f"unix://{self.folder}/nothing",
               "LIMITERS_REDIS_TIMEOUT": "100ms"}
        return limiters(*options, "--", program, env=env)

    def test_there_are_examples_of_both_subcommands_and_of_one_in_the_other(self):
        self.assertGreaterEqual(len(self.commands), 8)
        texts = [" ".join(options) for options, _ in self.commands]
        self.assertTrue(any("sem run" in text for text in texts))
        self.assertTrue(any("bucket run" in text for text in texts))
        self.assertTrue(any(command == "limiters" for _, command in self.commands))

    def test_every_example_is_understood(self):
        for options, command in self.commands:
            with self.subTest(" ".join(options)):
                result = self.run_example(list(options), command)
                runs_anyway = "--on-unavailable" in options
                self.assertEqual(0 if runs_anyway else UNAVAILABLE, result.code, result.err)
                self.assertIn("cannot reach", result.err)

    def test_an_example_with_an_unknown_option_would_not_be_understood(self):
        for options, command in self.commands[:1]:
            self.assertEqual(64, self.run_example([*options, "--no-such-option"], command).code)


if __name__ == "__main__":
    unittest.main()
