"""What clang-tidy says of the source, with the checks of .clang-tidy."""

import concurrent.futures
import json
import os
import subprocess
import unittest

from support.tree import ROOT

TIMEOUT = 3600
BUILD = ROOT / "build" / "tidy"
GENERATED = ("limiters_version", "generated/limiter/scripts.hpp")


class ClangTidy(unittest.TestCase):
    def test_it_finds_nothing(self):
        # Many files in one, which is five times as quick; headers precompiled by g++ are nothing to clang.
        self.done("cmake", "--preset", "release", "-B", BUILD, "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON")
        self.done("cmake", "--build", BUILD, "--target", *GENERATED)
        commands = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
        found = [entry["file"] for entry in commands if "/start/" not in entry["file"] and not entry["file"].endswith("/fmt.cpp")]
        self.assertGreater(len(found), 4)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(self.said_of, found))
        self.assertEqual([text for text in said if text], [])

    def done(self, *command):
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    @staticmethod
    def said_of(file):
        checks = "--checks=-bugprone-suspicious-include"  # what a file of many files is made of
        run = subprocess.run(["clang-tidy", "-p", BUILD, "--quiet", checks, "--warnings-as-errors=*", file],
                             capture_output=True, text=True)
        return run.stdout or (run.returncode and run.stderr)


if __name__ == "__main__":
    unittest.main()
