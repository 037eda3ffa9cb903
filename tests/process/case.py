"""What the tests of processes share: commands that witness their signals, and a look at who is alive."""

import contextlib
import os
import pathlib
import sys

from cli.case import PATIENCE, CliTest
from lua.scripts import Semaphore
from process import tracer
from support.wait import eventually

HERE = pathlib.Path(__file__).resolve().parent
STUBBORN = ["sh", "-c", 'trap "" TERM; echo started; exec sleep 1000']


def alive(pid):
    """Whether it runs: a zombie does not."""
    with contextlib.suppress(OSError):
        return state(pid)[0] not in "ZX"
    return False


def state(pid):
    """The fields of /proc/PID/stat behind the name: state, parent..."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def pending(pid, number):
    """Whether that signal waits to be delivered to it."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return any(int(line.split()[1], 16) >> number - 1 & 1 for line in status.splitlines() if line[3:].startswith("Pnd:"))


def names_below(pid):
    """The names of its children, zombies too."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sorted(pathlib.Path(f"/proc/{child}/comm").read_text().strip() for child in children)


def descendants(pid):
    """The pids of all that run below it."""
    found, todo = [], [pid]
    while todo:
        with contextlib.suppress(OSError):
            parent = todo.pop()
            text = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text()
            children = [int(child) for child in text.split()]
            found, todo = found + children, todo + children
    return [pid for pid in found if alive(pid)]


class ProcessTest(CliTest):
    def reporter(self, *words):
        """A command that prints `ready` and then a line for each signal it gets: its number, wall clock, sender."""
        return [sys.executable, "-S", "-u", str(HERE / "reporter.py"), *words]

    def reported(self, running):
        """Rows of [number, time, sender], in the order in which they came."""
        rows = [line.split() for line in running.out().splitlines() if line[:1].isdigit()]
        return [[int(number), float(time), int(sender)] for number, time, sender in (row for row in rows if len(row) == 3)]

    def wait_for_report(self, running, count):
        """The numbers of the signals, when there are at least so many."""
        eventually(lambda: len(self.reported(running)) >= count or not running.running(), PATIENCE,
                   f"{count} signals; stderr: {running.err()}")
        return [number for number, _, _ in self.reported(running)]

    def start_sem(self, *options, command, ready="ready", **more):
        """A `sem run` whose command has said `ready`."""
        running = self.start(*self.sem_words(*options, command=command), **more)
        running.wait_for_out(ready, PATIENCE)
        return running

    def held_sem(self, *options, command):
        """A `sem run` that stands still before its first step: the Running, and the Held process."""
        gate = self.folder / f"gate-{len(os.listdir(self.folder))}"
        os.mkfifo(gate)
        both_ends = os.open(gate, os.O_RDWR)
        self.addCleanup(os.close, both_ends)
        words = self.sem_words(*options, command=command)
        running = self.shell('read -r x <"$1"; shift; exec "$LIMITERS" "$@"', gate, *words)
        limiters = tracer.hold(running.pid)
        os.write(both_ends, b"\n")
        return running, limiters

    # What others do to its lease.

    def take_away(self):
        """Give up the slot in its name: its next renewal is told that the lease is lost."""
        with self.server.client() as client:
            Semaphore(client, self.name).release(self.holders()[0], bar=120 * 10**6)

    def give_to_another(self):
        """Forget the holder and let another hold its slot for a minute, in one step."""
        [mine] = self.holders()
        with self.server.client() as client:
            client.call("MULTI")
            client.call("HDEL", self.key, mine)
            client.call("ZREM", f"{self.key}:holders", mine)
            client.call("HSET", self.key, "f" * 32, self._record_of_another())
            client.call("ZADD", f"{self.key}:holders", self.server_now() + 60_000_000, "f" * 32)
            client.call("EXEC")

    def _record_of_another(self):
        now = self.server_now()
        return f"1 1 60000000 0 {now} {now} {now} elsewhere 1 another"

    # What must hold.

    def assertGone(self, *pids):
        self.assertEqual([pid for pid in pids if alive(pid)], [])

    def assertEveryKeyExpires(self):
        keys = self.server.call("KEYS", "*")
        self.assertEqual([key for key in keys if self.server.call("PTTL", key) < 0], [])
