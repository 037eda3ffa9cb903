#!/usr/bin/env python3
"""update_manual.py PROGRAM [FOLDER]: writes into the manual, in man/ or FOLDER, what --help of PROGRAM says of options,
exit codes and variables, which comes from one table in src/options. Prose is written by hand and left alone."""

import pathlib
import re
import sys
import textwrap

from interface import GLOBAL, CommandLine

MAN = pathlib.Path(__file__).resolve().parents[2] / "man"

# How an entry of an option ends, and what is written anew there.
FACT = re.compile(r"Range: |Required\.$|Default: |Variable:$|\.Ev LIMITERS_\w+ \.$")


class Mistake(Exception):
    """What only a writer can mend."""


class Page:
    """The lines of one page, in which blocks of lines are looked for and replaced."""

    def __init__(self, path):
        self.path = path
        self.lines = path.read_text().splitlines()

    def write(self):
        text = "\n".join(self.lines) + "\n"
        if text != self.path.read_text():
            self.path.write_text(text)

    def find(self, pattern, start=0, end=None):
        """The first line that the pattern matches at its beginning; None if there is none."""
        end = len(self.lines) if end is None else end
        return next((i for i in range(start, end) if re.match(pattern, self.lines[i])), None)

    def list_after(self, heading):
        """Where the first list below this heading begins and ends; None if it has none."""
        start = self.find(re.escape(heading) + "$")
        begin = start is not None and self.find(r"\.Bl ", start + 1, self.find(r"\.S[sh] ", start + 1))
        return (begin, self.end_of_list(begin)) if begin else None

    def end_of_list(self, begin):
        depth = 0
        for i in range(begin, len(self.lines)):
            depth += self.lines[i].startswith(".Bl ") - self.lines[i].startswith(".El")
            if depth == 0:
                return i
        raise Mistake(f"{self.path}: the list at line {begin + 1} has no end")

    def entries(self, begin, end):
        """(first line, line behind it) of each entry of the list, the last one first: that may be replaced meanwhile."""
        starts, depth = [], 0
        for i in range(begin, end):
            depth += self.lines[i].startswith(".Bl ") - self.lines[i].startswith(".El")
            if depth == 1 and self.lines[i].startswith(".It "):
                starts.append(i)
        return list(zip(starts, starts[1:] + [end]))[::-1]


# What is written of an option.


def term(option):
    value = option.value
    if "|" in value:
        value = f" Cm {value.replace('|', ' | ')}"
    elif value:
        value = " Ar " + value.replace("/", " Ns / Ns Ar ")
    return ".It " + " , ".join(f"Fl {name[1:]}" for name in sorted(option.names, key=len)) + value


def facts(option):
    if option.range:
        yield f"Range: {option.range}."
    if option.required:
        yield "Required."
    if option.default:
        yield f"Default: {option.default}."
    if option.variable:
        yield from ("Variable:", f".Ev {option.variable} .")


def new_entry(option):
    return [term(option), f"{option.meaning[:1].upper()}{option.meaning[1:]}.", *facts(option)]


# The lists of options.


def subcommands_of(heading):
    """Those that "limiters sem run, sem acquire" is about; "" for "Global options"."""
    if heading == ".Ss Global options":
        return [GLOBAL]
    return heading.removeprefix(".Ss limiters ").split(", ") if heading.startswith(".Ss limiters ") else []


def update_options(pages, line):
    missing = {(option, subcommand) for subcommand in (GLOBAL, *line.subcommands) for option in line.options(subcommand)}
    for page in pages:
        for heading in [text for text in page.lines if subcommands_of(text)]:
            if found := page.list_after(heading):
                for entry in page.entries(*found):
                    missing -= update_entry(page, entry, subcommands_of(heading), line)
    for option in {option for option, _ in missing}:
        add_entry(pages, option, {subcommand for o, subcommand in missing if o == option})


def update_entry(page, entry, subcommands, line):
    start, behind = entry
    label = "--" + re.search(r"Fl -([a-z-]+)", page.lines[start])[1]
    options = [option for s in subcommands for option in line.options(s) if option.label == label]
    if len(options) != len(subcommands) or len({(term(option), *facts(option)) for option in options}) != 1:
        raise Mistake(f"{page.path.name}:{start + 1}: {label} is not one and the same of all: {', '.join(subcommands)}")
    end = behind
    while FACT.match(page.lines[end - 1]):
        end -= 1
    page.lines[start:behind] = [term(options[0]), *page.lines[start + 1:end], *facts(options[0])]
    return set(zip(options, subcommands))


def add_entry(pages, option, subcommands):
    for page in pages:
        for heading in page.lines:
            if set(subcommands_of(heading)) == subcommands and (found := page.list_after(heading)):
                page.lines[found[1]:found[1]] = new_entry(option)
                return
    raise Mistake(f"{option.label} of {', '.join(sorted(subcommands))} is new, and no page has a list of their options: "
                  "write the heading '.Ss limiters …' and an empty list below it")


# The other lists.


def update_exit_codes(page, line):
    begin, end = page.list_after(".Sh EXIT\\ STATUS")
    page.lines[begin + 1:end] = [text for code, meaning in line.help().exit_codes.items()
                                 for text in (f".It {code}", meaning)]


def update_variables(page, line):
    begin, end = page.list_after(".Sh ENVIRONMENT")
    behind = page.find(r"\.It Ev (?!LIMITERS_)", begin, end)
    variables = {option.variable: option.label for subcommand in (GLOBAL, *sorted(line.subcommands))
                 for option in line.options(subcommand) if option.variable}
    page.lines[begin + 1:behind] = [text for variable, label in variables.items()
                                    for text in (f".It Ev {variable}", f".Fl {label[1:]}")]


def update_programs_without_default_name(page, line):
    begin = page.find(r"\.Bd ", page.find(r"\.Ss Programs without a default name"))
    end = page.find(r"\.Ed", begin)
    page.lines[begin + 1:end] = textwrap.wrap(" ".join(line.help("sem run").programs_without_default_name), 66)


def update(program, folder=MAN):
    line = CommandLine(program)
    main, sem, bucket = pages = [Page(folder / name) for name in ("limiters.1", "limiters-sem.1", "limiters-bucket.1")]
    update_options(pages, line)
    update_exit_codes(main, line)
    update_variables(main, line)
    update_programs_without_default_name(sem, line)
    for page in pages:
        page.write()


if __name__ == "__main__":
    try:
        update(sys.argv[1], *map(pathlib.Path, sys.argv[2:]))
    except Mistake as mistake:
        sys.exit(f"update_manual.py: {mistake}")
