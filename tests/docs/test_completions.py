"""The completions of bash, zsh and fish offer what --help tells, and the limiters and holders that the server has: they
have no lists of their own."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

import shells
from interface import GLOBAL, CommandLine, names_of
from support.screen import ScreenOf
from support.server import Server
from support.tool import BINARY, ROOT, limiters
from support.wait import eventually

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


ODD = 'my "odd" $name'
SEMAPHORES = {"deploy", "team/a:b", "it's", "na\u00efve \u2603", ODD}


class WhatTheServerHas(unittest.TestCase):
    """Without a server nothing of this is offered, which the tests above tell."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        for name in SEMAPHORES:
            cls.lease = cls.ask("sem", "acquire", "--name", name, "--capacity", 2, "--expiry", "1h").strip()
        cls.ask("bucket", "acquire", "--name", "api", "--rate", "1/1h")

    @classmethod
    def ask(cls, *words):
        done = limiters(*map(str, words), redis=cls.server.url)
        if done.code:
            raise AssertionError(done.err)
        return done.out

    @classmethod
    def holder(cls, name):
        """What status tells of who holds it."""
        listed = json.loads(cls.ask("status", "--json"))["limiters"]
        return next(one["holders"][0] for one in listed if one["name"] == name)

    def assert_offered(self, expected, redis=None):
        for shell, ask in shells.SHELLS.items():
            plain = shell.startswith("bash")  # which shows what it inserts, the other shells what is meant
            known = {}

            def everything_is_there():
                # A shell asks for 200 ms at most, which a busy machine may take for itself.
                lines = [line for line in expected if not known.get(line)]
                known.update(ask(ROOT / "completions", BINARY, lines, redis))
                return all(known[line] or not expected[line] for line in expected)

            with contextlib.suppress(AssertionError):
                eventually(everything_is_there, 20, "an offer for each line")
            for line, offers in expected.items():
                with self.subTest(shell=shell, line=line):
                    self.assertEqual({in_bash(offer) for offer in offers} if plain else offers, known.get(line))

    def test_names_of_limiters_of_the_right_kind(self):
        every = SEMAPHORES | {"api"}
        self.assert_offered({
            "limiters sem run --name ": SEMAPHORES, "limiters sem acquire --capacity 2 --name ": SEMAPHORES,
            "limiters sem release --name d": {"deploy"}, "limiters bucket run --name ": {"api"},
            "limiters bucket pipe --name ": {"api"}, "limiters status ": every, "limiters status --json ": every,
            "limiters top ": every, "limiters top deploy ": set(),
            "limiters reset sem ": SEMAPHORES, "limiters reset --yes bucket ": {"api"},
            "limiters limit sem ": SEMAPHORES, "limiters pause bucket ": {"api"}, "limiters resume sem ": SEMAPHORES,
            "limiters resume sem deploy ": set(), "limiters resume x ": set(),
        }, self.server.url)

    def test_a_name_as_a_pattern_matches_nothing_else(self):
        with Server() as server:
            limiters("sem", "acquire", "--name", "*[x]", "--capacity", "1", redis=server.url)
            self.assert_offered({"limiters status ": {r"\*\[x\]"}, "limiters reset sem ": {"*[x]"}}, server.url)

    def test_a_name_that_is_not_shown_as_it_is_is_not_offered(self):
        with Server() as server:
            for name in ("a\u200bb", r"a\x", r"a\y", "b"):
                done = limiters("sem", "acquire", "--name", name, "--capacity", "1", redis=server.url)
                self.assertEqual(0, done.code, done.err)
            self.assert_offered({"limiters reset sem ": {"b", r"a\y"}}, server.url)

    def test_holders_of_the_limiter_that_is_named(self):
        ids = {name: self.holder(name)["id"] for name in ("deploy", "it's")}
        self.assert_offered({"limiters sem release --name deploy --holder ": {ids["deploy"]},
                             "limiters sem release --name it\\'s --holder ": {ids["it's"]},
                             "limiters sem release --name=deploy --holder " + ids["deploy"][:4]: {ids["deploy"]},
                             "limiters sem release --name api --holder ": set(),
                             "limiters sem release --holder ": set()}, self.server.url)

    def test_leases_which_can_be_renewed_and_released(self):
        with Server() as server, subprocess.Popen(["sleep", "1000"]) as script:
            def ask(*words):
                return limiters(*words, redis=server.url)

            try:
                ask("sem", "acquire", "--name", "a", "--capacity", "1", "--until-exit", str(script.pid))
                lease = json.loads(ask("status", "--json").out)["limiters"][0]["holders"][0]["lease"]
                self.assert_offered({"limiters sem renew ": {lease}, "limiters sem release ": {lease},
                                     f"limiters sem release {lease} ": set()}, server.url)
                self.assertEqual([0, 0], [ask("sem", verb, lease).code for verb in ("renew", "release")])
            finally:
                script.kill()
                script.wait()
                eventually(lambda: len(server.call("CLIENT", "LIST").splitlines()) == 1, 10, "the end of the keeper")

    def test_the_options_for_all_commands_that_stand_on_the_line_are_heeded(self):
        url = self.server.url
        self.assert_offered({f"limiters --redis {url} bucket run --name ": {"api"},
                             f"limiters status --redis={url} d": {"deploy"},
                             f"limiters --redis '{url}' --redis-timeout 1 pause bucket ": {"api"},
                             f"limiters --redis {url} --key-prefix other status ": set()})

    def test_a_server_that_hangs_delays_no_completion(self):
        with Server() as server:
            limiters("sem", "acquire", "--name", "a", "--capacity", "1", redis=server.url)
            server.pause()
            for shell, ask in shells.SHELLS.items():
                with self.subTest(shell=shell):
                    began = time.monotonic()
                    self.assertEqual({"limiters status ": set()},
                                     ask(ROOT / "completions", BINARY, ["limiters status "], server.url))
                    self.assertLess(time.monotonic() - began, 4)  # s; --redis-timeout is 5 s

    def test_names_are_quoted_as_the_shell_needs_it(self):
        """On a terminal, with the key Tab: the limiter that was meant gets the pause."""
        source = {"bash": f"bash --norc --noprofile\nsource {ROOT}/completions/limiters.bash",
                  "zsh": f"zsh -f\nfpath=({ROOT}/completions $fpath); autoload -Uz compinit; compinit -u -D",
                  "fish": f"fish --no-config\nsource {ROOT}/completions/limiters.fish"}
        for shell, lines in source.items():
            with tempfile.TemporaryDirectory() as home:
                pathlib.Path(home, "limiters").symlink_to(BINARY)
                env = {"HOME": home, "PATH": f"{home}:/usr/bin:/bin", "LIMITERS_REDIS": self.server.url}
                with ScreenOf(width=150, env=env) as screen:
                    for line in (*lines.split("\n"), "cd; echo read''y"):
                        screen.type(line)
                        screen.press("Enter")
                    screen.wait_for("ready")
                    for typed, shown, name in (("my", "odd", ODD), ("'my", "odd", ODD), ("it", "'s", "it's"),
                                               ("na", "\u2603", "na\u00efve \u2603"), ("te", "a:b", "team/a:b")):
                        with self.subTest(shell=shell, typed=typed):
                            self.pause_by_tab(screen, typed, shown, name)

    def pause_by_tab(self, screen, typed, shown, name):
        self.ask("resume", "sem", name)
        screen.press("C-l")
        screen.wait_until_gone(shown)
        screen.type(f"limiters pause sem {typed}")

        def is_completed():
            screen.press("Tab")
            with contextlib.suppress(AssertionError):
                return screen.wait_for(shown, patience=2)

        eventually(is_completed, 20, f"{name} on the line")
        screen.type(" --for 1m")
        screen.press("Enter")
        eventually(lambda: self.paused() == {name}, 10, f"a pause of {name}")
        self.ask("resume", "sem", name)

    def paused(self):
        return {one["name"] for one in json.loads(self.ask("status", "--json"))["limiters"] if one["pause"]}


def in_bash(text):
    """The text as bash's completion gives it to the line."""
    return "".join(c if c.isalnum() or c in "_./:@%+,=-" or not c.isascii() else "\\" + c for c in text)


if __name__ == "__main__":
    unittest.main()
