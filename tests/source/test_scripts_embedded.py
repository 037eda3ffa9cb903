"""The Lua in the binary is the Lua in lua/, byte for byte."""

import hashlib
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.resp import script_text, verbs
from support.tool import BINARY
from support.tree import ROOT, files, text

HEADER = pathlib.Path(BINARY).parent / "generated" / "limiter" / "scripts.hpp"


class Embedded(unittest.TestCase):
    def test_every_verb_is_in_the_header_with_the_sha1_of_its_text(self):
        found = re.findall(r'redis::Script (\w+)\{\s*"([^"]+)",\s*R"lua\((.*?)\)lua",\s*"(\w+)"\}', HEADER.read_text(), re.DOTALL)
        expected = [(v.replace("/", "_"), v, script_text(v).decode(), hashlib.sha1(script_text(v)).hexdigest()) for v in verbs()]
        self.assertEqual(sorted(found), sorted(expected))

    def test_every_verb_that_the_program_uses_is_in_the_binary_byte_for_byte(self):
        used = set(re.findall(r"scripts::(\w+)", "".join(text(p) for p in files("src"))))
        self.assertNotEqual(used, set())
        self.assertEqual(used - {v.replace("/", "_") for v in verbs()}, set())
        binary = pathlib.Path(BINARY).read_bytes()
        for verb in verbs():
            if verb.replace("/", "_") in used:
                with self.subTest(verb=verb):
                    # Not assertIn, which would print the binary.
                    self.assertTrue(script_text(verb) + b"\0" in binary)
                    self.assertTrue(hashlib.sha1(script_text(verb)).hexdigest().encode() in binary)


class Rebuild(unittest.TestCase):
    """In a copy of the tree, with a source that only names the scripts: quick to build."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("CMakeLists.txt", "CMakePresets.json", "cmake", "lua"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.folder / name)
        shutil.copytree(ROOT / "src" / "start", self.folder / "src" / "start")
        (self.folder / "src" / "redis").mkdir(parents=True)
        shutil.copy(ROOT / "src" / "redis" / "script.hpp", self.folder / "src" / "redis")
        self.write("src/use.cpp", '#include "limiter/scripts.hpp"\nextern const redis::Script* used;\n'
                   "const redis::Script* used = &limiter::scripts::semaphore_acquire;\n")
        self.write("src/main.cpp", "#include <cstdio>\n#include \"redis/script.hpp\"\nextern const redis::Script* used;\n"
                   "int main() { std::fwrite(used->text.data(), 1, used->text.size(), stdout); }\n")

    def write(self, path, content):
        (self.folder / path).write_bytes(content.encode())

    def built_text(self):
        run = subprocess.run(["cmake", "--workflow", "--preset", "release"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return subprocess.run([self.folder / "build" / "release" / "limiters"], capture_output=True).stdout

    def test_an_edited_script_is_built_in_with_every_byte_it_has(self):
        self.assertEqual(self.built_text(), script_text("semaphore/acquire"))
        awkward = '-- ;;a;b [[x]] ]=] ${HOME} @HOME@ $ENV{HOME} \\n \\" \\; "quoted" ü\t\\\\ \\\n\n\nreturn {} --[==[ #]] ]==]'
        for path in (self.folder / "lua" / "semaphore").glob("*.lua"):
            path.unlink()
        self.write("lua/semaphore/acquire.lua", awkward)
        self.assertEqual(self.built_text(), awkward.encode())
        self.write("lua/semaphore/opening.lua", "-- one\n")
        self.write("lua/semaphore/acquire_short.lua", "-- two\n")
        self.write("lua/semaphore/renew_short.lua", "-- of another verb\n")
        self.write("lua/semaphore/common.lua", "-- three\n")
        self.write("lua/semaphore/common_more.lua", "-- four\n")
        self.assertEqual(self.built_text(), b"-- one\n-- two\n-- three\n-- four\n" + awkward.encode())
        self.write("lua/bucket/another.lua", "return 7\n")
        self.built_text()
        self.assertIn("bucket_another", (self.folder / "build/release/generated/limiter/scripts.hpp").read_text())
