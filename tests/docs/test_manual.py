"""The manual: clean mdoc, lists that are those of --help, and examples that work as they stand."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import update_manual
from interface import CommandLine
from manual import PAGES, Manual
from support.tool import BINARY, limiters
from support.tree import files, text

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
                sections = Manual(page).sections
                self.assertEqual(["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "NOTES",
                                  "EXAMPLES", "SEE ALSO"], [name for name in sections if name not in ("FILES", "REPORTING BUGS")], page.name)

    def test_each_option_of_a_subcommand_stands_in_the_synopsis(self):
        for page in (page for page in PAGES if page.suffix == ".1"):
            synopsis, options = re.findall(r"^\.Sh (?:SYNOPSIS|OPTIONS)\n(.*?)(?=^\.Sh )", page.read_text(), re.DOTALL | re.MULTILINE)
            told = set(re.findall(r"(?:Fl|\|)(?: Fl)? (-?[A-Za-z0-9][a-z-]*)", synopsis))
            entries = re.findall(r"^\.It (Fl .*)", options.split(".Ss limiters ", 1)[1], re.MULTILINE)
            self.assertTrue(entries)
            self.assertEqual([entry for entry in entries if not told & set(re.findall("Fl ([^ ]+)", entry))], [], page.name)

    def test_there_is_a_page_for_each_of_the_four_names(self):
        self.assertEqual(["limiters-bucket.1", "limiters-sem.1", "limiters.1", "limiters.7"],
                         [page.name for page in PAGES])


class ItsLists(unittest.TestCase):
    """Those of options, exit codes, variables and programs are written by update_manual.py from --help."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for page in PAGES:
            shutil.copy(page, self.folder)

    def edit(self, page, *changes):
        for pattern, replacement in changes:
            changed, count = re.subn(pattern, replacement, self.page(page), count=1, flags=re.MULTILINE | re.DOTALL)
            self.assertTrue(count, pattern)
            (self.folder / page).write_text(changed)

    def page(self, name):
        return (self.folder / name).read_text()

    def assert_as_in_the_checkout(self):
        update_manual.update(BINARY, self.folder)
        for page in PAGES:
            self.assertEqual(page.read_text(), self.page(page.name), "run: cmake --build build/test --target manual")

    def test_they_are_those_of_help(self):
        self.assert_as_in_the_checkout()

    def test_what_differs_is_mended_and_prose_is_left_alone(self):
        self.edit("limiters-sem.1", (r"^Range: 1s to 1d", "Range: 1s to 2d"), (r"^Default: 30s\.\n", ""),
                  (r"^Variable:\n.Ev LIMITERS_ON_LOST \.\n", ""), (r"\bxargs yarn\b", "yarn"))
        self.edit("limiters-bucket.1", (r"^\.It Fl n , Fl -no-wait", ".It Fl -no-wait Ar D"), (r"^Required\.\n", ""))
        self.edit("limiters.1", (r"^CMD was not found$", "no such CMD"), (r"^\.It Ev LIMITERS_CONFIG\n.Fl -config\n", ""))
        self.assert_as_in_the_checkout()

    def test_an_option_that_is_new_comes_to_those_of_the_same_subcommands_with_its_line_of_help(self):
        self.edit("limiters-sem.1", (r"^\.It Fl -min-hold.*?(?=^\.It )", ""))
        update_manual.update(BINARY, self.folder)
        self.assertRegex(self.page("limiters-sem.1"),
                         r"(?ms)^\.Ss limiters sem run\n(?:(?!^\.Ss ).)*"
                         r"^\.It Fl -min-hold Ar D\nThe slot stays taken .*?\.\nDefault: 0\.\n\.El$")

    def test_an_option_that_is_gone_is_for_the_writer(self):
        self.edit("limiters-sem.1", (r"^\.It Fl -min-hold", ".It Fl -max-hold"))
        with self.assertRaisesRegex(update_manual.Mistake, "limiters-sem.1:.*--max-hold"):
            update_manual.update(BINARY, self.folder)

    def test_every_variable_that_is_read_or_set_has_its_place(self):
        line = CommandLine(BINARY)
        levels = ("", *line.subcommands)
        read = {name for path in files("src") for name in re.findall(r'getenv\("(\w+)"\)', text(path))}
        of_options = {option.variable for level in levels for option in line.options(level)} - {""}
        of_the_command = {name for level in levels for name in line.help(level).variables_of_the_command}
        self.assertLessEqual({"LIMITERS_FENCE", "LIMITERS_WAITED_MS"}, of_the_command)
        known = {name for name in Manual().variables if name.startswith("LIMITERS_")}
        self.assertEqual(of_options | of_the_command, known)
        self.assertEqual(set(), read - Manual().variables)


class TheExamples(unittest.TestCase):
    """Each is run up to the point where it asks Redis, which is not there: it was understood if that is all it says."""

    @classmethod
    def setUpClass(cls):
        displays = Manual().displays
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
