"""What the linters say about the scripts in all three languages, and clang-format about the C++."""

import ast
import re
import shutil
import subprocess
import tempfile
import unittest

from support.resp import common_text, script_text, verbs
from support.tree import ROOT, files, text


def run(*command):
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


class Lint(unittest.TestCase):
    def test_luacheck_finds_nothing_in_the_joined_scripts(self):
        self.assertGreater(len(verbs()), 4)
        for verb in verbs():
            with self.subTest(verb=verb), tempfile.NamedTemporaryFile(suffix=".lua") as joined:
                joined.write(script_text(verb))
                joined.flush()
                _, out = run("luacheck", "--std", "lua51", "--globals", "redis", "KEYS", "ARGV", "cjson",
                             "--max-line-length", "120", "--formatter", "plain", "--codes", joined.name)
                found = re.findall(r"^\S+:(\d+):\d+: \((\w+)\) (.*)", out, re.MULTILINE)
                # W211, unused: a verb need not use all of its common text; the next test looks at all verbs.
                common = len(common_text(verb).splitlines())
                self.assertEqual([f for f in found if not (f[1] == "W211" and int(f[0]) <= common)], [])
                self.assertTrue(found or not out.strip(), out)

    def test_nothing_in_a_common_script_is_unused_by_all_verbs(self):
        for common in (p for p in files("lua") if p.stem.startswith(("common", "opening"))):
            folder = "".join(text(p) for p in files(str(common.parent)))
            for name in re.findall(r"^local (?:function )?(\w+)", text(common), re.MULTILINE):
                with self.subTest(file=str(common), name=name):
                    self.assertGreater(len(re.findall(rf"\b{name}\b", folder)), 1)

    def test_shellcheck_finds_nothing(self):
        scripts = [p for p in files() if p.suffix == ".sh" or text_starts(p, b"#!/bin/sh", b"#!/bin/bash")]
        self.assertGreater(len(scripts), 3)
        code, out = run("shellcheck", "--external-sources", *map(str, scripts))
        self.assertEqual(code, 0, out)

    def test_python_compiles_and_imports_nothing_in_vain(self):
        for path in (p for p in files("tests") if p.suffix == ".py"):
            with self.subTest(path=str(path)):
                tree = ast.parse(text(path))
                imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
                imported = {(a.asname or a.name).split(".")[0] for n in imports for a in n.names}
                self.assertEqual(imported - {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}, set())

    @unittest.skipUnless(shutil.which("clang-format"), "there is no clang-format")
    def test_the_source_is_formatted(self):
        sources = [str(p) for p in files("src", "tests/unit") if p.suffix in (".cpp", ".hpp")]
        _, out = run("clang-format", "--dry-run", *sources)
        self.assertEqual(sorted(set(re.findall(r"^(\S+?):\d+:\d+: ", out, re.MULTILINE))), [])


def text_starts(path, *starts):
    with open(ROOT / path, "rb") as f:
        return f.readline().rstrip().startswith(starts)
