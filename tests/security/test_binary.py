"""What the program is made of: one thread, and no memory that is both written and executed."""

import os
import re
import subprocess
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
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


class Memory(unittest.TestCase):
    def segments(self):
        shown = subprocess.run(["readelf", "--program-headers", "--wide", BINARY], check=True, capture_output=True, text=True).stdout
        return re.findall(r"^  ([A-Z_]+) +(?:0x\w+ +){5}([R ][W ][E ])", shown, re.MULTILINE)

    def test_none_is_both_written_and_executed_and_the_stack_is_not_executed(self):
        segments = self.segments()
        self.assertIn(("GNU_STACK", "RW "), segments)
        self.assertEqual([flags for kind, flags in segments if kind == "LOAD" and "W" in flags and "E" in flags], [])

    def test_what_is_relocated_at_the_start_is_not_written_later(self):
        self.assertIn("GNU_RELRO", [kind for kind, _ in self.segments()])


if __name__ == "__main__":
    unittest.main()
