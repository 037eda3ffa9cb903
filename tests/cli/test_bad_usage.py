"""What a user types wrong: one line that says what, the code 64, and nothing is asked of Redis."""

import unittest

from cli.case import CliTest
from support.tool import limiters


class BadUsage(CliTest):
    def assertUsage(self, words, *parts):
        with self.subTest(" ".join(words)[:100]):
            self.assertRefused(limiters(*words, redis=self.redis), 64, *parts)

    def assertBadSem(self, option, values, *parts):
        for value in values:
            self.assertUsage(["sem", "run", "--name", "x", "-j", "2", f"{option}={value}", "--", "true"], option, *parts)

    def assertBadBucket(self, option, values, *parts):
        for value in values:
            self.assertUsage(["bucket", "run", "--name", "x", "--rate", "1/s", f"{option}={value}", "--", "true"],
                             option, *parts)

    def tearDown(self):
        self.assertEqual(self.server.call("DBSIZE"), 0)
        self.assertNotIn("cmdstat_eval", self.server.call("INFO", "commandstats"))

    # The capacity, the weight, the tokens.

    def test_a_capacity_is_a_whole_number_from_1_to_1000000(self):
        self.assertBadSem("--capacity", ["0", "-1", "1e9", "1000001", "abc", "1.5", "+5", "0x10", " 5", "5 ", "5,", "nan",
                                         "99999999999999999999", "18446744073709551617"], "1 to 1000000")
        self.assertBadBucket("--capacity", ["0", "-1", "abc", "1000000000001", "1e3"], "1 to 1000000000000")

    def test_a_semaphore_needs_a_capacity(self):
        self.assertUsage(["sem", "run", "--name", "x", "--", "true"], "--capacity")

    def test_a_weight_is_at_least_1_and_at_most_the_capacity(self):
        self.assertBadSem("--weight", ["0", "-1", "x", "1.5"], "1 to 1000000")
        self.assertBadSem("--weight", ["3"], "above --capacity 2")

    def test_tokens_are_at_least_1_and_at_most_the_capacity(self):
        self.assertBadBucket("--tokens", ["0", "-1", "x", "1.5"], "1 to 1000000000000")
        self.assertUsage(["bucket", "run", "--name", "x", "--rate", "1/s", "--capacity", "2", "--tokens", "3", "--", "true"],
                         "--tokens 3 is above --capacity 2")

    # Durations.

    def test_a_duration_is_a_number_with_a_known_unit(self):
        for option in ("--max-sleep", "--min-hold", "--kill-after", "--expiry"):
            self.assertBadSem(option, ["-1", "1x", "nan", "inf", "abc", "1 s", "1e3", "s", "1.5.5", "1m30s", "0x10",
                                       "0.0000001"])

    def test_an_expiry_is_from_1s_to_1d(self):
        self.assertBadSem("--expiry", ["0", "0.999999", "999ms", "86401", "2d"], "1s to 1d")

    def test_no_duration_is_above_ten_years(self):
        for option in ("--max-sleep", "--min-hold"):
            self.assertBadSem(option, ["3653d", "9999999999999999999", "18446744073709551617d"])

    def test_reaching_redis_may_take_from_10ms_to_1h(self):
        self.assertBadSem("--redis-timeout", ["0", "9ms", "61m", "-1", "x"])

    # Names.

    def test_a_name_is_1_to_200_bytes_without_control_characters_and_braces(self):
        for option in ("--name", "--key-prefix"):
            self.assertBadSem(option, ["x" * 201, "a{b", "a}b", "a\nb", "a\tb", "\x1b[31m", "\x7f", "\x9b31m", "é" * 101])
            self.assertBadBucket(option, ["x" * 201, "{}", "a\nb"])
            self.assertUsage(["sem", "run", "-j", "1", option, "", "--", "true"], option, "empty")

    # Rates.

    def test_a_rate_is_a_number_of_tokens_in_a_duration(self):
        self.assertBadBucket("--rate", ["5", "5/", "/5s", "/", "0/1s", "-1/1s", "5/0", "5/0s", "5/-1s", "1.5/s", "5/1x",
                                        "5//1s", "5/1s/1", "5:1s", "x/s", "+5/s", "5/4000d", "1000000000001/s"])

    def test_a_bucket_needs_a_rate_or_all_three_of_capacity_amount_and_frequency(self):
        run = ["bucket", "run", "--name", "x"]
        for words in ([], ["--capacity", "5"], ["--refill-amount", "1"], ["--refill-frequency", "1s"],
                      ["--refill-amount", "1", "--refill-frequency", "1s"], ["--capacity", "5", "--refill-amount", "1"],
                      ["--capacity", "5", "--refill-frequency", "1s"]):
            self.assertUsage([*run, *words, "--", "true"], "needs --rate")

    def test_a_rate_contradicts_amount_and_frequency(self):
        for words in (["--refill-amount", "1"], ["--refill-frequency", "1s"]):
            self.assertUsage(["bucket", "run", "--name", "x", "--rate", "1/s", "-j", "1", *words, "--", "true"],
                             "--rate contradicts")

    def test_amount_and_frequency_are_above_0(self):
        run = ["bucket", "run", "--name", "x", "-j", "5"]
        for amount in ("0", "-1", "x", "1.5"):
            self.assertUsage([*run, "--refill-amount", amount, "--refill-frequency", "1", "--", "true"], "--refill-amount")
        for frequency in ("0", "-1", "x", "0.0000001"):
            self.assertUsage([*run, "--refill-amount", "1", "--refill-frequency", frequency, "--", "true"],
                             "--refill-frequency")

    def test_a_bucket_that_needs_more_than_ten_years_to_fill_is_refused(self):
        self.assertUsage(["bucket", "run", "--name", "x", "--rate", "1/3652d", "--capacity", "2", "--", "true"], "ten years")
        self.assertUsage(["bucket", "run", "--name", "x", "--rate", "1/1d", "--capacity", "1000000000000", "--", "true"],
                         "ten years")

    # Policies and codes.

    def test_a_policy_is_one_of_two_words(self):
        for option, words in (("--on-lost", "stop and keep"), ("--on-outage", "keep and stop"),
                              ("--on-unavailable", "fail and run")):
            self.assertBadSem(option, ["maybe", "Stop", "RUN", "0"], words)
        self.assertBadBucket("--on-unavailable", ["maybe"], "fail and run")

    def test_no_wait_contradicts_max_sleep(self):
        self.assertUsage(["sem", "run", "--name", "x", "-j", "1", "-n", "-w", "5", "--", "true"], "--no-wait", "--max-sleep")

    # Servers.

    def test_a_url_has_a_scheme_a_host_a_port_and_a_database(self):
        for url, part in (("localhost", "the scheme"), ("http://h", "the scheme"), ("redis://", "the host"),
                          ("redis://h:x", "the port"), ("redis://h:65536", "the port"), ("redis://h:0", "the port"),
                          ("redis://h/x", "the database"), ("redis://h/-1", "the database"), ("redis://[::1", "the host"),
                          ("unix://relative", "the path"), ("unix:///" + "x" * 107, "the path"),
                          ("unix:///s?x=1", "the query"), ("redis://u:%zz@h", "the password"), ("", "the scheme")):
            for kind in (["sem", "run", "-j", "1"], ["bucket", "run", "--rate", "1/s"]):
                self.assertUsage([*kind, "--name", "x", "--redis", url, "--", "true"], "--redis", part)

    # The form.

    def test_the_dashes_before_the_command_are_required(self):
        for words in (["sem", "run", "-j", "1", "echo", "hi"], ["sem", "run", "-j", "1", "true"], ["sem", "run", "-j", "1"],
                      ["bucket", "run", "--rate", "1/s", "curl", "-O", "x"], ["bucket", "run", "--rate", "1/s"]):
            self.assertUsage(words, "put -- before the command")

    def test_something_must_stand_behind_the_dashes(self):
        self.assertUsage(["sem", "run", "-j", "1", "--"], "no command after --")
        self.assertUsage(["bucket", "run", "--rate", "1/s", "--"], "no command after --")

    def test_an_unknown_or_unfinished_command_line_is_explained(self):
        for words in ([], ["--"], ["--", "true"], ["sem"], ["sem", "--", "true"], ["walk"], ["sem", "walk", "--", "true"],
                      ["run", "--", "true"], ["bucket", "sem", "run", "--", "true"], ["sem", "run", "-Z", "--", "true"],
                      ["sem", "run", "--frobnicate", "--", "true"], ["sem", "run", "--capa", "1", "--", "true"],
                      ["sem", "run", "-j", "--", "true"], ["sem", "run", "-j", "1", "--name", "--", "true"],
                      ["sem", "run", "-j", "1", "stray", "--", "true"], ["sem", "run", "--rate", "1/s", "--", "true"],
                      ["bucket", "run", "--expiry", "5", "--", "true"], ["sem", "run", "-j1", "--quiet=maybe", "--", "true"],
                      ["sem", "run", "-j", "1", "\n", "--", "true"], ["sem", "run", "-j", "1", "\x1b[2J", "--", "true"]):
            self.assertUsage(words)

    def test_a_value_that_is_empty_behind_its_sign_is_not_the_next_word(self):
        for words, option in ((["pause", "sem", "x", "--reason=", "--for=1h"], "--reason"),
                              (["sem", "run", "--label=", "-n", "-j", "1", "--", "true"], "--label"),
                              (["sem", "run", "--name=", "--capacity=1", "--", "true"], "--name"),
                              (["status", "--metrics", "--output=", "--all"], "--output"),
                              (["--config=", "status"], "the configuration file"), (["--password-file=", "status"], "--password-file"),
                              (["sem", "run", "-j", "1", "--max-sleep=", "--", "true"], "--max-sleep ''")):
            with self.subTest(" ".join(words)):
                result = limiters(*words, redis="redis://127.0.0.1:1")
                self.assertRefused(result, 78 if "--config=" in words else 64, option)

    def test_an_option_before_its_subcommand_is_told_where_it_stands(self):
        for words in (["--name", "x", "sem", "run", "-j", "1"], ["sem", "-j", "1", "run"], ["--capacity=1", "sem", "run"]):
            self.assertUsage([*words, "--", "true"], "(put it behind 'limiters sem run')")

    def test_the_option_that_was_meant_is_named(self):
        for words, meant in ((["sem", "run", "--capasity", "5"], "--capacity"), (["sem", "run", "--capasity=5"], "--capacity"),
                             (["bucket", "run", "--rat", "1/s"], "--rate"), (["--verison"], "--version"),
                             (["sem", "acquire", "--until-exot", "1"], "--until-exit"), (["status", "--jason"], "--json"),
                             (["sem", "run", "-j", "1", "--max-slep", "5"], "--max-sleep"),
                             (["sem", "run", "--rediss", "x"], "--redis")):
            dashes = ["--", "true"] if "run" in words else []
            self.assertUsage([*words, *dashes], f"did you mean {meant}?")

    def test_what_is_near_to_nothing_is_taken_for_nothing(self):
        for word in ("--frobnicate", "--x", "-Z", "--rate"):
            result = limiters("sem", "run", "-j", "1", word, "--", "true", redis=self.redis)
            self.assertNotIn("did you mean", result.err)

    def test_the_subcommand_that_was_meant_is_named(self):
        for words, meant in ((["run", "--", "true"], "'limiters sem run' or 'limiters bucket run'"),
                             (["semaphore", "run"], "'limiters sem'"), (["buket", "run"], "'limiters bucket'"),
                             (["sem", "rnu", "--", "true"], "'limiters sem run'"), (["start"], "'limiters server start'"),
                             (["sem", "aquire"], "'limiters sem acquire'"), (["docter"], "'limiters doctor'")):
            self.assertUsage(words, f"did you mean {meant}?")


if __name__ == "__main__":
    unittest.main()
