"""Settings from the environment."""

import unittest

from cli.case import PATIENCE, CliTest
from support.tool import limiters

RUNS = (["sem", "run", "-j", "1", "--name", "x"], ["bucket", "run", "--rate", "1000/s", "--name", "x"])
TRUE = ["--", "true"]


class Variables(CliTest):
    def runs(self, *options, command=TRUE, **env):
        """A sem run and a bucket run without --redis."""
        return [limiters(*words, *options, *command, env=env, timeout=PATIENCE) for words in RUNS]

    def setUp(self):
        super().setUp()
        self.nowhere = f"unix://{self.folder}/nothing"

    def test_limiters_redis_names_the_server(self):
        for result in self.runs(LIMITERS_REDIS=self.redis):
            self.assertSilent(result)
        for result in self.runs(LIMITERS_REDIS=self.nowhere, LIMITERS_REDIS_TIMEOUT="50ms"):
            self.assertRefused(result, 69, self.nowhere)

    def test_limiters_key_prefix_comes_before_every_key(self):
        self.runs(LIMITERS_REDIS=self.redis, LIMITERS_KEY_PREFIX="team")
        keys = self.server.call("KEYS", "team:*")
        self.assertEqual(sorted(keys), ["team:2:bucket:{x}", "team:2:sem:{x}"])

    def test_limiters_redis_timeout_bounds_reaching_redis(self):
        for result in self.runs(LIMITERS_REDIS=self.nowhere, LIMITERS_REDIS_TIMEOUT="50ms"):
            self.assertRefused(result, 69)

    def test_limiters_on_unavailable_is_the_policy(self):
        env = {"LIMITERS_REDIS": self.nowhere, "LIMITERS_REDIS_TIMEOUT": "50ms", "LIMITERS_QUIET": "1"}
        for result in self.runs(LIMITERS_ON_UNAVAILABLE="run", **env):
            self.assertSilent(result)
        for result in self.runs(LIMITERS_ON_UNAVAILABLE="fail", **env):
            self.assertRefused(result, 69)

    def test_limiters_quiet_and_verbose_are_0_or_1(self):
        for value, lines in (("1", True), ("0", False), ("", False)):
            self.bucket("--rate", "20/s")
            said = self.bucket("--rate", "20/s", env={"LIMITERS_VERBOSE": value}).err
            self.assertEqual(bool(said), lines, said)
        self.holder()
        for capacity, value, quiet in (("2", "1", True), ("3", "0", False), ("4", "", False)):
            said = self.sem("-j", capacity, env={"LIMITERS_QUIET": value}).err
            self.assertEqual(not said, quiet, said)

    def test_an_empty_variable_counts_as_not_set(self):
        empty = dict.fromkeys(("LIMITERS_KEY_PREFIX", "LIMITERS_REDIS_TIMEOUT", "LIMITERS_QUIET", "LIMITERS_VERBOSE",
                               "LIMITERS_ON_LOST", "LIMITERS_ON_OUTAGE", "LIMITERS_ON_UNAVAILABLE", "LIMITERS_CONFIG"), "")
        for result in self.runs(LIMITERS_REDIS=self.redis, **empty):
            self.assertSilent(result)

    def test_a_bad_value_in_a_variable_is_78_and_names_it(self):
        for variable, value in (("LIMITERS_REDIS", "http://h"), ("LIMITERS_REDIS", "localhost:6379"),
                                ("LIMITERS_KEY_PREFIX", "a{b"), ("LIMITERS_KEY_PREFIX", "x" * 201),
                                ("LIMITERS_REDIS_TIMEOUT", "soon"), ("LIMITERS_REDIS_TIMEOUT", "0"),
                                ("LIMITERS_QUIET", "yes"), ("LIMITERS_VERBOSE", "2"), ("LIMITERS_ON_UNAVAILABLE", "maybe")):
            with self.subTest(variable, value=value):
                for result in self.runs(**{"LIMITERS_REDIS": self.redis, variable: value}):
                    self.assertRefused(result, 78, variable)

    def test_a_bad_policy_of_sem_run_is_78_and_none_of_bucket_runs_business(self):
        for variable in ("LIMITERS_ON_LOST", "LIMITERS_ON_OUTAGE"):
            sem, bucket = self.runs(**{"LIMITERS_REDIS": self.redis, variable: "maybe"})
            self.assertRefused(sem, 78, variable)
            self.assertSilent(bucket)

    def test_a_flag_wins_over_its_variable_even_over_a_bad_one(self):
        bad = {"LIMITERS_REDIS": "nonsense", "LIMITERS_KEY_PREFIX": "{", "LIMITERS_REDIS_TIMEOUT": "soon",
               "LIMITERS_ON_UNAVAILABLE": "maybe"}
        flags = ["--redis", self.redis, "--key-prefix", "flag", "--redis-timeout", "5s", "--on-unavailable", "fail"]
        for result in self.runs(*flags, **bad):
            self.assertSilent(result)
        self.assertTrue(self.server.call("KEYS", "flag:*"))

    def test_what_defines_a_limiter_has_no_variable(self):
        defining = {"LIMITERS_CAPACITY": "abc", "LIMITERS_NAME": "{", "LIMITERS_RATE": "x", "LIMITERS_WEIGHT": "9",
                    "LIMITERS_TOKENS": "9", "LIMITERS_MAX_SLEEP": "x", "LIMITERS_EXPIRY": "x", "LIMITERS_MIN_HOLD": "x"}
        for result in self.runs(LIMITERS_REDIS=self.redis, **defining):
            self.assertSilent(result)

    def test_an_unknown_variable_is_nobodys_business(self):
        for result in self.runs(LIMITERS_REDIS=self.redis, LIMITERS_FROBNICATE="1", limiters_redis="x"):
            self.assertSilent(result)


if __name__ == "__main__":
    unittest.main()
