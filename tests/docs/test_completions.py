"""The completions of bash, zsh and fish offer what --help tells: they read it, and have no lists of their own."""

import unittest

import shells
from interface import GLOBAL, CommandLine, names_of
from support.tool import BINARY, ROOT

LINE = CommandLine(BINARY)
EACH = {option: s for s in (*sorted(LINE.subcommands, reverse=True), GLOBAL) for option in LINE.options(s)}  # once each


def title(subcommand):
    return f"limiters {subcommand}".strip()


class Completions(unittest.TestCase):
    maxDiff = None

    def offers(self, lines):
        """(shell, line, what is offered at its end) for all shells."""
        lines = sorted(set(lines))
        for shell, ask in shells.SHELLS.items():
            for line, offered in ask(ROOT / "completions", BINARY, lines).items():
                yield shell, line, offered

    def assert_offered(self, expected, ignored=lambda offer: False):
        """expected: {line: what is offered at its end, in each shell}."""
        for shell, line, offered in self.offers(expected):
            with self.subTest(shell=shell, line=line):
                self.assertEqual(expected[line], {offer for offer in offered if not ignored(offer)})

    def test_enough_is_read_from_help_for_these_tests_to_mean_something(self):
        self.assertLessEqual({"sem run", "sem acquire", "bucket run", "status", "server stop"}, LINE.subcommands)
        self.assertEqual({"", "sem", "bucket", "server"}, set(LINE.levels))
        self.assertTrue(LINE.runs_a_command("bucket run"))
        self.assertLessEqual({"--redis", "-q", "--quiet", "--version"}, names_of(LINE.options()))
        options = {option.label: option for option in LINE.options("sem run")}
        self.assertEqual({"-j", "--capacity"}, options["--capacity"].names)
        self.assertEqual({"stop", "keep"}, options["--on-lost"].choices)

    def test_subcommands(self):
        self.assert_offered({f"{title(level)} ": names for level, names in LINE.levels.items()},
                            ignored=lambda offer: offer.startswith("-"))

    def test_where_a_word_may_follow_no_option_is_offered_before_its_dash(self):
        with_words = {s for s in LINE.subcommands if LINE.help(s).takes_words}
        self.assertLessEqual({"status", "reset", "sem renew", "sem release"}, with_words)
        self.assert_offered({f"{title(s)} {given}": set() for s in with_words for given in ("", "x ")})

    def test_the_options_of_a_subcommand_and_those_of_all(self):
        everywhere = names_of(LINE.options())
        expected = {f"{title(level)} -": everywhere for level in LINE.levels}
        expected |= {f"{title(s)} -": everywhere | names_of(LINE.options(s)) for s in LINE.subcommands}
        self.assert_offered(expected, ignored=lambda offer: offer == "--")

    def test_the_values_of_an_option_where_they_are_known(self):
        files = {"FILE": {shells.FILE}, "PATH": {shells.FILE}}
        expected = {f"{title(subcommand)} {name} ": option.choices or files.get(option.value, set())
                    for option, subcommand in EACH.items() if option.value for name in option.names}
        self.assertEqual({"stop", "keep"}, expected["limiters sem run --on-lost "])
        self.assert_offered(expected)

    def test_a_choice_behind_an_equals_sign(self):
        for shell, _, offered in self.offers(["limiters sem run --on-lost="]):
            with self.subTest(shell=shell):  # some shells complete the whole word, some what is behind the sign
                self.assertEqual({"stop", "keep"}, {offer.removeprefix("--on-lost=") for offer in offered})

    def test_a_switch_has_no_value(self):
        expected = {}
        for option, subcommand in EACH.items():
            typed = "-" if LINE.help(subcommand).takes_words else ""
            follows = "--" if LINE.runs_a_command(subcommand) else "sem" if subcommand == GLOBAL else "--help"
            expected |= {f"{title(subcommand)} {name} {typed}": follows for name in option.names if not option.value}
        for shell, line, offered in self.offers(expected):
            with self.subTest(shell=shell, line=line):
                self.assertIn(expected[line], offered)

    def test_what_follows_the_dashes_is_completed_as_if_it_stood_alone(self):
        typed = {"fals": "false", "program --of": "--of-program"}
        expected = {f"{title(s)} -- {words}": offer for words, offer in typed.items()
                    for s in LINE.subcommands if LINE.runs_a_command(s)}
        for shell, line, offered in self.offers(expected):
            # Only the package bash-completion can complete the options of another program.
            if not (expected[line].startswith("-") and shell == "bash without bash-completion"):
                with self.subTest(shell=shell, line=line):
                    self.assertIn(expected[line], offered)


if __name__ == "__main__":
    unittest.main()
