"""What --help says about the command line, as plain values."""

import dataclasses
import functools
import os
import re
import subprocess

NAME = r"--?[A-Za-z0-9][a-z-]*"
GLOBAL = ""


@dataclasses.dataclass(frozen=True)
class Option:
    """names: all of them. value: its placeholder, such as D or stop|keep. The rest is "" for none."""

    names: frozenset
    value: str
    meaning: str
    range: str
    required: bool
    default: str
    variable: str

    @property
    def label(self):
        return max(self.names, key=len)

    @property
    def choices(self):
        return frozenset(self.value.split("|")) if "|" in self.value else frozenset()


def variable_of(option):
    return "LIMITERS_" + option.strip("-").upper().replace("-", "_")


class Help:
    """`limiters … --help`, for one subcommand or, for "", for limiters itself."""

    def __init__(self, binary, subcommand=""):
        words = [binary, *subcommand.split(), "--help"]
        run = subprocess.run(words, capture_output=True, text=True, timeout=20, env={"PATH": os.defpath})
        if run.returncode or run.stderr:
            raise AssertionError(f"{' '.join(words)} ended with {run.returncode} and said: {run.stderr}")
        self.text = run.stdout

    @functools.cached_property
    def options(self):
        return [_option_of_help(names, value, text) for names, value, text in self._entries(rf"({NAME}(?:, ?{NAME})*)")]

    @functools.cached_property
    def subcommands(self):
        _, _, rest = self.text.partition("Subcommands:")
        return {name for name, _, _ in self._entries(r"([a-z]+)", rest.split("\n\n")[0])}

    @property
    def usage(self):
        return re.search("^Usage: (.*)", self.text, re.MULTILINE)[1]

    @property
    def takes_words(self):
        """Words that nobody else can know, such as a name or a lease."""
        return "\nPositionals:\n" in self.text

    @functools.cached_property
    def exit_codes(self):
        return {int(code): meaning for code, _, meaning in self._entries(r"(\d+)")}

    @property
    def variables_of_the_command(self):
        return set(re.findall(r"LIMITERS_[A-Z_]+", "".join(re.findall("^Environment of CMD: .*", self.text, re.MULTILINE))))

    @property
    def programs_without_default_name(self):
        return re.search(r"^No default --name [^:]*: ([^.]*)\.$", self.text, re.MULTILINE)[1].split()

    def _entries(self, name, text=None):
        """The lines `  NAME VALUE   text…`, each joined with the lines below it that stand further right."""
        pattern = re.compile(rf"^( {{1,8}}){name}(?: (\S+))?(?: {{2,}}(.*)|)$((?:\n\1 {{9,}}\S.*)*)", re.MULTILINE)
        for _, names, value, first, more in pattern.findall(self.text if text is None else text):
            yield names, value, " ".join(f"{first} {more}".split())


def _option_of_help(names, value, text):
    """The line is made of the table of options: MEANING, LOW to HIGH (env VARIABLE) [DEFAULT], or (required) at its end."""
    meaning, numbers, variable, required, default = re.fullmatch(
        r"(.*?)(?:, (\d\S* to \d\S*))?(?: \(env (\w+)\))?(?:( \(required\))| \[([^]]*)\])?", text).groups("")
    return Option(frozenset(re.findall(NAME, names)), value, meaning, numbers, bool(required), default, variable)


class CommandLine:
    """All subcommands of one program."""

    def __init__(self, binary):
        self._binary = binary

    @functools.cache
    def help(self, subcommand=GLOBAL):
        return Help(self._binary, subcommand)

    @functools.cached_property
    def levels(self):
        """{"": sem, bucket, status…; "sem": run, acquire…}: what must follow there."""
        first = {name: self.help(name).subcommands for name in self.help().subcommands}
        return {GLOBAL: set(first)} | {name: below for name, below in first.items() if below}

    @functools.cached_property
    def subcommands(self):
        """Those that need no other word: sem run, status…"""
        top = self.levels[GLOBAL] - set(self.levels)
        return top | {f"{name} {b}" for name, below in self.levels.items() if name for b in below}

    def runs_a_command(self, subcommand):
        return " -- CMD" in self.help(subcommand).usage

    def options(self, subcommand=GLOBAL):
        """Those that the levels above do not have already."""
        if subcommand == GLOBAL:
            return self.help().options
        above = names_of(self.help().options)
        return [option for option in self.help(subcommand).options if not option.names & above]


def names_of(options):
    return frozenset().union(*(option.names for option in options))
