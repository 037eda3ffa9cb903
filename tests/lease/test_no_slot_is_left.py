"""An acquire that does not end well leaves no slot and no place in the queue behind."""

import fcntl
import os
import pathlib
import signal
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest, end_of
from process.case import pending
from support.wait import eventually


def asleep(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


class Waiting(LeaseTest):
    def setUp(self):
        super().setUp()
        self.held = self.lease("--expiry", "1h")

    def waiting(self, *options):
        running = self.start(*self.acquire_words(*options))
        eventually(self.waiters, PATIENCE, "the place in the queue")
        return running

    def assertNothingIsLeft(self):
        self.assertEqual(self.waiters(), [])
        self.assertEqual(self.keepers(), [])
        self.assertSilent(self.release(self.held))
        self.assertFree()

    def test_a_process_that_ends_while_acquire_waits_is_64(self):
        process = self.process()
        running = self.waiting("--until-exit", str(process.pid))
        end_of(process)
        result = running.wait(PATIENCE)
        self.assertRefused(result, 64, self.name, str(process.pid), "--until-exit")
        self.assertNothingIsLeft()

    def test_a_signal_that_ends_the_wait_leaves_the_queue(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                running = self.waiting()
                running.signal(number)
                self.assertSilent(running.wait(PATIENCE), -number)
                self.assertEqual(self.waiters(), [])
        self.assertNothingIsLeft()

    def test_max_sleep_leaves_the_queue(self):
        process = self.process()
        result = self.waiting("--until-exit", str(process.pid), "--max-sleep", "1s").wait(PATIENCE)
        self.assertRefused(result, 75, "no slot within 1s")
        self.assertNothingIsLeft()


class Output(LeaseTest):
    """Stdout is where the lease goes; with a keeper and without."""

    ways = (["--expiry", "1h"], ["--expiry", "1h", "--until-exit", str(os.getpid())])

    def full_pipe(self):
        """A pipe that takes no byte more, until somebody reads it: the end to read, the end to write."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        os.write(writer, b"x" * size)
        return reader, writer

    def granted(self, *options):
        """An acquire that has its slot and cannot print the lease."""
        reader, writer = self.full_pipe()
        running = self.start(*self.acquire_words(*options), stdout=writer)
        eventually(self.holders, PATIENCE, "the slot")
        return running, reader

    def test_closed_is_71_before_redis_is_asked(self):
        for options in self.ways:
            with self.subTest(options=options):
                running = self.shell('exec "$LIMITERS" "$@" >&-', *self.acquire_words(*options))
                self.assertRefused(running.wait(PATIENCE), 71, "stdout is closed")
                self.assertEqual(self.server.call("KEYS", f"*{self.name}*"), [])

    def test_full_is_71_and_the_slot_is_given_back(self):
        for options in self.ways:
            with self.subTest(options=options):
                running = self.shell('exec "$LIMITERS" "$@" >/dev/full', *self.acquire_words(*options))
                self.assertRefused(running.wait(PATIENCE), 71, self.name, "stdout", "given back")
                self.assertEqual(self.holders(), [])
                self.assertEnds(*self.keepers())
        self.assertFree()

    def test_a_pipe_that_nobody_reads_is_a_quiet_end_and_the_slot_is_given_back(self):
        for options in self.ways:
            with self.subTest(options=options):
                reader, writer = os.pipe()
                os.close(reader)
                running = self.start(*self.acquire_words(*options), stdout=writer)
                os.close(writer)
                self.assertSilent(running.wait(PATIENCE), -signal.SIGPIPE)
                self.assertEqual(self.holders(), [])
                self.assertEnds(*self.keepers())
        self.assertFree()

    def test_a_pipe_that_nobody_reads_is_71_where_sigpipe_is_ignored(self):
        for options in self.ways:
            with self.subTest(options=options):
                reader, writer = os.pipe()
                os.close(reader)
                words = self.acquire_words(*options)
                running = self.shell('trap "" PIPE; exec "$LIMITERS" "$@"', *words, stdout=writer)
                os.close(writer)
                self.assertRefused(running.wait(PATIENCE), 71, self.name, "Broken pipe")
                self.assertEqual(self.holders(), [])
                self.assertEnds(*self.keepers())

    def test_a_pipe_that_is_full_is_waited_for(self):
        for options in self.ways:
            with self.subTest(options=options):
                running, reader = self.granted(*options)
                os.read(reader, 4096)
                self.assertSilent(running.wait(PATIENCE))
                self.assertSilent(self.release(os.read(reader, 4096).decode().strip()))
                self.kill_keepers()

    def test_a_signal_before_the_lease_is_printed_gives_the_slot_back(self):
        for options in self.ways:
            with self.subTest(options=options):
                running, _ = self.granted(*options)
                running.signal(signal.SIGTERM)
                self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM)
                self.assertEqual(self.holders(), [])
                self.assertEnds(*self.keepers())

    def test_a_signal_that_ends_nothing_does_not_hide_the_one_that_does(self):
        for options in self.ways:
            with self.subTest(options=options):
                running, _ = self.granted(*options)
                # The answer woke it before this test could see the slot: it sleeps again over the pipe, or the keeper.
                eventually(lambda: asleep(running.process.pid), PATIENCE, "the wait for the pipe")
                running.signal(signal.SIGWINCH)
                eventually(lambda: not pending(running.process.pid, signal.SIGWINCH), PATIENCE, "the first signal to be taken")
                running.signal(signal.SIGTERM)
                self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM)
                self.assertEqual(self.holders(), [])
                self.assertEnds(*self.keepers())

    def test_the_end_of_the_process_before_the_lease_is_printed_gives_the_slot_back(self):
        process = self.process()
        running, _ = self.granted("--expiry", "1h", "--until-exit", str(process.pid))
        end_of(process)
        result = running.wait(PATIENCE)
        self.assertRefused(result, 64, str(process.pid))
        self.assertEventuallyFree()
        self.assertEnds(*self.keepers())

    def test_kill_9_before_the_lease_is_printed_frees_the_slot_within_one_expiry(self):
        running, _ = self.granted("--expiry", "1s")
        running.signal(signal.SIGKILL)
        running.wait(PATIENCE)
        self.assertSilent(self.sem())

    def test_kill_9_before_the_lease_is_printed_makes_the_keeper_release(self):
        running, _ = self.granted("--expiry", "1h", "--until-exit", str(os.getpid()))
        eventually(self.keepers, PATIENCE, "the keeper")
        running.signal(signal.SIGKILL)
        running.wait(PATIENCE)
        self.assertEventuallyFree()
        self.assertEnds(*self.keepers())


if __name__ == "__main__":
    unittest.main()
