"""The checks of test_one_interface.py find what they are there to find."""

import pathlib
import re
import shutil
import tempfile
import unittest

import checks
import shells
from support.tool import BINARY, ROOT

COMPLETIONS = {"completions/limiters.bash": "bash", "completions/_limiters": "zsh", "completions/limiters.fish": "fish"}


class WhatIsMissingIsNamed(unittest.TestCase):
    """Each on a copy in which one thing has been taken out or changed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("man", "completions", "src"):
            shutil.copytree(ROOT / name, self.root / name)
        self.edited = set()

    def edit(self, path, pattern, replacement=""):
        file = self.root / path
        text, count = re.subn(pattern, replacement, file.read_text(), flags=re.MULTILINE)
        self.assertTrue(count, f"{pattern} is not in {path}")
        file.write_text(text)
        self.edited.add(path)

    def help_through(self, command):
        """A limiters whose --help has gone through sed."""
        fake = self.root / "limiters"
        fake.write_text(f"#!/bin/sh\n'{BINARY}' \"$@\" | sed '{command}'\n")
        fake.chmod(0o755)
        return fake

    def assert_named(self, check, *texts, binary=BINARY):
        asked = [shell for path, shell in COMPLETIONS.items() if path in self.edited]
        complaints = check(checks.Places(self.root, binary, asked))
        for text in texts:
            self.assertTrue(any(text in c for c in complaints), f"{text!r} is not among {complaints}")

    def test_all_completions_offer_what_is_new_in_help(self):
        complaints = checks.options(checks.Places(self.root, self.help_through("s/--weight W /--poids W  /")))
        self.assertEqual({"'limiters sem run': the option --weight is missing in --help, and stands in the manual",
                          "'limiters sem acquire': the option --weight is missing in --help, and stands in the manual",
                          "'limiters sem run': the option --poids is missing in the manual, and stands in --help",
                          "'limiters sem acquire': the option --poids is missing in the manual, and stands in --help"},
                         set(complaints))

    def test_an_option_that_a_completion_lacks(self):
        self.edit("completions/limiters.bash", r"\(--\[a-z-\]\+\)", "(--[a-y-]+)")
        self.edit("completions/_limiters", r"\(--\[a-z-\]\+\)", "(--[a-y-]+)")
        self.edit("completions/limiters.fish", r"\(--\[a-z-\]\+\)", "(--[a-y-]+)")
        self.assert_named(checks.options, *(
            f"'limiters bucket pipe -': the option --tokens-from-size is missing in {shell}, and stands in --help"
            for shell in ("bash", "zsh", "fish")))

    def test_an_option_that_only_a_completion_has(self):
        self.edit("completions/limiters.bash", r'words\+=" \$', 'words+=" --colour $')
        self.assert_named(checks.options, "'limiters -': the option --colour is missing in --help, and stands in bash",
                          "'limiters sem run -': the option --colour is missing in --help")

    def test_an_option_that_the_manual_lacks_long_or_short(self):
        self.edit("man/limiters-sem.1", r"^\.It Fl -min-hold Ar D\n", "\n")
        self.edit("man/limiters-bucket.1", r"^\.It Fl n , ", ".It ")
        self.assert_named(checks.options, "'limiters sem run': the option --min-hold is missing in the manual",
                          "'limiters bucket acquire': the option -n is missing in the manual")

    def test_an_option_that_help_lacks(self):
        self.assert_named(checks.options, "'limiters sem run': the option --weight is missing in --help",
                          binary=self.help_through("/--weight/d"))

    def test_a_subcommand_that_a_place_lacks(self):
        self.edit("completions/limiters.fish", r"Subcommands: \$argv", "Commands: $argv")
        self.edit("man/limiters-bucket.1", r"bucket run", "bucket ran")
        self.assert_named(checks.subcommands, "after 'limiters ' the subcommand bucket is missing in fish",
                          "after 'limiters server ' the subcommand stop is missing in fish",
                          "the subcommand bucket run is missing in the manual")

    def test_a_choice_that_a_completion_lacks(self):
        self.edit("completions/limiters.bash", r"//\|/ \}", "%%|*}")
        self.edit("completions/_limiters", r"//\|/ \}", "%%|*}")
        self.edit("completions/limiters.fish", r"\(string split '\|'", "wait (string split '|'")
        self.assert_named(
            checks.values, "'limiters bucket run --on-unavailable ': the value run is missing in bash, and stands in",
            "'limiters sem run --on-lost=': the value keep is missing in zsh",
            "--on-outage ': the value wait is missing in --help, and stands in fish")

    def test_a_completion_that_takes_a_value_for_a_flag_and_a_flag_for_one_with_a_value(self):
        self.edit("completions/limiters.bash", r"\[\[ ! \$\{values\[\$word\]-\} \]\] \|\| option", "option")
        self.edit("completions/limiters.fish", r"set value \(__limiters_value \$word \$help\)", "set value")
        self.assert_named(checks.values, "'limiters sem run --no-wait ': nothing follows in bash",
                          "'limiters sem run --expiry ': the value -- is missing in --help, and stands in fish")

    def test_files_that_a_completion_does_not_offer(self):
        self.edit("completions/_limiters", "FILE.PATH", "FILES")
        self.assert_named(checks.values, f"'limiters --tls-ca ': the value {shells.FILE} is missing in zsh")

    def test_a_default_that_differs(self):
        self.edit("man/limiters-sem.1", r"^Default: 30s\.", "Default: 60s.")
        self.assert_named(checks.defaults,
                          "'limiters sem run': the default of --expiry is '30s' in --help, '60s' in the manual")

    def test_an_exit_code_that_a_place_lacks_or_words_differently(self):
        self.edit("src/base/exit_code.hpp", r"^    lost = 79,", "    lost = 80,")
        self.edit("man/limiters.1", r"^CMD was not found$", "no such CMD")
        self.assert_named(checks.exit_codes, "the exit code 80 is missing in --help",
                          "the exit code 79 is missing in src/base/exit_code.hpp",
                          "exit code 127 is 'CMD was not found' in the sources, 'no such CMD' in the manual")

    def test_a_variable_that_a_place_lacks(self):
        self.edit("man/limiters-sem.1", r"^\.It Ev LIMITERS_FENCE", ".It Ev LIMITERS_FENCES")
        self.edit("src/options/flags.hpp", r'= "on-lost"', '= "on-loss"')
        (self.root / "src" / "new.cpp").write_text('std::getenv("LIMITERS_NEW"); std::getenv("COLUMNS_NEW");\n')
        self.assert_named(checks.variables, "the variable LIMITERS_FENCE is missing in the manual",
                          "the variable LIMITERS_FENCES is missing in src",
                          "the variable LIMITERS_ON_LOSS is missing in --help",
                          "the variable LIMITERS_NEW is missing in --help",
                          "the variable COLUMNS_NEW is read in src, and missing in the manual")

    def test_a_program_without_a_default_name_that_the_manual_lacks(self):
        self.edit("man/limiters-sem.1", r"\bxargs yarn\b", "yarn")
        self.assert_named(checks.programs_without_default_name,
                          "among the programs without a default name xargs is missing in the manual")

    def test_a_command_behind_the_dashes_that_is_not_completed(self):
        self.edit("completions/_limiters", "if \\(\\( end < CURRENT", "if (( end < 0")
        self.assert_named(checks.commands, "'limiters sem run -- fals' is not completed to false in zsh")


if __name__ == "__main__":
    unittest.main()
