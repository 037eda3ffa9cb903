"""Under an interactive bash on a real terminal: what the keys do, and what jobs do."""

import pathlib
import signal
import unittest

from cli.case import PATIENCE
from process.case import alive, state
from process.terminal import TerminalTest
from support.tool import BINARY
from support.wait import eventually


class Keys(TerminalTest):
    def setUp(self):
        super().setUp()
        self.open_shell()

    def run_reporter(self, *before):
        self.terminal.type(self.line(*before, *self.logging_reporter()) + "\n")
        self.wait_for_reporter()

    def test_ctrl_c_comes_once(self):
        self.run_reporter()
        self.terminal.type("\x03")
        self.expect(signal.SIGINT)

    def test_ctrl_backslash_comes_once(self):
        self.run_reporter()
        self.terminal.type("\x1c")
        self.expect(signal.SIGQUIT)

    def test_a_change_of_the_window_size_comes_once(self):
        self.run_reporter()
        self.terminal.resize(33)
        self.expect(signal.SIGWINCH)

    def test_ctrl_c_reaches_a_command_in_a_session_of_its_own(self):
        self.run_reporter("setsid")
        self.terminal.type("\x03")
        self.expect(signal.SIGINT)

    def test_ctrl_c_ends_a_command_under_timeout(self):
        self.terminal.type(self.line("timeout", "60", "sh", "-c", f"echo $$ >{self.log}; exec sleep 1000") + "\n")
        pid = int(eventually(self.log.read_text, PATIENCE))
        # timeout(1) forgets its child for a signal that comes before it has returned from fork.
        timeout = int(state(pid)[1])
        eventually(lambda: state(timeout)[0] == "S", PATIENCE, "timeout to wait for its child")
        self.terminal.type("\x03")
        eventually(lambda: not alive(pid), PATIENCE, "the end of the command")
        self.assertEventuallyFree()

    def test_ctrl_c_ends_a_loop_of_the_shell(self):
        self.assertEndsLoop("{}")

    def test_ctrl_c_ends_a_loop_of_a_script(self):
        for shell in ("bash", "dash"):
            with self.subTest(shell):
                self.assertEndsLoop(f"{shell} -c {{!r}}")
                self.log.unlink()

    def assertEndsLoop(self, around):
        body = self.line("sh", "-c", f"echo x >>{self.log}; exec sleep 1000")
        (self.folder / "body").write_text(body)
        loop = f"for i in 1 2 3; do . {self.folder}/body; done"
        self.terminal.type(around.format(loop) + "\n")
        eventually(lambda: self.log.read_text() == "x\n", PATIENCE)
        self.terminal.type("\x03")
        self.terminal.type("echo over-$((1+1))\n")
        self.terminal.wait_for("over-2")
        self.assertEqual(self.log.read_text(), "x\n")
        self.assertEventuallyFree()

    def test_ctrl_z_stops_the_job_and_fg_and_bg_go_on_with_it(self):
        self.terminal.type(self.line("sh", "-c", f"echo $$ >{self.log}; exec sleep 1000") + "\n")
        command = int(eventually(self.log.read_text, PATIENCE))
        job = self.terminal.group()
        for go_on in ("fg", "bg"):
            self.terminal.type("\x1a")
            self.terminal.wait_for("Stopped")
            eventually(lambda: self.state(job) == self.state(command) == "T", PATIENCE, "both to be stopped")
            self.terminal.type(go_on + "\n")
            eventually(lambda: self.state(job) == self.state(command) == "S", PATIENCE, f"both after {go_on}")
            if go_on == "fg":
                eventually(lambda: self.terminal.group() == job, PATIENCE, "the foreground")
        self.terminal.type("fg\n")
        eventually(lambda: self.terminal.group() == job, PATIENCE, "the foreground")
        self.terminal.type("\x03")
        eventually(lambda: not alive(command), PATIENCE, "the end of the command")
        self.assertEventuallyFree()

    def test_the_shell_sees_ctrl_z_as_that_of_any_command(self):
        holder = self.holder()
        self.terminal.type(self.line("true") + "\n")
        eventually(self.waiters, PATIENCE, "the waiter")
        self.assertStoppedBySignalTstp()
        holder.finish()
        self.terminal.type("fg\n")
        self.assertEventuallyFree()
        self.terminal.type(self.line("sh", "-c", f"echo $$ >{self.log}; exec sleep 1000") + "\n")
        eventually(self.log.read_text, PATIENCE, "the command")
        self.assertStoppedBySignalTstp()

    def assertStoppedBySignalTstp(self):
        self.terminal.type("\x1a")
        self.terminal.wait_for("Stopped ")
        self.terminal.type("echo code-$?\n")
        self.terminal.wait_for(f"code-{128 + signal.SIGTSTP}")

    def test_a_job_that_was_stopped_for_longer_than_its_expiry_is_told_when_it_goes_on(self):
        script = f"echo $$ >{self.log}; exec sleep 1000"
        self.terminal.type(self.line("sh", "-c", script, options=["--expiry", "1s"]) + "\n")
        command = int(eventually(self.log.read_text, PATIENCE))
        self.terminal.type("\x1a")
        self.terminal.wait_for("Stopped")
        other = self.holder("--expiry", "1s")
        self.terminal.type("fg\n")
        self.terminal.wait_for("the lease is lost")
        eventually(lambda: not alive(command), PATIENCE, "the end of the command")
        self.assertEqual(other.finish().code, 0)
        self.assertEventuallyFree()

    def state(self, pid):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Orphaned(TerminalTest):
    """limiters leads the session, as under `ssh -t host limiters …`: no shell could wake it."""

    def type_ctrl_z(self):
        self.terminal.type("\x1a")
        self.terminal.wait_for("^Z")  # the terminal shows it once it has sent the signal

    def test_ctrl_z_does_not_stop_a_wait_for_a_slot(self):
        holder = self.holder()
        self.open(*self.words("echo", "granted"))
        eventually(self.waiters, PATIENCE, "the waiter")
        self.type_ctrl_z()
        holder.finish()
        self.terminal.wait_for("granted")

    def test_ctrl_z_does_not_stop_a_wait_for_tokens(self):
        words = [BINARY, "--redis", self.redis, *self.bucket_words("--rate", "1/3s", command=["echo", "granted"])]
        self.bucket("--rate", "1/3s")
        self.open(*words)
        eventually(lambda: len(self.due_times()) == 2, PATIENCE, "the wait")
        self.type_ctrl_z()
        self.terminal.wait_for("granted")

    def test_ctrl_z_stops_no_command_that_has_a_group_of_its_own(self):
        go_on = self.folder / "go-on"
        script = f"echo started; until test -e {go_on}; do sleep 0.01; done"
        self.open(*self.words("timeout", "1000", "sh", "-c", script))
        self.terminal.wait_for("started")
        self.type_ctrl_z()
        go_on.touch()
        self.assertEventuallyFree()


if __name__ == "__main__":
    unittest.main()
