"""How a static program begins on x86-64: as glibc would begin it, but for the processor, which is asked nothing."""

import pathlib
import platform
import re
import subprocess
import tempfile
import unittest

from cli.case import CliTest
from process.steps import FS_BASE, GUARD, RIP, Traced
from support.tool import BINARY

CPUID = b"\x0f\xa2"


def has_own_start():
    """Whether CMake has chosen src/start for this build."""
    cache = pathlib.Path(BINARY).with_name("CMakeCache.txt")
    return cache.exists() and re.search(r"^start_result:\w+=0$", cache.read_text(), re.MULTILINE) is not None


@unittest.skipUnless(platform.machine() == "x86_64" and has_own_start(), "this build begins as glibc begins it")
class Start(CliTest):
    def test_the_processor_is_not_asked_what_it_can_do(self):
        traced, steps, asked = Traced(), 0, 0
        going = True
        while going:
            steps += 1
            asked += traced.word(traced.register(RIP)).to_bytes(8, "little").startswith(CPUID)
            going = traced.step()
        self.assertGreater(steps, 5000)
        self.assertEqual(asked, 0)

    def guards(self):
        """The words that guard the stack and the pointers, at the end of a run."""
        traced, words = Traced(), (0, 0)
        while traced.step():
            base = traced.register(FS_BASE)
            words = (traced.word(base + GUARD), traced.word(base + 0x30)) if base else words
        return words

    def test_stack_and_pointers_are_guarded_by_other_words_in_each_run(self):
        first, second = self.guards(), self.guards()
        self.assertNotIn(0, first + second)
        self.assertEqual(len({*first, *second}), 4)
        self.assertEqual([first[0] % 256, second[0] % 256], [0, 0])

    def test_what_is_relocated_is_read_only_afterwards(self):
        shown = subprocess.run(["readelf", "--program-headers", "--wide", BINARY], check=True, capture_output=True, text=True).stdout
        begin, size = re.search(r"GNU_RELRO +0x\w+ 0x(\w+) 0x\w+ 0x\w+ 0x(\w+)", shown).groups()
        inside = int(begin, 16) + int(size, 16) // 2
        holder = self.holder("-j", "1")
        maps = pathlib.Path(f"/proc/{holder.pid}/maps").read_text()
        rights = [line[2] for line in re.findall(r"^(\w+)-(\w+) (\S+)", maps, re.MULTILINE)
                  if int(line[0], 16) <= inside < int(line[1], 16)]
        self.assertEqual(rights, ["r--p"])

    def test_the_clock_is_read_without_a_call_of_the_system(self):
        with tempfile.NamedTemporaryFile("r") as calls:
            subprocess.run(["strace", "-o", calls.name, BINARY, "--redis", self.redis, "bucket", "run", "--name", self.name,
                            "--rate", "9/1s", "--", "true"], check=True, env={"PATH": "/usr/bin:/bin"})
            self.assertNotIn("clock_gettime", calls.read())


if __name__ == "__main__":
    unittest.main()
