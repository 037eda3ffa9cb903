"""--help: what it ends with, and the page of the manual that `limiters help` opens."""

import pathlib
import re
import shlex
import tempfile
import unittest

from interface import CommandLine
from support.tool import BINARY, ROOT, limiters

HERE = CommandLine(BINARY)
LEVELS = sorted(HERE.subcommands | set(HERE.levels))
RUNS = {"", "sem run", "bucket run"}
A_LEASE = "sem.ZGVwbG95.f61ab8f04ebc6108c2ea108c8baf17b2.0e014d9e"  # of another server


def examples(level):
    found = re.search(r"^Examples:\n((?:  .*\n)+)\n", HERE.help(level).text, re.MULTILINE)
    return [line.strip() for line in found[1].splitlines()] if found else []


def calls_of(example):
    """The words of each `limiters` in a line of a shell, up to its CMD."""
    lexer = shlex.shlex(example, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    calls, call = [], None
    for word in lexer:
        if word == "limiters":
            call = []
            calls.append(call)
        elif re.fullmatch(r"[();<>|&]+|--", word):
            call = None
        elif call is not None:
            call.append(word)
    return calls


class Ends(unittest.TestCase):
    def test_each_level_ends_with_two_examples_of_its_own(self):
        for level in LEVELS:
            with self.subTest(level):
                self.assertEqual(len(examples(level)), 2)
                self.assertTrue(all(f"limiters {level}".strip() in re.sub(r"limiters -q", "limiters", example)
                                    for example in examples(level)), examples(level))

    def test_every_example_is_understood(self):
        with tempfile.TemporaryDirectory() as folder:
            for level in LEVELS:
                for example in examples(level):
                    for call in calls_of(example.replace('"$lease"', A_LEASE).replace("$$", "1")):
                        with self.subTest(example):
                            command = ["--", "true"] if " ".join(call[:2]) in RUNS else []
                            code, err = self.said(folder, call + command)
                            self.assertTrue(code != 64 or "this lease is not of" in err, err)

    def said(self, folder, words):
        if words[0] in ("server", "-q", "top"):  # these ask no server that is named, or want a terminal
            words = [*words, "--help"]
        if words[0] == "reset":  # it asks first
            words = [*words, "--yes"]
        if "--redis" in words:
            words[words.index("--redis") + 1] = f"unix://{folder}/nothing"
        result = limiters(*words, redis=f"unix://{folder}/nothing", env={"LIMITERS_REDIS_TIMEOUT": "50ms"})
        return result.code, result.err

    def test_the_exit_codes_stand_where_a_command_is_run_and_at_the_top(self):
        self.assertEqual({level for level in LEVELS if HERE.help(level).exit_codes}, RUNS)

    def test_what_runs_no_command_does_not_speak_of_one(self):
        for level in ("bucket acquire", "bucket pipe", "sem renew", "sem release", "server stop"):
            with self.subTest(level):
                self.assertNotIn("CMD", HERE.help(level).text)

    def test_no_line_is_wider_than_a_terminal_of_today(self):
        for level in LEVELS:
            for example in examples(level):
                self.assertLessEqual(len(example), 98)


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def help_with(self, *words):
        return limiters("help", *words, env={"PATH": str(self.folder)})

    def man(self, script):
        (self.folder / "man").write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / "man").chmod(0o755)

    def test_it_is_the_page_of_the_subcommand(self):
        self.man('[ "$1" = -w ] || echo "$*"')
        for words, page in (([], "1 limiters"), (["sem"], "1 limiters-sem"), (["sem", "run"], "1 limiters-sem"),
                            (["bucket", "pipe"], "1 limiters-bucket"), (["doctor"], "1 limiters")):
            with self.subTest(words):
                result = self.help_with(*words)
                self.assertEqual((result.code, result.out, result.err), (0, page + "\n", ""))

    def test_help_on_help_is_the_page_of_all(self):
        self.man('[ "$1" = -w ] || echo "$*"')
        for words, page in ((["help"], "1 limiters"), (["--help"], "1 limiters"), (["sem", "-h"], "1 limiters-sem")):
            with self.subTest(words):
                result = self.help_with(*words)
                self.assertEqual((result.code, result.out, result.err), (0, page + "\n", ""))

    def test_there_is_a_page_for_each(self):
        for page in ("limiters", "limiters-sem", "limiters-bucket"):
            self.assertTrue((ROOT / "man" / f"{page}.1").exists())

    def test_without_a_manual_it_is_what_help_says(self):
        for without in (lambda: None, lambda: self.man("exit 16")):
            without()
            result = self.help_with("sem", "run")
            self.assertEqual((result.code, result.out, result.err), (0, HERE.help("sem run").text, ""))

    def test_of_what_is_not_there_the_nearest_is_named(self):
        for words, meant in ((["sme"], "limiters sem"), (["run"], "limiters sem run' or 'limiters bucket run"),
                             (["statsu"], "limiters status")):
            result = self.help_with(*words)
            self.assertEqual((result.code, result.out), (64, ""))
            self.assertIn(f"did you mean '{meant}'?", result.err)


if __name__ == "__main__":
    unittest.main()
