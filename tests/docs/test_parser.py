"""What --help says is what the program does: each default in brackets, each variable in parentheses."""

import re
import tempfile
import time
import unittest

import interface
from support.server import Server
from support.tool import BINARY, limiters, spawn
from support.tree import files, text

UNAVAILABLE, CONFLICT, CONFIG = 69, 75, 78
SUBCOMMANDS = {"sem run": ["--name", "x", "-j", "1"], "bucket run": ["--name", "x", "--rate", "1/1h"]}
# Nobody looks at their values without TLS.
ONLY_WITH_TLS = {"--tls-ca", "--tls-cert", "--tls-key", "--tls-server-name"}


def defaults():
    """{option: default} of --help, for each (subcommand, option) that has one."""
    return {(subcommand, option.label): option.default for subcommand in ("", *SUBCOMMANDS)
            for option in interface.Help(BINARY, subcommand).options if option.default}


class Variables(unittest.TestCase):
    def test_a_bad_value_is_refused_in_each_variable_of_help_and_ignored_in_any_other(self):
        with tempfile.TemporaryDirectory() as folder:
            nowhere = {"LIMITERS_REDIS": f"unix://{folder}/nothing", "LIMITERS_REDIS_TIMEOUT": "50ms"}
            for subcommand, required in SUBCOMMANDS.items():
                options = interface.Help(BINARY).options + interface.Help(BINARY, subcommand).options
                for option in options:
                    if option.label in ONLY_WITH_TLS:
                        continue
                    with self.subTest(f"{subcommand} {option.label}"):
                        variable = interface.variable_of(option.label)
                        words = [*subcommand.split(), *required, "--", "true"]
                        result = limiters(*words, env=nowhere | {variable: "{bad}\x01"})
                        self.assertEqual(CONFIG if option.variable else UNAVAILABLE, result.code, result.err)
                        # The file that LIMITERS_CONFIG names is missing: the message is about the file.
                        blamed = "{bad}" if option.label == "--config" else variable
                        self.assertEqual(bool(option.variable), blamed in result.err, result.err)
                        self.assertIn(option.variable, ("", variable))

    def test_an_option_wins_over_its_variable(self):
        with tempfile.TemporaryDirectory() as folder:
            result = limiters("sem", "run", "--on-unavailable", "run", "-j", "1", "--", "true",
                              env={"LIMITERS_ON_UNAVAILABLE": "fail", "LIMITERS_REDIS": f"unix://{folder}/nothing",
                                   "LIMITERS_REDIS_TIMEOUT": "50ms"})
            self.assertEqual(0, result.code, result.err)


class Messages(unittest.TestCase):
    def test_every_option_that_a_message_names_is_there(self):
        line = interface.CommandLine(BINARY)
        known = {name for level in ("", *line.subcommands) for name in interface.names_of(line.help(level).options)}
        told = {name for path in files("src/commands", "src/options") for literal in re.findall(r'"[^"\n]*"', text(path))
                for name in re.findall(r"--[a-z][a-z-]+", literal)}
        self.assertLessEqual({"--max-sleep", "--on-unavailable"}, told)
        self.assertEqual(set(), told - known)


class Defaults(unittest.TestCase):
    """Each test asks --help for a default and tries it on a server of its own."""

    @classmethod
    def setUpClass(cls):
        cls.defaults = defaults()
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)

    def default(self, subcommand, option):
        return self.defaults[subcommand, option]

    def run_sem(self, *options):
        return limiters("sem", "run", "--name", self.id(), *options, "--", "true", redis=self.server.unix_url)

    def run_bucket(self, *options):
        return limiters("bucket", "run", "--name", self.id(), *options, "--", "true", redis=self.server.unix_url)

    def hold(self, *options, server=None):
        """A holder that has started CMD, until the end of the test."""
        words = ["sem", "run", "--name", self.id(), *options, "--", "sh", "-c", "echo started; exec sleep 60"]
        running = self.enterContext(spawn(*words, redis=(server or self.server).unix_url))
        running.wait_for_out("started")
        return running

    def test_the_key_prefix(self):
        prefix = self.default("", "--key-prefix")
        self.hold("-j", "1")
        keys = [key for key in self.server.call("KEYS", "*") if self.id() in key]
        self.assertTrue(keys)
        self.assertEqual([prefix], sorted({key.split(":")[0] for key in keys}))

    def test_the_redis_timeout(self):
        with Server() as silent:
            silent.pause()
            result = limiters("sem", "run", "-j", "1", "--", "true", redis=silent.unix_url)
        self.assertEqual(UNAVAILABLE, result.code, result.err)
        seconds = float(self.default("", "--redis-timeout").removesuffix("s"))
        self.assertTrue(seconds - 0.1 <= result.seconds < seconds + 2, result.seconds)

    def test_the_expiry(self):
        seconds = float(self.default("sem run", "--expiry").removesuffix("s"))
        self.hold("-j", "1")
        _, ends = self.server.call("ZRANGE", f"limiters:2:sem:{{{self.id()}}}:holders", "0", "-1", "WITHSCORES")
        left = float(ends) / 1e6 - time.time()
        self.assertTrue(seconds - 10 < left <= seconds, left)

    def test_the_weight(self):
        weight = int(self.default("sem run", "--weight"))
        self.hold("-j", "5", "--weight", str(5 - weight))
        self.assertEqual(0, self.run_sem("-j", "5", "-n").code)
        self.hold("-j", "5")
        self.assertEqual(CONFLICT, self.run_sem("-j", "5", "--weight", "1", "-n").code)

    def test_the_min_hold(self):
        self.assertEqual("0", self.default("sem run", "--min-hold"))
        for _ in range(2):
            self.assertEqual(0, self.run_sem("-j", "1", "-n").code)

    def test_the_exit_code_of_a_conflict(self):
        self.hold("-j", "1")
        self.assertEqual(int(self.default("sem run", "--conflict-exit-code")), self.run_sem("-j", "1", "-n").code)
        once = ["-j", "1", "--refill-amount", "1", "--refill-frequency", "1h"]
        self.assertEqual(0, self.run_bucket(*once).code)
        self.assertEqual(int(self.default("bucket run", "--conflict-exit-code")), self.run_bucket(*once, "-n").code)

    def test_what_happens_in_an_outage(self):
        self.assertEqual("keep", self.default("sem run", "--on-outage"))
        with Server() as server:
            holder = self.hold("-j", "1", "--expiry", "1s", server=server)
            server.kill()
            self.assertIn("CMD goes on", holder.wait_for_err("the lease has ended"))
            self.assertTrue(holder.running())

    def test_what_happens_when_redis_was_never_reached(self):
        nowhere = f"unix://{self.server.folder}/nothing"
        for subcommand, required in SUBCOMMANDS.items():
            self.assertEqual("fail", self.default(subcommand, "--on-unavailable"))
            result = limiters(*subcommand.split(), *required, "--redis-timeout", "50ms", "--", "true", redis=nowhere)
            self.assertEqual(UNAVAILABLE, result.code, result.err)

    def test_the_tokens(self):
        tokens = int(self.default("bucket run", "--tokens"))
        bucket = ["-j", str(2 * tokens), "--refill-amount", "1", "--refill-frequency", "1h", "-n"]
        self.assertEqual([0, 0, CONFLICT], [self.run_bucket(*bucket).code for _ in range(3)])

    def test_the_capacity_of_a_bucket_with_a_rate_is_the_tokens(self):
        self.assertIn("tokens", self.default("bucket run", "--capacity"))
        rate = ["--rate", "1/1h", "--tokens", "3"]
        self.assertEqual([0, CONFLICT], [self.run_bucket(*rate, "-n").code for _ in range(2)])

    def test_every_option_with_a_default_is_used_by_a_test(self):
        tests = "".join(text(path) for path in files("tests") if path.suffix == ".py")
        self.assertEqual(set(), {option for _, option in self.defaults if f'"{option}"' not in tests})


if __name__ == "__main__":
    unittest.main()
