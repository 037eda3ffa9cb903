"""What --help, the manual and the sources say about the command line, each read into the same plain values."""

import dataclasses
import functools
import html.parser
import os
import pathlib
import re
import subprocess

NAME = r"--?[A-Za-z0-9][a-z-]*"


@dataclasses.dataclass(frozen=True)
class Option:
    """names: all of them. value: its placeholder, such as D or stop|keep, or "". default, variable: "" for none."""

    names: frozenset
    value: str
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

    @functools.cached_property
    def variables(self):
        return set(re.findall(r"LIMITERS_[A-Z_]+", self.text))

    @functools.cached_property
    def programs_without_default_name(self):
        found = re.search(r"^No default --name [^:]*: ([^.]*)\.$", self.text, re.MULTILINE)
        return set(found[1].split()) if found else set()

    def _entries(self, name, text=None):
        """The lines `  NAME VALUE   text…`, each joined with the lines below it that stand further right."""
        pattern = re.compile(rf"^( {{1,8}}){name}(?: (\S+))?(?: {{2,}}(.*)|)$((?:\n\1 {{9,}}\S.*)*)", re.MULTILINE)
        for _, names, value, first, more in pattern.findall(self.text if text is None else text):
            yield names, value, " ".join(f"{first} {more}".split())


def _option_of_help(names, value, text):
    default = re.search(r"\[([^]]*)\]$", text)
    variable = re.search(r"\(env (\w+)\)", text)
    return Option(frozenset(re.findall(NAME, names)), value, default[1] if default else "",
                  variable[1] if variable else "")


@dataclasses.dataclass
class Entry:
    """One tagged paragraph of the manual. words: what is marked up in it, as (macro, text), in order."""

    section: str
    subsection: str
    tag: str = ""
    text: str = ""
    tag_words: list = dataclasses.field(default_factory=list)
    words: list = dataclasses.field(default_factory=list)


class Manual(html.parser.HTMLParser):
    """Pages of the manual as mandoc understands them: its HTML keeps what each word is (Fl, Ar, Cm, Ev)."""

    def __init__(self, *pages):
        super().__init__()
        self.entries, self.sections, self.subsections, self.displays = [], [], [], []
        self._section = self._subsection = ""
        self._open = []  # what the text read now belongs to: (element, macro, text so far)
        for page in pages:
            self.feed(subprocess.run(["mandoc", "-Thtml", "-Ofragment", page], capture_output=True, text=True,
                                     check=True, timeout=20).stdout)

    def handle_starttag(self, tag, attributes):
        if tag in ("h1", "h2", "dt", "dd", "pre", "code", "var"):
            self._open.append([tag, dict(attributes).get("class", ""), ""])
        if tag == "dt":
            self.entries.append(Entry(self._section, self._subsection))

    def handle_data(self, data):
        for element in self._open:
            element[2] += data

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            return
        _, macro, text = self._open.pop()
        plain = " ".join(text.split())
        around = {element for element, _, _ in self._open}
        if tag == "h1":
            self._section, self._subsection = plain, ""
            self.sections.append(plain)
        elif tag == "h2":
            self._subsection = plain
            self.subsections.append(plain)
        elif tag == "pre":
            self.displays.append((self._subsection or self._section, text))
        elif tag == "dt":
            self.entries[-1].tag = plain
        elif tag == "dd":
            self.entries[-1].text = plain
        elif "dt" in around:
            self.entries[-1].tag_words.append((macro, plain))
        elif "dd" in around:
            self.entries[-1].words.append((macro, plain))

    def options(self, subcommand=""):
        """Those in the subsections of OPTIONS that are named after the subcommand."""
        return [_option_of_manual(e) for e in self.entries
                if e.section == "OPTIONS" and subcommand in _subcommands_of(e.subsection)]

    @property
    def subcommands(self):
        return {name for heading in self.subsections for name in _subcommands_of(heading)} - {""}

    @property
    def exit_codes(self):
        return {int(e.tag): e.text for e in self.entries if e.section == "EXIT STATUS" and e.tag.isdigit()}

    @property
    def programs_without_default_name(self):
        heading = "Programs without a default name"
        return {name for subsection, text in self.displays if subsection == heading for name in text.split()}

    @property
    def variables(self):
        tagged = [word for e in self.entries if e.section == "ENVIRONMENT" for word in e.tag_words]
        return {text for macro, text in tagged if macro == "Ev"}


def _subcommands_of(heading):
    """Those that "limiters sem run, sem acquire" names; limiters itself, "", of "Global options"."""
    if heading == "Global options":
        return {""}
    return set(heading.removeprefix("limiters ").split(", ")) if heading.startswith("limiters ") else set()


def _option_of_manual(entry):
    names = frozenset(text for macro, text in entry.tag_words if macro == "Fl")
    value = re.sub(rf"{NAME}|,| ", "", entry.tag)
    default = re.search(r"Default: (.*?)(?:\.(?= |$)|;)", entry.text)
    variables = [text for macro, text in entry.words if macro == "Ev"]
    return Option(names, value, default[1] if default else "", variables[0] if variables else "")


class Sources:
    """What src/ itself says."""

    def __init__(self, root):
        files = sorted(path for path in pathlib.Path(root, "src").rglob("*") if path.suffix in (".cpp", ".hpp"))
        self._text = "\n".join(path.read_text() for path in files)
        self._exit_codes = "".join(
            pathlib.Path(root, name).read_text() for name in ("src/base/exit_code.hpp", "src/options/exit_codes.hpp"))
        self._flags = "".join(pathlib.Path(root, "src/options", name).read_text()
                              for name in ("global_flags.hpp", "flags.hpp"))

    @property
    def exit_codes(self):
        """Those of the enum but 0, which limiters itself never has but for --help."""
        numbers = {name: int(code) for name, code in re.findall(r"^\s+(\w+) = (\d+),", self._exit_codes, re.MULTILINE)}
        meanings = dict(re.findall(r'\{ExitCode::(\w+), "([^"]*)"\}', self._exit_codes))
        return {code: meanings.get(name, "") for name, code in numbers.items() if code}

    @property
    def variables(self):
        """Every variable of ours: written out in a string, or made of the option that it stands for."""
        blocks = re.findall(r"^inline constexpr Flag .*?^\};", self._flags, re.MULTILINE | re.DOTALL)
        of_options = [re.search(r'\.name = "([a-z-]+)"', block)[1] for block in blocks if ".from = From::" in block]
        return set(re.findall(r'"(LIMITERS_[A-Z_]+)', self._text)) | set(map(variable_of, of_options))

    @property
    def programs_without_default_name(self):
        array = re.search(r"k_run_anything\{(.*?)\};", self._text, re.DOTALL)
        return set(re.findall(r'"([^"]*)"', array[1])) if array else set()

    @property
    def variables_of_others(self):
        return set(re.findall(r'getenv\("(\w+)"\)', self._text)) - self.variables
