"""What the tests of leases between commands share: leases, keepers, and scripts that wait for a word from the test."""

import contextlib
import os
import pathlib
import signal
import subprocess

from cli.case import PATIENCE, CliTest
from process.case import alive
from support.tool import limiters
from support.wait import eventually


def end_of(process):
    """Kill a process of ours and reap it."""
    process.kill()
    process.wait()


class LeaseTest(CliTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.kill_keepers)

    # Leases.

    def acquire_words(self, *options):
        return ["sem", "acquire", "--name", self.name, "--capacity", "1", *options]

    def acquire(self, *options, redis=None, **more):
        return limiters(*self.acquire_words(*options), redis=redis or self.redis, timeout=PATIENCE, **more)

    def lease(self, *options, **more):
        """The lease that it prints."""
        result = self.acquire(*options, **more)
        self.assertEqual((result.code, result.err), (0, ""))
        return result.out.rstrip("\n")

    def renew(self, *words, redis=None):
        return limiters("sem", "renew", *words, redis=redis or self.redis, timeout=PATIENCE)

    def release(self, *words, redis=None):
        return limiters("sem", "release", *words, redis=redis or self.redis, timeout=PATIENCE)

    def free(self, id):
        """sem release of this test's limiter by the holder."""
        return self.release("--name", self.name, "--holder", id)

    def lease_end(self):
        """Of the only holder, µs on the server's clock."""
        return int(self.server.call("ZRANGE", f"{self.key}:holders", 0, 0, "WITHSCORES")[1])

    # Keepers.

    def process(self):
        """A process that lives until the test is done with it."""
        process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        self.addCleanup(end_of, process)
        # execve(2) closes the descriptor by which Popen knows of it before it gives the process its new name.
        name = pathlib.Path(f"/proc/{process.pid}/comm")
        eventually(lambda: name.read_text() == "sleep\n", PATIENCE, "the process to have its name")
        return process

    def kept(self, *options, **more):
        """A lease that is kept for a process: the process, the lease, the pid of the keeper."""
        process = self.process()
        lease = self.lease("--until-exit", str(process.pid), *options, **more)
        return process, lease, self.keeper()

    def keepers(self):
        """The pids of those for this test's limiter: nothing is left of what led their sessions."""
        return [int(folder.name) for folder in pathlib.Path("/proc").glob("[0-9]*") if self._is_keeper(folder)]

    def keeper(self):
        """The pid of the only one."""
        [pid] = self.keepers()
        return pid

    def _is_keeper(self, folder):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            return {b"acquire", self.name.encode()} <= set(words) and not alive(os.getsid(int(folder.name)))
        return False

    def kill_keepers(self):
        """Before their server goes: one that cannot release any more tries on."""
        for pid in self.keepers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # Scripts.

    def script(self, text, *words, program="sh", **options):
        """A shell script that has the name of the limiter in $1 and waits for go_on() at a `read -r go`."""
        running = self.shell(text, self.name, *words, program=program, stdin=subprocess.PIPE, **options)
        self.addCleanup(running.process.stdin.close)
        return running

    def go_on(self, running):
        running.process.stdin.write(b"go\n")
        running.process.stdin.flush()

    # What must hold.

    def assertEventuallyFree(self):
        eventually(lambda: not self.holders(), PATIENCE, "the release")
        self.assertFree()

    def assertEnds(self, *pids):
        eventually(lambda: not any(map(alive, pids)), PATIENCE, "the end")
