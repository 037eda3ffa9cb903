"""stdin, stdout, stderr and all other descriptors: CMD has the caller's, closed ones included, and none of ours."""

import itertools
import os
import pathlib
import signal
import unittest

from cli.case import PATIENCE, CliTest
from support.tool import BINARY, Running, environment
from support.wait import eventually

# Which of 0 to 2 the command has open, written where none of them is needed.
OPEN_ONES = 'found=; for fd in 0 1 2; do [ -e /proc/$$/fd/$fd ] && found="$found$fd"; done; echo "$found" >"$1"'


class StandardStreams(CliTest):
    def test_stdin_is_passed_byte_for_byte(self):
        data = bytes(range(256)) * 1000
        for result in self.both(command=["cksum"], stdin=data):
            with Running(["cksum"], stdin=data, env=environment()) as direct:
                self.assertSilent(result, 0, direct.wait().out)

    def test_stdin_is_not_read_by_limiters(self):
        script = '{ "$LIMITERS" sem run --name "$1" -j 1 -- head -c 1; cat; } <"$2"'
        (self.folder / "input").write_text("abc\n")
        self.assertSilent(self.shell(script, self.name, self.folder / "input").wait(PATIENCE), 0, "abc\n")

    def test_a_pipe_through_limiters_is_a_pipe(self):
        script = 'printf "b\\na\\n" | "$LIMITERS" sem run --name "$1" -j 1 -- sort | tr -d "\\n"'
        self.assertSilent(self.shell(script, self.name).wait(PATIENCE), 0, "ab")

    def test_stdout_and_stderr_are_told_apart(self):
        for result in self.both(command=["sh", "-c", "echo out; echo err >&2"]):
            self.assertEqual((result.code, result.out, result.err), (0, "out\n", "err\n"))

    def test_the_streams_are_the_very_same_files(self):
        links = ["readlink", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"]
        for words in (self.sem_words(command=links), self.bucket_words(command=links)):
            with open(self.folder / "out", "w") as out:
                running = self.start(*words, stdout=out, stderr=out)
                self.assertEqual(running.wait().code, 0)
            self.assertEqual((self.folder / "out").read_text(), f"/dev/null\n{self.folder}/out\n{self.folder}/out\n")

    def test_a_reader_that_goes_away_ends_command_as_it_would_without_limiters(self):
        script = '{ "$LIMITERS" sem run --name "$1" -j 1 -- yes; echo $? >&2; } | head -n 1'
        result = self.shell(script, self.name).wait(PATIENCE)
        self.assertEqual((result.out, result.err), ("y\n", "141\n"))


class LostOutput(CliTest):
    INFORMATION = ("--version", "--help", "sem run --help", "status", "status --json", "doctor", "doctor --acl")

    def setUp(self):
        super().setUp()
        self.sem()  # for status to have something to say

    def run_to(self, words, redirection):
        return self.shell(f'exec "$LIMITERS" {words} {redirection}').wait(PATIENCE)

    def test_a_device_that_takes_nothing_is_an_error(self):
        for words in self.INFORMATION:
            with self.subTest(words):
                self.assertRefused(self.run_to(words, ">/dev/full"), 71, "write standard output: No space left")

    def test_a_pipe_that_nobody_reads_is_a_quiet_end_and_an_error_where_sigpipe_is_ignored(self):
        for words in self.INFORMATION:
            with self.subTest(words):
                reader, writer = os.pipe()
                os.close(reader)
                self.addCleanup(os.close, writer)
                quiet = self.shell(f'exec "$LIMITERS" {words}', stdout=writer).wait(PATIENCE)
                self.assertSilent(quiet, -signal.SIGPIPE)
                told = self.shell(f'trap "" PIPE; exec "$LIMITERS" {words}', stdout=writer).wait(PATIENCE)
                self.assertRefused(told, 71, "write standard output: Broken pipe")

    def test_an_output_that_is_closed_is_an_error(self):
        for words in self.INFORMATION:
            with self.subTest(words):
                self.assertRefused(self.run_to(words, ">&-"), 71, "write standard output: it is closed")


class ClosedStreams(CliTest):
    def closings(self):
        """Every choice of <&-, >&- and 2>&-, with the ones that stay open."""
        for keep in itertools.product((True, False), repeat=3):
            redirections = " ".join(f"{fd}>&-" for fd in range(3) if not keep[fd])
            yield redirections, "".join(str(fd) for fd in range(3) if keep[fd])

    def run_closed(self, kind, redirections, report):
        options = '-j 1' if kind == "sem" else "--rate 1000/s"
        script = f'exec "$LIMITERS" {kind} run --name "$1" {options} -- sh -c "$2" sh "$3" {redirections}'
        return self.shell(script, self.name, OPEN_ONES, report).wait(PATIENCE)

    def test_command_sees_closed_what_the_caller_closed(self):
        report = self.folder / "report"
        for kind in ("sem", "bucket"):
            for redirections, still_open in self.closings():
                with self.subTest(kind, closed=redirections):
                    report.unlink(missing_ok=True)
                    self.assertSilent(self.run_closed(kind, redirections, report))
                    self.assertEqual(report.read_text(), f"{still_open}\n")

    def test_no_descriptor_of_ours_takes_the_place_of_a_closed_one(self):
        gate, started = self.folder / "gate", self.folder / "started"
        os.mkfifo(gate)
        for redirections, still_open in self.closings():
            with self.subTest(closed=redirections):
                started.unlink(missing_ok=True)
                script = ('exec "$LIMITERS" sem run --name "$1" -j 1 -- sh -c \'echo >"$1"; read -r code <"$2"\' '
                          f'sh "$2" "$3" {redirections}')
                running = self.shell(script, self.name, started, gate)
                eventually(started.exists, PATIENCE)
                places = {fd: os.readlink(f"/proc/{running.pid}/fd/{fd}") for fd in range(3)}
                gate.write_text("0\n")
                self.assertSilent(running.wait(PATIENCE))
                for fd, place in places.items():
                    if str(fd) not in still_open:
                        self.assertEqual(place, "/dev/null")

    def test_an_error_with_stderr_closed_goes_nowhere(self):
        for redirections, _ in self.closings():
            if "2>&-" in redirections:
                script = f'exec "$LIMITERS" sem run --name "" -j 1 -- true {redirections}'
                self.assertSilent(self.shell(script).wait(PATIENCE), 64)

    def test_an_error_with_stderr_closed_does_not_get_into_stdout_or_redis(self):
        self.holder()
        result = self.shell('exec "$LIMITERS" sem run --name "$1" -j 1 -n -- true 0<&- 2>&-', self.name).wait(PATIENCE)
        self.assertSilent(result, 75)
        self.assertNotIn("limiters:", self.server.log())

    def test_help_that_cannot_be_written_is_an_error(self):
        result = self.shell('exec "$LIMITERS" --help >/dev/full').wait(PATIENCE)
        self.assertEqual(result.code, 71, result)

    def test_a_message_that_cannot_be_written_does_not_stop_the_job(self):
        self.holder()
        result = self.shell('"$LIMITERS" sem run --name "$1" -j 2 -- echo ran 2>/dev/full', self.name).wait(PATIENCE)
        self.assertSilent(result, 0, "ran\n")


class OtherDescriptors(CliTest):
    def listing(self, *words, pass_fds=()):
        with Running([*words, "ls", "-l", "/proc/self/fd"], env=environment(), pass_fds=pass_fds) as running:
            result = running.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (0, ""))
        # "… 3 -> /proc/1234/fd", without what differs from run to run.
        return {line.split()[8]: line.split(" -> ")[1] for line in result.out.splitlines()[1:]
                if not line.endswith("/fd")}

    def assertSameDescriptors(self, *pass_fds):
        places = {str(fd): os.readlink(f"/proc/self/fd/{fd}") for fd in pass_fds}
        for words in (self.sem_words(command=()), self.bucket_words("--rate", "1000/s", command=())):
            found = self.listing(BINARY, "--redis", self.redis, *words, pass_fds=pass_fds)
            self.assertEqual(set(found), {"0", "1", "2"} | set(places))
            self.assertLessEqual(places.items(), found.items())

    def test_command_gets_none_of_ours(self):
        self.assertSameDescriptors()

    def test_command_gets_those_that_the_caller_passes(self):
        with open(self.folder / "file", "w") as file, open("/dev/zero") as zero:
            high = os.dup2(zero.fileno(), 200, inheritable=False)
            try:
                self.assertSameDescriptors(file.fileno(), zero.fileno(), high)
            finally:
                os.close(high)

    def test_a_descriptor_of_the_caller_works_in_command(self):
        for kind, options in (("sem", "-j 1"), ("bucket", "--rate 1/1h")):
            script = f'exec 7>"$2"; exec "$LIMITERS" {kind} run --name "$1" {options} -- sh -c "echo hello >&7"'
            self.assertSilent(self.shell(script, self.name, self.folder / kind).wait(PATIENCE))
            self.assertEqual((self.folder / kind).read_text(), "hello\n")

    def test_limiters_itself_holds_no_pipe_of_the_caller_longer_than_command(self):
        holder = self.holder()
        fds = {int(path.name): os.readlink(path) for path in pathlib.Path(f"/proc/{holder.pid}/fd").iterdir()}
        ours = [place for fd, place in fds.items() if fd > 2]
        self.assertTrue(all(place.startswith(("socket:", "anon_inode:", "pipe:")) for place in ours), fds)
        for fd in (fd for fd in fds if fd > 2):
            flags = pathlib.Path(f"/proc/{holder.pid}/fdinfo/{fd}").read_text().split("flags:")[1].split()[0]
            self.assertTrue(int(flags, 8) & os.O_CLOEXEC, (fd, fds[fd]))


if __name__ == "__main__":
    unittest.main()
