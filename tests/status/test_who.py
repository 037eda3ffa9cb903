"""Who holds: what status tells of a holder, and what it never tells."""

import unittest

from cli.case import PATIENCE
from status.case import StatusTest
from support.tool import limiters

URL = "https://ci.example/76?a=b&c={d}"


class Label(StatusTest):
    def shown(self):
        [held] = self.mine()["holders"]
        return held["label"]

    def test_is_shown_with_the_holder_for_people_and_for_machines(self):
        self.holder("--label", URL)
        self.assertEqual(self.shown(), URL)
        self.assertTrue(self.lines(self.name)[1].endswith("  " + URL))

    def test_is_none_for_who_has_none_and_costs_nothing(self):
        self.holder()
        self.assertIsNone(self.shown())
        self.assertEqual(self.record(self.holders()[0])[10:], ["sh"])

    def test_comes_from_the_variable_for_all_that_a_job_runs(self):
        self.holder(env={"LIMITERS_LABEL": URL})
        self.assertEqual(self.shown(), URL)

    def test_comes_from_the_file_and_the_option_wins(self):
        file = self.folder / "limiters.toml"
        file.write_text('label = "of the file"\n')
        self.holder("--config", str(file), "--capacity", "2")
        self.holder("--config", str(file), "--capacity", "2", "--label", "of the option")
        self.assertEqual({held["label"] for held in self.mine()["holders"]}, {"of the file", "of the option"})

    def test_of_a_script_that_holds_a_lease_is_shown_too(self):
        acquire = limiters("sem", "acquire", "--name", self.name, "-j", "1", "--label", URL, redis=self.redis)
        self.assertEqual((acquire.code, self.shown()), (0, URL))

    def test_stays_after_renewals_and_is_any_text(self):
        for text in ("a b/c d", "%s%d", "日本", "x" * 200, " ", "/"):
            with self.subTest(text):
                lease = limiters("sem", "acquire", "--name", self.name, "-j", "1", f"--label={text}", redis=self.redis).out.strip()
                self.assertEqual(limiters("sem", "renew", lease, redis=self.redis).code, 0)
                self.assertEqual(self.shown(), text)
                limiters("sem", "release", lease, redis=self.redis)

    def test_that_is_empty_too_long_or_would_steer_a_terminal_is_refused(self):
        for text in ("", "x" * 201, "a\nb", "\x1b[2J", "\u009b2J"):
            self.assertRefused(self.sem(f"--label={text}"), 64, "--label")
            if text:
                self.assertRefused(self.sem(env={"LIMITERS_LABEL": text}), 78, "LIMITERS_LABEL")
        self.assertEqual(self.server.call("EXISTS", self.key), 0)


class Command(StatusTest):
    def shown(self, *command):
        """What status calls this command, which is over by then."""
        lease = self.name + str(len(self.report()))
        result = limiters("sem", "run", "--name", lease, "-j", "1", "--min-hold", "1h", "--", *map(str, command),
                          redis=self.redis, timeout=PATIENCE, cwd=self.folder)
        self.assertEqual(result.code, 0, result.err)
        return self.report()["sem", lease]["holders"][0]["command"]

    def script(self, name="deploy.sh"):
        path = self.folder / name
        path.write_text("#!/bin/sh\ntrue\n")
        path.chmod(0o755)
        return path

    def test_is_its_base_name(self):
        self.assertEqual(self.shown(self.script()), "deploy.sh")

    def test_of_a_shell_or_a_wrapper_is_the_script_that_it_runs(self):
        script = self.script()
        for command in (["sh", script], ["sh", "deploy.sh", "prod"], ["/bin/sh", "-eu", script], ["env", script],
                        ["nohup", script], ["nice", "./deploy.sh"]):
            self.assertEqual(self.shown(*command), "deploy.sh", command)

    def test_is_the_program_itself_when_in_doubt(self):
        self.script("secret")
        for command in (["sh", "-c", "true", "secret"], ["env", "TOKEN=secret", "true"], ["sh", "-o", "nounset", "secret"],
                        ["nice", "-n", "1", "./secret"], ["timeout", "9", "./secret"], ["find", "secret"],
                        ["env", "true"], ["env", "-i", "./secret"]):
            self.assertEqual(self.shown(*command), command[0], command)

    def test_is_never_the_argument_of_any_other_program(self):
        self.assertEqual(self.shown("/bin/cat", self.script("secret")), "cat")


if __name__ == "__main__":
    unittest.main()
