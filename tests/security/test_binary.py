"""What the program is made of: one thread, no memory that is both written and executed, and checks that end it."""

import os
import pathlib
import platform
import re
import signal
import subprocess
import tempfile
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from process.steps import FS_BASE, GUARD, Traced
from support.tool import BINARY
from support.tree import files, text


class Threads(LeaseTest):
    def assertOne(self, pid):
        self.assertEqual(len(os.listdir(f"/proc/{pid}/task")), 1)

    def test_a_holder_a_waiter_a_pipe_and_a_keeper_have_one_each(self):
        *_, keeper = self.kept("-j", "2")
        holder = self.holder("-j", "2")
        waiter = self.waiter("-j", "2")
        pipe = self.start("bucket", "pipe", "--name", self.name, "--rate", "1/1h", stdin="a\nb\n")
        pipe.wait_for_out("a", PATIENCE)
        for pid in (keeper, holder.pid, waiter.pid, pipe.pid):
            self.assertOne(pid)

    def test_nothing_in_the_source_starts_one(self):
        found = [str(path) for path in files("src") if re.search(r"<thread>|<future>|<execution>|pthread_create|std::(j?thread|async)\b", text(path))]
        self.assertEqual(found, [])


def shown(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def has_sanitizers():
    cache = pathlib.Path(BINARY).with_name("CMakeCache.txt")
    return cache.exists() and re.search(r"^LIMITERS_SANITIZE:\w+=\w", cache.read_text(), re.MULTILINE) is not None


class Memory(unittest.TestCase):
    def segments(self):
        found = shown("readelf", "--program-headers", "--wide", BINARY)
        return re.findall(r"^  ([A-Z_]+) +0x\w+ 0x(\w+) 0x\w+ 0x\w+ 0x(\w+) ([R ][W ][E ])", found, re.MULTILINE)

    def test_none_is_both_written_and_executed_and_the_stack_is_not_executed(self):
        segments = self.segments()
        self.assertEqual([flags for kind, *_, flags in segments if kind == "GNU_STACK"], ["RW "])
        self.assertEqual([flags for kind, *_, flags in segments if kind == "LOAD" and "W" in flags and "E" in flags], [])

    def test_the_places_of_functions_are_read_only_once_it_has_started(self):
        ((begin, size),) = [(int(begin, 16), int(size, 16)) for kind, begin, size, _ in self.segments() if kind == "GNU_RELRO"]
        sections = re.findall(r" (\.got\S*|\.init_array|\.data\.rel\.ro) +\w+ +(\w+) \w+ (\w+)",
                              shown("readelf", "--sections", "--wide", BINARY))
        self.assertIn(".got", [name for name, *_ in sections])
        for name, at, length in sections:
            with self.subTest(name):
                self.assertGreaterEqual(int(at, 16), begin)
                self.assertLessEqual(int(at, 16) + int(length, 16), begin + size)

    def test_a_program_that_loads_libraries_stands_elsewhere_in_each_run_and_binds_all_at_once(self):
        dynamic = shown("readelf", "--dynamic", "--wide", BINARY)
        if "NEEDED" not in dynamic:
            self.skipTest("this build is static")
        self.assertRegex(dynamic, r"FLAGS_1\).*NOW.*PIE")


@unittest.skipIf(has_sanitizers(), "sanitizers look at more than that")
class Checks(unittest.TestCase):
    """Of the compiler and of libc, in what is ours: libraries bring their own."""

    def objects(self):
        found = pathlib.Path(BINARY).with_name("liblimiters_core.a")
        if not found.exists():
            self.skipTest("there is nothing of its build beside the program")
        return found

    def test_each_object_with_a_buffer_on_the_stack_guards_it(self):
        parts = re.split(r"^\S+\.o:$", shown("nm", "--undefined-only", self.objects()), flags=re.MULTILINE)[1:]
        guarded = [part for part in parts if "__stack_chk_fail" in part]
        self.assertGreater(len(guarded), len(parts) / 2)

    def test_copies_into_buffers_are_checked(self):
        found = set(re.findall(r"U (__\w+_chk)$", shown("nm", "--undefined-only", self.objects()), re.MULTILINE))
        self.assertLessEqual({"__memcpy_chk", "__snprintf_chk"}, found)

    def test_a_large_frame_touches_each_page_of_the_stack(self):
        touches = {"x86_64": r"or[bq] +\$0x0,(?:0x\w+)?\(%rsp\)", "aarch64": r"str\s+xzr, \[sp, #1024\]"}[platform.machine()]
        self.assertGreater(len(re.findall(touches, shown("objdump", "--disassemble", self.objects()))), 0)

    @unittest.skipUnless(platform.machine() == "x86_64", "its registers are those of x86-64")
    def test_a_stack_that_was_overwritten_ends_it(self):
        """The word that is compared is changed, as an overflow changes what it is compared with."""
        with tempfile.TemporaryFile() as said:
            traced = Traced(stderr=said.fileno())
            traced.go_to_its_words()
            guard = traced.register(FS_BASE) + GUARD
            traced.set_word(guard, traced.word(guard) ^ 0x100)
            self.assertEqual(traced.go_on(), -signal.SIGABRT)
            said.seek(0)
            self.assertIn(b"stack smashing detected", said.read())


if __name__ == "__main__":
    unittest.main()
