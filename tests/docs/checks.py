"""The command line is described in six places: --help, the manual, the sources, and the completions of bash, zsh and
fish. Each check names what stands in one of them and not in another."""

import functools
import pathlib

import interface
import shells

GLOBAL = ""

# What is typed behind the dashes, and what must be among the offers.
COMMANDS = {"fals": "false", "program --of": "--of-program"}


class Places:
    """All that is said about the command line below one root. asked: the shells whose completion counts."""

    def __init__(self, root, binary, asked=tuple(shells.SHELLS)):
        self.root, self.binary, self.asked = pathlib.Path(root), binary, asked
        self.sources = interface.Sources(root)

    @functools.cache
    def help(self, subcommand=GLOBAL):
        return interface.Help(self.binary, subcommand)

    @functools.cached_property
    def manual(self):
        return interface.Manual(*sorted((self.root / "man").glob("*.[1-8]")))

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
        """Those of --help that the levels above do not have already."""
        if subcommand == GLOBAL:
            return self.help().options
        above = names_of(self.help().options)
        return [option for option in self.help(subcommand).options if not option.names & above]

    def offers(self, lines):
        """{shell: {line: what is offered at its end}}"""
        lines = sorted(set(lines))
        return {shell: ask(self.root / "completions", self.binary, lines) for shell, ask in shells.SHELLS.items()
                if shell in self.asked}


def names_of(options):
    return frozenset().union(*(option.names for option in options))


def _title(subcommand):
    return f"limiters {subcommand}".strip()


def differences(what, places):
    """One sentence for each value that some of the places have and others do not. places: {place: set}."""
    return [f"{what} {value} is missing in {place}, and stands in {', '.join(p for p in places if value in places[p])}"
            for value in sorted(set().union(*places.values()), key=str)
            for place in places if value not in places[place]]


# One check for each kind of thing. Each returns sentences, none when all places agree.


def subcommands(places):
    complaints = differences("the subcommand", {"--help": places.subcommands, "the manual": places.manual.subcommands})
    expected = {f"{_title(level)} ": names for level, names in places.levels.items()}
    for line, offered in _by_line(places, expected):
        offered = {shell: {offer for offer in offers if not offer.startswith("-")} for shell, offers in offered.items()}
        complaints += differences(f"after '{line}' the subcommand", {"--help": expected[line]} | offered)
    return complaints


def _by_line(places, lines):
    """(line, {shell: what is offered there}) for each line."""
    offers = places.offers(lines)
    for line in lines:
        yield line, {shell: of_shell[line] for shell, of_shell in offers.items()}


def words(places):
    """Where such a word may follow, nothing is offered: of options alone the shell would put their dash there."""
    lines = {f"{_title(s)} {given}" for s in sorted(places.subcommands) if places.help(s).takes_words
             for given in ("", "x ")}
    return [f"'{line}': {shell} offers {', '.join(sorted(offers))}, where a word may follow"
            for line, offered in _by_line(places, lines) for shell, offers in offered.items() if offers]


def options(places):
    complaints = []
    for subcommand in (GLOBAL, *sorted(places.subcommands)):
        complaints += differences(f"'{_title(subcommand)}': the option", {
            "--help": names_of(places.options(subcommand)), "the manual": names_of(places.manual.options(subcommand))})
    everywhere = names_of(places.options())
    reachable = {f"{_title(level)} -": everywhere for level in places.levels}
    reachable |= {f"{_title(s)} -": everywhere | names_of(places.options(s)) for s in places.subcommands}
    for line, offered in _by_line(places, reachable):
        offered = {shell: offers - {"--"} for shell, offers in offered.items()}
        complaints += differences(f"'{line}': the option", {"--help": reachable[line]} | offered)
    return complaints


def values(places):
    """An option takes a value, the same everywhere, or none; where there is a choice, the completions offer it."""
    complaints = [f"'{_title(subcommand)}': the value of {option.label} is '{option.value}' in --help, "
                  f"'{in_manual.value}' in the manual"
                  for subcommand, option, in_manual in _pairs(places) if option.value != in_manual.value]
    after = {f"{_title(subcommand)} {name} {_typed_after(places, subcommand, option)}": (subcommand, option)
             for subcommand in (GLOBAL, *places.subcommands)
             for option in places.options(subcommand) for name in option.names}
    after |= {f"{_title(subcommand)} {option.label}=": (subcommand, option)
              for subcommand, option in after.values() if option.choices}
    for line, offered in _by_line(places, after):
        complaints += _check_offers_after(places, line, offered, *after[line])
    return complaints


def _typed_after(places, subcommand, option):
    return "-" if not option.value and places.help(subcommand).takes_words else ""


def _check_offers_after(places, line, offered, subcommand, option):
    if option.value:
        files = {shells.FILE} if option.value in ("FILE", "PATH") else set()
        # Some shells complete the whole word, some only what is behind the "=".
        offered = {shell: {offer.removeprefix(f"{option.label}=") for offer in o} for shell, o in offered.items()}
        return differences(f"'{line}': the value", {"--help": option.choices | files} | offered)
    follows = {"--"} if places.runs_a_command(subcommand) else places.levels[GLOBAL] if not subcommand else {"--help"}
    return [f"'{line}': nothing follows in {shell}, as if {option.label} had a value"
            for shell in offered if not follows & offered[shell]]


def defaults(places):
    return [f"'{_title(subcommand)}': the default of {option.label} is '{option.default}' in --help, "
            f"'{in_manual.default}' in the manual"
            for subcommand, option, in_manual in _pairs(places) if option.default != in_manual.default]


def _pairs(places):
    """Each option as --help has it and as the manual has it. options() finds those that one of them lacks."""
    for subcommand in (GLOBAL, *sorted(places.subcommands)):
        for option in places.options(subcommand):
            for in_manual in places.manual.options(subcommand):
                if option.names & in_manual.names:
                    yield subcommand, option, in_manual


def exit_codes(places):
    """The meanings, too, are the same word for word."""
    told = {"src/base/exit_code.hpp": places.sources.exit_codes, "--help": places.help().exit_codes,
            "the manual": places.manual.exit_codes}
    told |= {f"{s} --help": places.help(s).exit_codes for s in places.subcommands}
    complaints = differences("the exit code", {place: set(codes) for place, codes in told.items()})
    for place, codes in told.items():
        for code, meaning in places.sources.exit_codes.items():
            if code in codes and codes[code] != meaning:
                complaints.append(f"exit code {code} is '{meaning}' in the sources, '{codes[code]}' in {place}")
    return complaints


def variables(places):
    helps = [places.help(subcommand) for subcommand in (GLOBAL, *places.subcommands)]
    complaints = differences("the variable", {
        "src": places.sources.variables, "--help": set().union(*(h.variables for h in helps)),
        "the manual": {name for name in places.manual.variables if name.startswith("LIMITERS_")}})
    complaints += [f"the variable {name} is read in src, and missing in the manual"
                   for name in sorted(places.sources.variables_of_others - places.manual.variables)]
    complaints += [f"'{_title(subcommand)}': the variable of {option.label} is '{option.variable}' in --help, "
                   f"'{in_manual.variable}' in the manual"
                   for subcommand, option, in_manual in _pairs(places) if option.variable != in_manual.variable]
    return complaints


def programs_without_default_name(places):
    told = {"src": places.sources.programs_without_default_name,
            "the manual": places.manual.programs_without_default_name}
    told |= {f"{s} --help": places.help(s).programs_without_default_name for s in places.subcommands
             if places.runs_a_command(s)}
    return differences("among the programs without a default name", told)


def commands(places):
    """What follows -- is completed as if it stood alone."""
    expected = {f"{_title(subcommand)} -- {typed}": offer for typed, offer in COMMANDS.items()
                for subcommand in sorted(filter(places.runs_a_command, places.subcommands))}
    return [f"'{line}' is not completed to {expected[line]} in {shell}"
            for line, offered in _by_line(places, expected)
            for shell, offers in offered.items() if expected[line] not in offers
            # Only the package bash-completion can complete the options of another program.
            and not (expected[line].startswith("-") and shell == "bash without bash-completion")]
