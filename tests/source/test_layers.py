"""The parts of the program know only what stands below them, and each kind of work has one home."""

import pathlib
import re
import unittest

from support.tree import files, text

# A folder, and the folders it may include besides itself.
BELOW = {
    "base": set(),
    "redis": {"base"},
    "process": {"base"},
    "start": set(),
    "terminal": {"base"},
    "options": {"base"},
    "limiter": {"redis", "base"},
    "local": {"redis", "process", "base"},
    "run": {"limiter", "redis", "process", "terminal", "base"},
    "commands": {"options", "run", "local", "limiter", "redis", "process", "terminal", "base"},
    "main": {"commands", "options", "process", "terminal", "base"},
}

LIBRARIES = {"hiredis": {"redis"}, "openssl": {"redis"}, "CLI": {"options"}, "toml++": {"options"},
             "nlohmann": {"commands"}, "curses.h": {"terminal"}}

PROCESS_CALLS = re.compile(
    r"(?<![\w.>])(?:::)?(?:fork|vfork|clone3?|posix_spawnp?|exec(?:ve?|vpe?|lp?e?)|wait[34]|waitpid|waitid"
    r"|sigaction|sigprocmask|pthread_sigmask|signalfd|sigwaitinfo|sigtimedwait)\s*\("
    # Words that our own functions may have, so only the system's.
    r"|(?<!\w)(?:::|std::)(?:kill|killpg|raise|signal|abort)\s*\(")

STDERR = re.compile(r"\bstderr\b|\bcerr\b|\bclog\b|\bperror\s*\(|\bwrite\s*\(\s*(?:2|STDERR_FILENO)\b")

# What a layer below says of the command line it leaves to commands/advice. (A string that is an option and no more is
# a word for another program.)
BELOW_THE_OPTIONS = {"base", "redis", "process", "terminal", "limiter", "local", "run"}
OWN_WORDS = re.compile(r'^"[^\n]*([ (]--[a-z]|limiters (doctor|status|sem|bucket|server|reset)\b)')

STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def sources():
    return [path for path in files("src") if path.suffix in (".cpp", ".hpp")]


def layer(path):
    return path.parts[1] if len(path.parts) > 2 else path.stem


def code(path):
    """The text without comments and strings, the lines where they were."""
    return STRING_OR_COMMENT.sub(lambda m: '""' + "\n" * m[0].count("\n"), text(path))


def matches(pattern, path):
    return [f"{path}:{number}: {line.strip()}"
            for number, line in enumerate(code(path).splitlines(), 1) if pattern.search(line)]


class Layers(unittest.TestCase):
    def test_every_source_file_belongs_to_a_layer(self):
        self.assertEqual({layer(path) for path in sources()} - set(BELOW), set())
        self.assertGreater(len(sources()), 20)

    def test_no_include_climbs(self):
        climbing = []
        for path in sources():
            for name in re.findall(r'#\s*include\s*"([^"]+)"', text(path)):
                target = name.split("/")[0] if "/" in name else "?"
                if target != layer(path) and target not in BELOW[layer(path)]:
                    climbing.append(f"{path} includes {name}")
        self.assertEqual(climbing, [])

    def test_each_library_is_included_by_its_own_layer_only(self):
        strays = []
        for path in sources():
            for name in re.findall(r"#\s*include\s*<([^>]+)>", text(path)):
                homes = LIBRARIES.get(name.split("/")[0])
                if homes and layer(path) not in homes:
                    strays.append(f"{path} includes <{name}>")
        self.assertEqual(strays, [])

    def test_only_the_command_line_knows_its_own_words(self):
        named = [f"{path}: {string[0]}" for path in sources() if layer(path) in BELOW_THE_OPTIONS
                 for string in STRING_OR_COMMENT.finditer(text(path)) if OWN_WORDS.search(string[0])]
        self.assertEqual(named, [])

    def test_only_process_forks_signals_and_waits(self):
        self.assertEqual([m for p in sources() if layer(p) != "process" for m in matches(PROCESS_CALLS, p)], [])
        self.assertNotEqual([m for p in sources() if layer(p) == "process" for m in matches(PROCESS_CALLS, p)], [])

    def test_only_messages_and_the_live_line_write_to_stderr(self):
        writers = {m.split(":")[0] for p in sources() for m in matches(STDERR, p)}
        self.assertEqual(writers - {"src/options/cli11.hpp"}, {"src/base/message.cpp"})  # that one declares for CLI11


class Sizes(unittest.TestCase):
    def test_no_file_is_longer_than_400_lines(self):
        table = pathlib.Path("src/options/flags.hpp")  # one table, in which a block is found by its name
        ours = [p for p in files("src", "lua", "tests", "cmake")
                if p != table and p.suffix in (".cpp", ".hpp", ".lua", ".py", ".sh", ".c")]
        self.assertEqual([f"{p}: {n}" for p in ours if (n := len(text(p).splitlines())) > 400], [])

    def test_functions_fit_a_screen(self):
        long = []
        for path in sources():
            start = None
            for number, line in enumerate(text(path).splitlines(), 1):
                if line == "{":  # our style: the body of a function, of nothing else
                    start = number
                elif line == "}" and start and number - start > 60:
                    long.append(f"{path}:{start}: {number - start} lines")
        self.assertEqual(long, [])
