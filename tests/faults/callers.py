"""Callers of one semaphore on a private server: what their commands witnessed, and what stands in Redis."""

import hashlib
import os
import pathlib
import tempfile
import unittest

from support.resp import script_text
from support.server import Server
from support.tool import spawn
from support.wait import eventually

NAME = "t"
P = "limiters:2:sem:{t}"
PATIENCE = 60  # for what a busy machine may delay, and a failure waits for in vain

# Says when it starts and ends, and runs until its gate is opened. Appends of a line are atomic: the file's order is
# the order of events. Builtins only: the shell itself is the command.
HOLD = 'echo "start $1" >>"$2"; read -r code <"$3"; echo "end $1" >>"$2"; exit "$code"'


class Stage:
    """The folder in which commands leave their witness, and the gates at which they wait."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="limiters-stage-")
        self.path = pathlib.Path(self._folder.name)
        self.witness = self.path / "witness"
        self.witness.touch()
        self._gates = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for fd in self._gates.values():
            os.close(fd)
        self._folder.cleanup()

    def hold_command(self, tag):
        gate = self.path / f"gate-{tag}"
        os.mkfifo(gate)
        self._gates[tag] = os.open(gate, os.O_RDWR)  # both ends: neither side ever blocks for want of the other
        return ["sh", "-c", HOLD, "hold", tag, self.witness, gate]

    def open_gate(self, tag, code=0):
        os.write(self._gates[tag], b"%d\n" % code)

    def events(self):
        """[("start", tag), ("end", tag), …] in the order in which they happened."""
        return [tuple(line.split(None, 1)) for line in self.witness.read_text().splitlines()]

    def started(self):
        return [tag for event, tag in self.events() if event == "start"]

    def ended(self):
        return [tag for event, tag in self.events() if event == "end"]

    def most_at_once(self):
        """How many commands ran at one time, at most. One that was killed counts as running for ever."""
        running = most = 0
        for event, _ in self.events():
            running += {"start": 1, "end": -1}.get(event, 0)
            most = max(most, running)
        return most


class Caller:
    """One `limiters sem run`. With the command HOLD it runs until finish()."""

    def __init__(self, stage, tag, running):
        self._stage, self.tag, self.running = stage, tag, running

    def __repr__(self):
        return self.tag

    @property
    def pid(self):
        return self.running.pid

    def started(self):
        return self.tag in self._stage.started()

    def wait_for_start(self, timeout=PATIENCE):
        def start_or_end():
            return self.started() or not self.running.running()
        eventually(start_or_end, timeout, f"the start of {self.tag}; stderr: {self.running.err()!r}")
        if not self.started():
            raise AssertionError(f"{self.tag} ended without its command: {self.running.wait()}")
        return self

    def command_pid(self):
        """The process of CMD."""
        [pid] = self.running.children()
        return pid

    def open_gate(self, code=0):
        self._stage.open_gate(self.tag, code)

    def finish(self, code=0):
        """Let CMD end with this code, and return the Result of limiters."""
        self.open_gate(code)
        return self.running.wait(PATIENCE)


class FaultTest(unittest.TestCase):
    """A server and a stage for each test."""

    config = {}

    def setUp(self):
        self.server = self.enterContext(Server(self.config))
        self.stage = self.enterContext(Stage())

    def caller(self, tag, *options, capacity=1, expiry="3s", redis=None, command=None, name=NAME, **spawn_options):
        """Start limiters; its command is HOLD unless another is given."""
        command = command or self.stage.hold_command(tag)
        running = self.enterContext(spawn("sem", "run", "--name", name, "--capacity", str(capacity), "--expiry", expiry,
                                          *options, "--", *command, redis=redis or self.server.url, **spawn_options))
        return Caller(self.stage, tag, running)

    def holder(self, tag, *options, **more):
        return self.caller(tag, *options, **more).wait_for_start()

    def waiter(self, tag, *options, **more):
        """A caller that stands in the queue, the last of it, and knows that it does."""
        before = self.waiters()
        caller = self.caller(tag, *options, **more)
        eventually(lambda: len(self.waiters()) > len(before), PATIENCE, f"{tag} in the queue")
        # One that has had no answer yet gives up after --redis-timeout. One that has had it blocks for its wake-up.
        eventually(lambda: self.blocked() >= len(self.waiters()), PATIENCE, f"{tag} to know its place")
        return caller

    def blocked(self):
        lines = self.server.call("INFO", "clients").splitlines()
        return next(int(line.split(":")[1]) for line in lines if line.startswith("blocked_clients:"))

    # What stands in Redis.

    def holders(self):
        return set(self.server.call("ZRANGE", f"{P}:holders", 0, -1))

    def waiters(self):
        return self.server.call("ZRANGE", f"{P}:waiters", 0, -1)

    def records(self):
        """The record of each id, as words: weight capacity lease keep ticket fence since host pid command."""
        flat = self.server.call("HGETALL", P)
        return {field: value.split(" ") for field, value in zip(flat[::2], flat[1::2]) if len(field) == 32}

    def id_of(self, caller):
        [found] = [id for id, words in self.records().items() if words[9] == str(caller.pid)]
        return found

    def fence_of(self, caller):
        return int(self.records()[self.id_of(caller)][5])

    def live_holders(self):
        """Ids whose lease has not ended."""
        return self.due_later("holders")

    def live_waiters(self):
        """Ids that have asked a short while ago, and of those who gave up."""
        return self.due_later("alive")

    def due_later(self, key):
        """On the limiter's own clock."""
        seconds, micros = self.server.call("TIME")
        now = int(seconds) * 1_000_000 + int(micros) + int(self.server.call("HGET", P, "offset") or 0)
        return set(self.server.call("ZRANGEBYSCORE", f"{P}:{key}", f"({now}", "+inf"))

    def wait_for_script(self, verb):
        """Wait until the server has this script in its cache, as after its first use."""
        sha1 = hashlib.sha1(script_text(verb)).hexdigest()
        eventually(lambda: self.server.call("SCRIPT", "EXISTS", sha1) == [1], PATIENCE, f"the first use of {verb}")

    # What must hold in the end.

    def assertEndedAs(self, result, code):
        self.assertEqual(result.code, code, result)

    def assertOneLine(self, text, *parts):
        """Exactly one line from limiters, with all these parts in it."""
        lines = text.splitlines()
        self.assertEqual(len(lines), 1, text)
        self.assertTrue(lines[0].startswith("limiters: "), text)
        for part in parts:
            self.assertIn(part, lines[0])

    def assertFree(self):
        """Nobody holds and nobody waits, and a new caller is served at once."""
        self.assertEqual((self.holders(), self.waiters()), (set(), []))

    def assertAllKeysExpire(self):
        with self.server.client() as client:
            keys = client.call("KEYS", "*")
            self.assertEqual([key for key in keys if not 0 < client.call("PTTL", key) <= 86_400_000 + 61_000], [])
