"""Whom a stop ends, when the lease is lost, and whom it leaves alone."""

import contextlib
import os
import pathlib
import signal
import unittest

from cli.case import PATIENCE, is_root
from process.case import STUBBORN, ProcessTest, alive, descendants
from support.tool import BINARY, Running, environment
from support.wait import eventually


class StopReaches(ProcessTest):
    def lose(self, script, count):
        """Run a shell script as the command; when so many processes run below limiters and one has said `started`, its
        lease is taken away. The Result of limiters and those processes."""
        running = self.start_sem("--expiry", "1s", command=["sh", "-c", script], ready="started")
        return self.stopped(running, count)

    def stopped(self, running, count):
        pids = eventually(lambda: len(found := descendants(running.pid)) >= count and found, PATIENCE, "its processes")
        self.take_away()
        result = running.wait(PATIENCE)
        self.assertEqual(result.code, 79, result.err)
        return result, pids

    def test_both_ends_of_a_pipeline(self):
        result, pids = self.lose("echo started; sleep 1000 | sleep 1001", 3)
        self.assertGone(*pids)
        self.assertOneLine(result.err, "the lease is lost")

    def test_a_daemon_in_a_session_of_its_own(self):
        _, pids = self.lose("(setsid sleep 1000 &); echo started; exec sleep 1001", 2)
        self.assertGone(*pids)

    def test_a_daemon_of_a_command_that_has_its_own_group(self):
        _, pids = self.lose("setsid -w sh -c '(setsid sleep 1000 &); echo started; sleep 1001'", 3)
        self.assertGone(*pids)

    def test_a_child_that_ignores_term(self):
        running = self.start_sem("--expiry", "1s", "--kill-after", "200ms", command=STUBBORN, ready="started")
        result, pids = self.stopped(running, 1)
        self.assertGone(*pids)
        self.assertIn("killing it", result.err)

    def test_a_child_that_is_stopped(self):
        running = self.start_sem("--expiry", "1s", "--kill-after", "60s", command=["sh", "-c", "echo started; sleep 1000"],
                                 ready="started")
        for pid in eventually(lambda: len(found := descendants(running.pid)) == 2 and found, PATIENCE):
            os.kill(pid, signal.SIGSTOP)
        result, pids = self.stopped(running, 2)
        self.assertGone(*pids)
        self.assertOneLine(result.err, "the lease is lost")


class LeavesAlone(ProcessTest):
    def kill_later(self, pid):
        def kill():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.addCleanup(kill)

    def test_a_daemon_lives_on_after_the_normal_end_of_the_command(self):
        # It tells its pid when it has its session: until then it shares the group that the test ends.
        daemon = "setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1'"
        result = self.sem(command=["sh", "-c", f"{{ {daemon} & }} | head -n 1"])
        pid = int(result.out)
        self.kill_later(pid)
        self.assertSilent(result, 0, f"{pid}\n")
        self.assertTrue(alive(pid))
        self.assertFree()

    def test_earlier_children_of_a_shell_that_became_limiters(self):
        words = self.sem_words("--expiry", "1s", command=["sh", "-c", "echo started; exec sleep 1001"])
        running = self.shell('sleep 1000 & echo "pid $!"; exec "$LIMITERS" "$@"', *words)
        running.wait_for_out("started", PATIENCE)
        pid = int(running.out().split("pid ")[1].split()[0])
        self.kill_later(pid)
        self.take_away()
        result = running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertOneLine(result.err, "the lease is lost")
        self.assertTrue(alive(pid))

    def test_the_rest_of_the_pipeline_that_limiters_stands_in(self):
        words = self.sem_words("--expiry", "1s", command=["sh", "-c", "echo started >&2; exec sleep 1001"])
        running = self.shell('sleep 1000 | { "$LIMITERS" "$@"; echo "code $?" >&2; } | sleep 1002', *words)
        running.wait_for_err("started", PATIENCE)
        neighbours = eventually(lambda: len(found := self.sleepers(running)) == 2 and found, PATIENCE, "the neighbours")
        self.take_away()
        self.assertIn("code 79", running.wait_for_err("code", PATIENCE))
        self.assertEqual(self.sleepers(running), neighbours)

    def sleepers(self, running):
        lines = {pid: pathlib.Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(running.pid)}
        return sorted(pid for pid, line in lines.items() if line in ("sleep\0001000\0", "sleep\0001002\0"))

    @unittest.skipUnless(is_root(), "only root can run a command as another user")
    def test_a_process_of_another_user_is_reported_and_not_waited_for(self):
        # Root may signal everyone, until it gives that up.
        other = ["setpriv", "--reuid", "65534", "--clear-groups", "sh", "-c", "echo pid $$; exec sleep 1000"]
        words = ["setpriv", "--bounding-set=-kill", "--inh-caps=-kill", BINARY, "--redis", self.redis,
                 *self.sem_words("--expiry", "1s", command=["sh", "-c", '"$@" & sleep 1001', "sh", *other])]
        running = self.enterContext(Running(words, env=environment()))
        running.wait_for_out("pid ", PATIENCE)
        pid = int(running.out().split()[1])
        self.kill_later(pid)
        self.take_away()
        result = running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertIn(f"process {pid} belongs to another user", result.err)
        self.assertNotIn("killing it", result.err)
        self.assertTrue(alive(pid))


if __name__ == "__main__":
    unittest.main()
