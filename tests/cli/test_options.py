"""Options where and how they may stand, their short forms, and what holds without them."""

import unittest

from cli.case import CliTest
from support.tool import limiters

SHOW_NAME = ["printenv", "LIMITERS_NAME"]


class DefaultName(CliTest):
    def name_of(self, word):
        for kind in (["sem", "run", "-j", "1"], ["bucket", "run", "--rate", "1000/s"]):
            yield limiters("--key-prefix", self.name, *kind, "--", word, "LIMITERS_NAME", redis=self.redis)

    def test_it_is_the_base_name_of_command(self):
        for result in self.name_of("printenv"):
            self.assertSilent(result, 0, "printenv\n")

    def test_a_path_before_it_does_not_count(self):
        for name in ("backup job", "nightly.sh", "7", "-x"):
            (self.folder / name).symlink_to("/usr/bin/printenv")
            for result in self.name_of(f"{self.folder}/{name}"):
                self.assertSilent(result, 0, f"{name}\n")

    def test_a_program_that_runs_anything_has_none(self):
        for word in ("sh", "bash", "env", "sudo", "nice", "nohup", "timeout", "xargs", "make", "npm", "docker", "ssh",
                     "limiters", "python3", "python3.11", "/usr/bin/perl", "./bash", "node", "ruby"):
            for result in self.name_of(word):
                self.assertRefused(result, 64, word.rsplit("/", 1)[-1], "--name")

    def test_such_a_program_runs_with_a_name(self):
        result = limiters("sem", "run", "-j", "1", "--name", "job", "--", "sh", "-c", "echo $LIMITERS_NAME", redis=self.redis)
        self.assertSilent(result, 0, "job\n")

    def test_a_base_name_that_is_no_name_asks_for_one(self):
        (self.folder / "a{b").symlink_to("/usr/bin/printenv")
        for result in self.name_of(f"{self.folder}/a{{b"):
            self.assertRefused(result, 64, "--name", "brace")

    def test_each_has_its_own_limiter(self):
        (self.folder / "other").symlink_to("/usr/bin/printenv")
        def run(word):
            return limiters("bucket", "run", "--rate", "1/1h", "-n", "--", word, "HOME", redis=self.redis).code
        self.assertEqual((run("printenv"), run(f"{self.folder}/other"), run("printenv")), (0, 0, 75))


class Forms(CliTest):
    def test_j_is_capacity(self):
        self.holder("-j2")
        self.assertSilent(self.sem("-j", "2", "-n"))
        self.assertRefused(self.sem("-j1", "-n", "-q"), 75)
        self.bucket("-j", "2")
        self.assertEqual(self.bucket_state()["capacity"], "2")

    def test_w_is_max_sleep(self):
        self.holder()
        self.assertRefused(self.sem("-w", "0.05"), 75, "within 50ms")
        self.assertRefused(self.sem("-w10ms"), 75, "within 10ms")

    def test_n_is_a_max_sleep_of_0(self):
        self.holder()
        for form in (["-n"], ["--no-wait"], ["-w0"], ["--max-sleep=0"], ["--max-sleep", "0s"]):
            self.assertRefused(self.sem(*form), 75, "no slot is free")

    def test_short_switches_can_be_joined(self):
        self.holder()
        self.assertRefused(self.sem("-qnE3"), 3, "no slot is free")

    def test_of_an_option_given_twice_the_last_counts(self):
        result = self.sem("--name", "first", "--name", "second", command=SHOW_NAME)
        self.assertSilent(result, 0, "second\n")

    def test_global_options_stand_anywhere_before_the_dashes(self):
        for place in range(4):
            for option in (["--redis", self.redis], [f"--redis={self.redis}"]):
                for kind in (["sem", "run", "-j1"], ["bucket", "run", "--rate=1000/s"]):
                    words = [*kind[:place], *option, *kind[place:], "--name", "x", "--", *SHOW_NAME]
                    result = limiters(*words, env={"LIMITERS_REDIS": f"unix://{self.folder}/nothing"})
                    self.assertSilent(result, 0, "x\n")

    def test_a_global_option_behind_the_dashes_is_commands_own(self):
        self.assertSilent(self.sem(command=["echo", "--redis", "redis://other", "-v", "--help"]), 0,
                          "--redis redis://other -v --help\n")

    def test_a_key_prefix_comes_before_every_key(self):
        self.holder("--key-prefix", "team a")
        self.bucket("--key-prefix", "team a")
        keys = self.server.call("KEYS", f"*{self.name}*")
        self.assertEqual(len(keys), 3)  # P, its holders, and the bucket
        self.assertTrue(all(key.startswith("team a:2:") for key in keys), keys)

    def test_limiters_with_other_prefixes_names_or_kinds_have_nothing_to_do_with_each_other(self):
        self.holder()
        self.assertSilent(self.sem("-n", "--key-prefix", "other"))
        self.assertSilent(self.sem("-n", "--name", self.name + "-exists"))
        self.assertSilent(self.sem("-n", "--name", self.name + ":holders"))
        self.assertSilent(self.bucket("-n"))

    def test_names_with_any_other_bytes_are_names(self):
        for name in ("a:b", "100%", "%s%d%n", "*", "a b", "é", "\udcff", "'", '"', "x" * 200, "-", "[x]", "a\\"):
            for kind in (["sem", "run", "-j", "1"], ["bucket", "run", "--rate", "1000/s"]):
                result = limiters(*kind, f"--name={name}", "--", *SHOW_NAME, redis=self.redis)
                self.assertSilent(result, 0, f"{name}\n")

    def test_databases_are_told_apart(self):
        self.holder(redis=f"{self.redis}?db=3")
        self.assertSilent(self.sem("-n"))
        self.assertRefused(self.sem("-n", redis=f"{self.server.url}/3"), 75, f"{self.server.url}/3")


class Information(CliTest):
    def test_help_goes_to_stdout_and_needs_no_server(self):
        for words in (["--help"], ["-h"], ["sem", "--help"], ["sem", "run", "--help"], ["bucket", "run", "-h"],
                      ["sem", "run", "--help", "--", "true"]):
            result = limiters(*words, env={"LIMITERS_REDIS": f"unix://{self.folder}/nothing"})
            self.assertEqual((result.code, result.err), (0, ""))
            self.assertIn("Usage: limiters", result.out)

    def test_the_version_goes_to_stdout(self):
        for words in (["--version"], ["-V"], ["sem", "run", "--version"]):
            result = limiters(*words)
            self.assertEqual((result.code, result.err), (0, ""))
            self.assertRegex(result.out, r"\Alimiters \d+\.\d+\.\d+(\+\d+)?\n\Z")

    def test_with_verbose_the_version_tells_what_the_program_was_built_from(self):
        for words in (["--version", "-v"], ["-vV"], ["--verbose", "sem", "-V"]):
            result = limiters(*words)
            self.assertEqual((result.code, result.err), (0, ""))
            self.assertRegex(result.out, r"\Alimiters \S+\ncommit .+\nbuild \w+, (static|dynamic)\nOpenSSL \d\S+\n"
                             r"hiredis \d\S+\nCLI11 \d\S+\nfmt \d\S+\ntoml\+\+ \d\S+\nncurses \d\S+\n\Z")

    def test_help_behind_the_dashes_is_commands_own(self):
        self.assertSilent(self.sem(command=["printf", "%s", "--help"]), 0, "--help")


if __name__ == "__main__":
    unittest.main()
