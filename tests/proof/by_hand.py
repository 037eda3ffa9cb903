"""Histories that are made by hand, for the tests of the checker."""

import unittest

from availability import availability
from checker import check
from history import Caller, History, Limiter

ID = "0123456789abcdef0123456789abcdef"


class HistoryTest(unittest.TestCase):
    def setUp(self):
        self.h = History(1, "usual", begin=0.0, last_fault=0.0, end=60.0, limiters=[Limiter("x", "sem", 1)])

    def ran(self, tag, granted, finished, spawned=None, **more):
        """A caller of `sem run` whose CMD ran then, with a fence in the order of the grants."""
        fields = {"name": "x", "kind": "run", "path": "tcp", "expiry": 3, "fence": int(granted * 1000), "status": 0, "end_signal": 0}
        caller = Caller(tag=tag, spawned=granted if spawned is None else spawned, granted=granted, finished=finished,
                        ended=finished, **fields | more)
        self.h.callers.append(caller)
        return caller

    def waited(self, tag, spawned, ended, status=75, **more):
        fields = {"name": "x", "kind": "run", "path": "tcp", "expiry": 3, "status": status} | more
        self.h.callers.append(Caller(tag=tag, spawned=spawned, ended=ended, **fields))
        return self.h.callers[-1]

    def assertSeen(self, *what, excuse=None):
        found = check(self.h, availability(self.h))
        self.assertEqual([f.what for f in found], list(what), found)
        if excuse is not None:
            self.assertRegex(found[0].excuse, excuse)

    def assertViolation(self, *what):
        self.assertSeen(*what, excuse="^$")
