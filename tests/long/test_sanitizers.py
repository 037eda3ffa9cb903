"""The unit tests and the tests of the real binary, under the address and undefined behaviour sanitizers."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from support.tree import ROOT

TIMEOUT = 3600
PARTS = ("cli", "process", "faults", "lease", "bucket", "status", "doctor", "redis", "local", "settings", "top", "security")


class Sanitizers(unittest.TestCase):
    def test_no_test_makes_a_sanitizer_complain(self):
        build = subprocess.run(["cmake", "--workflow", "--preset", "asan"], cwd=ROOT, capture_output=True, text=True,
                               env=os.environ | {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())})
        self.assertEqual(build.returncode, 0, build.stdout + build.stderr)
        with tempfile.TemporaryDirectory() as folder:
            # Complaints go to files too: a test may not look at what a program in the background says.
            options = f"log_path={folder}/complaint"
            # ncurses forgets 1,624 bytes where it knows nothing of a terminal.
            known = pathlib.Path(folder, "known")
            known.write_text("leak:new_prescr\n", encoding="utf-8")
            parts = [ROOT / "tests" / part for part in PARTS]
            run = subprocess.run(
                [sys.executable, ROOT / "tests/support/runner.py", "--unit", ROOT / "build/asan/unit_tests", *parts],
                capture_output=True, text=True, env=os.environ | {
                    "LIMITERS": str(ROOT / "build/asan/limiters"), "LIMITERS_TEST_SLOWER": "4", "ASAN_OPTIONS": options,
                    "UBSAN_OPTIONS": options, "LSAN_OPTIONS": f"suppressions={known}:print_suppressions=0"})
            texts = [path.read_text(encoding="utf-8") for path in pathlib.Path(folder).glob("complaint*")]
        # Some tests trace; there leaks are not looked for, and that is said, by those that are not killed before.
        self.assertEqual([text for text in texts if text and "does not work under ptrace" not in text], [])
        # What passed would push failures out of what is shown of this one.
        said = "\n".join(line for line in (run.stdout + run.stderr).splitlines() if not re.search(r" passed +[\d.]+ s$", line))
        self.assertRegex(run.stdout.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$", said)
