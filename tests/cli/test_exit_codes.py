"""The code that a caller sees: CMD's own, always; else one of the table."""

import errno
import shutil
import signal
import unittest

from cli.case import PATIENCE, CliTest
from support.server import free_port
from support.tool import limiters

# These do not end a process by default, and glibc keeps 32 and 33 for itself.
DO_NOT_END = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGCHLD, signal.SIGCONT,
              signal.SIGURG, signal.SIGWINCH, 32, 33}
ALL_CODES = 'for code in $(seq 0 255); do "$LIMITERS" "$@" -- sh -c "exit $code"; echo $?; done'


class CodeOfCommand(CliTest):
    def all_codes(self, *words):
        result = self.shell(ALL_CODES, *words).wait(6 * PATIENCE)  # 256 runs
        self.assertSilent(result, 0, "".join(f"{code}\n" for code in range(256)))

    def test_all_256_codes_pass_through_sem_run(self):
        self.all_codes("sem", "run", "--name", self.name, "-j", "1")
        self.assertFree()

    def test_all_256_codes_pass_through_bucket_run(self):
        self.all_codes("bucket", "run", "--name", self.name, "--rate", "1000000/1s")

    def test_the_caller_of_sem_run_sees_the_signal_that_command_died_of(self):
        for number in sorted(set(range(1, signal.SIGRTMAX + 1)) - DO_NOT_END):
            with self.subTest(signal=number):
                result = self.sem(command=["sh", "-c", f"ulimit -c 0; kill -{number} $$"])
                self.assertSilent(result, -number)
        self.assertFree()

    def test_the_caller_of_bucket_run_sees_the_signal_that_command_died_of(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
            with self.subTest(signal=number):
                result = self.bucket("--rate", "1000/s", command=["sh", "-c", f"ulimit -c 0; kill -{number} $$"])
                self.assertSilent(result, -number)

    def test_a_shell_sees_128_plus_the_signal(self):
        result = self.shell('"$LIMITERS" sem run --name "$1" -j 1 -- sh -c \'kill -TERM $$\'; echo $?', self.name).wait()
        self.assertEqual(result.out, "143\n")

    def test_a_code_above_128_is_not_mistaken_for_a_signal(self):
        self.assertSilent(self.sem(command=["sh", "-c", "exit 143"]), 143)

    def test_codes_that_limiters_uses_itself_are_passed_on_without_a_word(self):
        for code in (64, 69, 70, 71, 75, 77, 78, 79, 126, 127):
            self.assertSilent(self.sem(command=["sh", "-c", f"exit {code}"]), code)


class NotStarted(CliTest):
    """Found out before Redis is asked: it could not be reached here."""

    def setUp(self):
        super().setUp()
        self.nowhere = f"unix://{self.folder}/nothing"

    def assertNotStarted(self, word, code, *parts, **more):
        for result in self.both(command=[word], redis=self.nowhere, **more):
            self.assertRefused(result, code, *parts)

    def file(self, name, text="#!/bin/sh\nexit 5\n", mode=0o755):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def test_a_word_that_is_in_no_folder_of_path_is_not_found(self):
        self.assertNotStarted("limiters-no-such-program", 127, "limiters-no-such-program: command not found")

    def test_a_line_for_a_shell_is_told_from_a_program_and_not_shown_beyond_its_first_word(self):
        for line in ("sleep 1; echo hi", "curl -u user:secret https://h", "/bin/echo hi", "a&&b", "true>x"):
            told = self.assertNotStarted(line, 127, "command not found", "-- sh -c 'LINE'")
            self.assertNotIn("secret", str(told))

    def test_a_program_with_a_blank_in_its_name_is_found(self):
        self.assertEqual(self.sem(command=[self.file("my program")]).code, 5)

    def test_a_path_that_does_not_exist_is_not_found(self):
        self.assertNotStarted("/no/such/program", 127, "/no/such/program: command not found")
        self.assertNotStarted(self.file("file") + "/x", 127, "command not found")

    def test_a_file_without_the_executable_bit_is_not_executable(self):
        self.assertNotStarted(self.file("plain", mode=0o644), 126, "plain: cannot be executed: Permission denied")

    def test_a_folder_is_not_executable(self):
        self.assertNotStarted(str(self.folder), 126, "cannot be executed")

    def test_a_file_in_path_without_the_executable_bit_is_not_executable(self):
        self.file("plain", mode=0o644)
        self.assertNotStarted("plain", 126, "plain: cannot be executed", env={"PATH": str(self.folder)})

    def test_an_empty_word_is_not_found(self):
        self.assertNotStarted("", 127, "'': command not found")

    def test_a_script_without_an_interpreter_line_is_run_by_the_shell(self):
        script = self.file("script", 'echo "$0 $1"; exit 7\n')
        for run in (self.sem, self.bucket):
            self.assertSilent(run(command=[script, "a b"]), 7, f"{script} a b\n")

    def test_a_script_without_an_interpreter_line_is_found_in_path_too(self):
        self.file("script", "exit 7\n")
        for run in (self.sem, self.bucket):
            self.assertSilent(run(command=["script"], env={"PATH": f"{self.folder}:/bin"}), 7)


class NotStartedAfterAll(CliTest):
    """What only exec itself can tell: the slot was taken by then, and is given back."""

    def assertGivenBack(self, word, code, *parts):
        self.assertRefused(self.sem("--min-hold", "1h", command=[word]), code, word, *parts)
        self.assertFree()

    def test_a_script_whose_interpreter_is_missing_is_not_found(self):
        script = self.folder / "script"
        script.write_text("#!/no/such/interpreter\n")
        script.chmod(0o755)
        why = f"{script}: the interpreter that it names was not found"
        self.assertGivenBack(str(script), 127, why)
        self.assertRefused(self.bucket(command=[str(script)]), 127, why)

    def test_a_program_that_is_being_written_is_not_executable(self):
        program = self.folder / "program"
        shutil.copy("/bin/true", program)
        with open(program, "r+b"):
            self.assertGivenBack(str(program), 126)

    def test_an_argument_list_that_is_too_long_with_our_variables_is_not_executable(self):
        most = self.longest_environment()
        # What fits limiters with nothing to spare is too much for a command that gets more variables.
        self.assertRefused(self.run_with(most), 126, "true: cannot be executed: Argument list too long")
        self.assertFree()

    def run_with(self, size):
        """sem run in an environment of so many bytes; None if the kernel takes no more for limiters itself."""
        filler = {f"FILLER{i}": "x" * min(100_000, size - i) for i in range(0, size, 100_000)}
        try:
            return self.sem("--name", "x" * 200, env=filler)
        except OSError as e:
            self.assertEqual(e.errno, errno.E2BIG)

    def longest_environment(self):
        low, high = 0, 8_000_000
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.run_with(middle) else (low, middle)
        return low


class CodeOfLimiters(CliTest):
    def test_usage_is_64(self):
        for result in self.both("--name", ""):
            self.assertRefused(result, 64, "--name")

    def test_a_server_that_cannot_be_reached_is_69(self):
        for result in self.both("--redis-timeout", "200ms", redis=f"redis://127.0.0.1:{free_port()}"):
            self.assertRefused(result, 69, f"'{self.name}'", "redis://127.0.0.1:", "Connection refused")

    def test_an_answer_that_makes_no_sense_is_70(self):
        self.server.call("SET", self.key, "not a hash")
        self.assertRefused(self.sem(), 70, f"'{self.name}'", self.key, "WRONGTYPE")
        self.server.call("SET", self.bucket_key, "not a hash")
        self.assertRefused(self.bucket(), 70, f"'{self.name}'", self.bucket_key, "WRONGTYPE")

    def test_a_failed_system_call_is_71(self):
        # Room for stdin, stdout and stderr, and for nothing more, or for all but the connection.
        for room in (3, 4):
            script = f'ulimit -n {room}; exec "$LIMITERS" sem run --name "$1" -j 1 -- true'
            result = self.shell(script, self.name).wait()
            if "loading shared libraries" in result.err:
                self.skipTest("a dynamic build cannot start there")
            self.assertRefused(result, 71, "Too many open files")

    def test_a_wait_that_is_too_long_is_75(self):
        self.holder()
        self.assertRefused(self.sem("--no-wait"), 75, f"'{self.name}'", self.redis, "1 of 1 in use", "--max-sleep")
        self.bucket()
        self.assertRefused(self.bucket("--no-wait"), 75, f"'{self.name}'", self.redis, "due in", "--max-sleep")

    def test_a_bad_variable_is_78(self):
        for result in self.both(env={"LIMITERS_KEY_PREFIX": "a{b"}):
            self.assertRefused(result, 78, "LIMITERS_KEY_PREFIX")


class Refusals(CliTest):
    config = {"requirepass": "hunter2"}

    def test_a_refusal_of_the_server_is_77(self):
        for result in self.both():
            self.assertRefused(result, 77, f"'{self.name}'", self.redis, "password")


class ConflictExitCode(CliTest):
    def test_another_code_can_be_chosen_for_a_wait_that_is_too_long(self):
        self.holder()
        self.bucket()
        for code in (9, 75, 255):
            for result in self.both("--no-wait", "-E", str(code)):
                self.assertRefused(result, code, "--max-sleep")

    def test_code_0_is_a_quiet_success(self):
        self.holder()
        self.bucket()
        for result in (*self.both("--no-wait", "-E", "0"), *self.acquire_both("--no-wait", "-E", "0")):
            self.assertSilent(result)

    def test_verbose_tells_what_code_0_keeps_quiet(self):
        self.holder()
        self.bucket()
        for result in (*self.both("-v", "--no-wait", "-E", "0"), *self.acquire_both("-v", "--no-wait", "-E", "0")):
            self.assertEqual((result.code, result.out), (0, ""), result)
            self.assertIn("--max-sleep", result.err)

    def acquire_both(self, *options):
        return (limiters("sem", "acquire", "--name", self.name, "-j", "1", *options, redis=self.redis),
                limiters("bucket", "acquire", "--name", self.name, "--rate", "1/1h", *options, redis=self.redis))

    def test_the_long_form_means_the_same(self):
        self.holder()
        self.assertRefused(self.sem("--no-wait", "--conflict-exit-code", "3"), 3, "--max-sleep")

    def test_no_other_failure_gets_that_code(self):
        nowhere = f"unix://{self.folder}/nothing"
        for result in self.both("-E", "9", "--redis-timeout", "50ms", redis=nowhere):
            self.assertRefused(result, 69, "cannot reach")
        self.assertRefused(self.sem("-E", "9", "--name", ""), 64, "--name")

    def test_a_code_that_no_process_can_have_is_refused(self):
        for code in ("600", "256", "-1", "9x", "0x10", "1.0", " "):
            for result in self.both("-E", code):
                self.assertRefused(result, 64, "--conflict-exit-code", f"'{code}'", "0 to 255")


if __name__ == "__main__":
    unittest.main()
