"""--help, the manual, the sources and the completions of bash, zsh and fish describe one command line. That --help
itself is true is for test_parser.py."""

import unittest

import checks
from support.tool import BINARY, ROOT

HERE = checks.Places(ROOT, BINARY)


class EveryPlaceSaysTheSame(unittest.TestCase):
    maxDiff = None

    def assert_none(self, complaints):
        if complaints:
            self.fail("\n".join(["", *complaints]))

    def test_enough_is_read_from_help_for_these_tests_to_mean_something(self):
        self.assertLessEqual({"sem run", "sem acquire", "bucket run", "status", "server stop"}, HERE.subcommands)
        self.assertEqual({"", "sem", "bucket", "server"}, set(HERE.levels))
        self.assertTrue(HERE.runs_a_command("bucket run"))
        self.assertFalse(HERE.runs_a_command("sem acquire"))
        self.assertLessEqual({"--redis", "-q", "--quiet", "--version"}, checks.names_of(HERE.options()))
        self.assertLessEqual({"--name", "-j", "--capacity", "--expiry", "-E"}, checks.names_of(HERE.options("sem run")))
        self.assertLessEqual({"--name", "-j", "--capacity", "--rate", "-E"}, checks.names_of(HERE.options("bucket run")))
        options = {option.label: option for option in HERE.options("sem run")}
        self.assertEqual("30s", options["--expiry"].default)
        self.assertEqual({"stop", "keep"}, options["--on-lost"].choices)
        self.assertEqual("LIMITERS_ON_LOST", options["--on-lost"].variable)
        self.assertLessEqual({64, 69, 75, 127}, set(HERE.help().exit_codes))
        self.assertLessEqual({"LIMITERS_REDIS", "LIMITERS_FENCE"}, HERE.sources.variables)

    def test_the_subcommands_of_help_are_in_the_manual_and_in_the_completions(self):
        self.assert_none(checks.subcommands(HERE))

    def test_where_a_word_may_follow_no_completion_offers_an_option_before_its_dash(self):
        self.assertEqual({"status", "reset", "sem renew", "sem release"},
                         {s for s in HERE.subcommands if HERE.help(s).takes_words})
        self.assert_none(checks.words(HERE))

    def test_the_options_of_help_are_in_the_manual_and_in_the_completions(self):
        self.assert_none(checks.options(HERE))

    def test_the_values_of_options_are_in_the_manual_and_in_the_completions(self):
        self.assert_none(checks.values(HERE))

    def test_the_defaults_of_help_are_those_of_the_manual(self):
        self.assert_none(checks.defaults(HERE))

    def test_the_exit_codes_of_the_sources_are_those_of_help_and_the_manual(self):
        self.assert_none(checks.exit_codes(HERE))

    def test_the_variables_of_the_sources_are_those_of_help_and_the_manual(self):
        self.assert_none(checks.variables(HERE))

    def test_the_programs_without_a_default_name_are_those_of_help_and_the_manual(self):
        self.assertLessEqual({"env", "sh", "sudo", "xargs"}, HERE.sources.programs_without_default_name)
        self.assert_none(checks.programs_without_default_name(HERE))

    def test_what_follows_the_dashes_is_completed_as_if_it_stood_alone(self):
        self.assert_none(checks.commands(HERE))


if __name__ == "__main__":
    unittest.main()
