"""One short run, and how it ended."""

import unittest

from support.tool import limiters

SEM = ("sem", "run", "--name", "t", "--capacity", "1", "--")


class OnceTest(unittest.TestCase):
    def run_once(self, *options, redis=None, command=("echo", "ran"), **more):
        return limiters(*options, *SEM, *command, redis=redis, **more)

    def assertRan(self, result, *parts):
        """CMD ran; limiters said nothing, or one line with these parts."""
        self.assertEqual((result.code, result.out), (0, "ran\n"), result)
        if parts:
            self.assertOneLine(result, *parts)
        else:
            self.assertEqual(result.err, "", result)

    def assertRefused(self, result, code, *parts, never=()):
        """CMD did not run; one line says why."""
        self.assertEqual((result.code, result.out), (code, ""), result)
        self.assertOneLine(result, *parts)
        for secret in never:
            self.assertNotIn(secret, result.err)

    def assertOneLine(self, result, *parts):
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertTrue(result.err.startswith("limiters: "), result)
        for part in parts:
            self.assertIn(part, result.err)
