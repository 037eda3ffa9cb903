"""On a terminal, lines fit and are coloured."""

import re
import unittest

from status.case import StatusTest, Tty

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(StatusTest):
    def shown(self, *words, **more):
        tty = Tty(self, "status", *words, **more)
        self.assertEqual(tty.wait().code, 0)
        return tty.text()

    def test_no_line_is_wider_than_the_terminal(self):
        self.sem("--name", self.name + "日" * 40, "--min-hold", "1h", "--weight", "2", "--capacity", "2", "--label", "l" * 50)
        self.tokens(3)
        for width in (100, 80, 60, 41, 40, 39, 20, 9, 2, 1):
            lines = ESCAPE.sub("", self.shown(f"{self.name}*", width=width)).splitlines()
            self.assertEqual(len(lines), 5)  # each of the two with its counters, and a holder
            for line in lines:
                self.assertLessEqual(sum(2 if char == "日" else 1 for char in line), width, line)

    def test_a_long_name_gives_way_before_the_numbers(self):
        self.sem("--name", self.name + "x" * 100)
        line, _ = ESCAPE.sub("", self.shown(f"{self.name}*", width=80)).splitlines()
        self.assertRegex(line, r"\Asem  \w+…  \[\.{10}\]  0/1\Z")
        self.assertEqual(len(line), 80)

    def test_a_wide_terminal_cuts_nothing(self):
        self.sem("--name", self.name + "x" * 100)
        self.assertIn("x" * 100 + "\x1b", self.shown(f"{self.name}*", width=200))

    def test_a_terminal_that_does_not_know_its_width_cuts_nothing(self):
        self.sem("--name", self.name + "x" * 100)
        self.assertIn("x" * 100 + "\x1b", self.shown(f"{self.name}*", width=0))

    def test_free_is_green_and_full_is_yellow_and_a_queue_is_red(self):
        self.sem()
        self.assertIn("\x1b[32m[....", self.shown(self.name))
        self.holder()
        self.assertIn("\x1b[33m[####", self.shown(self.name))
        self.waiter()
        self.assertIn("\x1b[31m[####", self.shown(self.name))

    def test_there_is_no_colour_where_it_is_not_wanted(self):
        self.sem()
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}):
            with self.subTest(env=env):
                self.assertNotIn("\x1b", self.shown(self.name, env=env))
        self.assertIn("\x1b", self.shown(self.name, env={"NO_COLOR": ""}))

    def test_there_is_no_colour_in_json(self):
        self.sem()
        self.assertNotIn("\x1b", self.shown("--json"))

    def test_there_is_no_colour_where_there_is_no_terminal(self):
        self.sem()
        self.assertNotIn("\x1b", self.status(env={"TERM": "xterm"}).out)


if __name__ == "__main__":
    unittest.main()
