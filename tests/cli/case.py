"""What the tests of the command line share: a server a class, a limiter a test, and how a message must look."""

import contextlib
import os
import pathlib
import re
import tempfile
import threading
import unittest

from support.server import Server
from support.tool import BINARY, Running, environment, limiters, spawn
from support.wait import eventually

PATIENCE = 60  # for what a busy machine may delay, and a failure waits for in vain


def is_root():
    return os.geteuid() == 0


def let_pass(seconds):
    """For the few tests where time itself is the event."""
    threading.Event().wait(seconds)


class CliTest(unittest.TestCase):
    """self.name is a limiter of this test alone; sem() and bucket() use it, with a capacity of 1 and a token an hour
    unless the options say otherwise (the last one counts)."""

    config = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(cls.config))
        cls.redis = cls.server.unix_url

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="limiters-cli-")))
        self.name = self.id().split(".")[-1]

    # Running it.

    def sem_words(self, *options, command=("true",)):
        return ["sem", "run", "--name", self.name, "--capacity", "1", *options, "--", *command]

    def bucket_words(self, *options, command=("true",)):
        rate = [] if "--refill-amount" in options else ["--rate", "1/1h"]
        return ["bucket", "run", "--name", self.name, *rate, *options, "--", *command]

    def sem(self, *options, command=("true",), redis=None, **more):
        return limiters(*self.sem_words(*options, command=command), redis=redis or self.redis, timeout=PATIENCE, **more)

    def bucket(self, *options, command=("true",), redis=None, **more):
        return limiters(*self.bucket_words(*options, command=command), redis=redis or self.redis, timeout=PATIENCE,
                        **more)

    def both(self, *options, **more):
        """The Results of a sem run and of a bucket run: for what is the same for both kinds of limiter."""
        return self.sem(*options, **more), self.bucket(*options, **more)

    def start(self, *words, redis=None, **more):
        """A Running that ends with the test."""
        return self.enterContext(spawn(*words, redis=redis or self.redis, **more))

    def shell(self, script, *words, program="sh", env=None, **options):
        """A Running of a shell script that finds the program in $LIMITERS and its words in $1…"""
        env = environment({"LIMITERS": BINARY, "LIMITERS_REDIS": self.redis} | (env or {}))
        return self.enterContext(Running([program, "-c", script, program, *map(str, words)], env=env, **options))

    def holder(self, *options, **more):
        """A Holder that has its slot."""
        gate = self.folder / f"gate-{len(os.listdir(self.folder))}"
        holder = Holder(self, gate, options, more)
        self.addCleanup(holder.close)
        return holder.wait_for_start()

    def waiter(self, *options, **more):
        """A Holder that stands in the queue by now."""
        before = len(self.waiters())
        gate = self.folder / f"gate-{len(os.listdir(self.folder))}"
        waiter = Holder(self, gate, options, more)
        self.addCleanup(waiter.close)
        eventually(lambda: len(self.waiters()) == before + 1, PATIENCE, "the next in the queue")
        return waiter

    # What stands in Redis.

    @property
    def key(self):
        return f"limiters:2:sem:{{{self.name}}}"

    @property
    def bucket_key(self):
        return f"limiters:2:bucket:{{{self.name}}}"

    def holders(self):
        return self.server.call("ZRANGE", f"{self.key}:holders", 0, -1)

    def waiters(self):
        return self.server.call("ZRANGE", f"{self.key}:waiters", 0, -1)

    def record(self, id):
        """weight capacity lease keep ticket fence since host pid command, as words."""
        return self.server.call("HGET", self.key, id).split(" ")

    def bucket_state(self):
        flat = self.server.call("HGETALL", self.bucket_key)
        return dict(zip(flat[::2], flat[1::2]))

    def due_times(self):
        """{id: µs} of the reservations that the bucket knows, the latest last."""
        known = {field: int(text.split()[0]) for field, text in self.bucket_state().items() if re.fullmatch("[0-9a-f]{32}", field)}
        return dict(sorted(known.items(), key=lambda pair: pair[1]))

    def server_now(self):
        seconds, micros = self.server.call("TIME")
        return int(seconds) * 1_000_000 + int(micros)

    # What must hold.

    def assertEndedAs(self, result, code, out=""):
        self.assertEqual((result.code, result.out), (code, out), result.err)

    def assertSilent(self, result, code=0, out=""):
        self.assertEqual((result.code, result.out, result.err), (code, out, ""))

    def assertRefused(self, result, code, *parts):
        """This code, nothing on stdout, and one line on stderr that has all these parts."""
        self.assertEqual(result.code, code, result.err)
        self.assertEqual(result.out, "")
        self.assertOneLine(result.err, *parts)

    def assertOneLine(self, text, *parts):
        self.assertRegex(text, r"\Alimiters: [^\n]+\n\Z")
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]")
        for part in parts:
            self.assertIn(part, text)

    def assertFree(self):
        """Nobody holds, nobody waits, and the next caller is served at once."""
        self.assertEqual((self.holders(), self.waiters()), ([], []))
        self.assertSilent(self.sem("--no-wait"))


class Holder:
    """A `sem run` whose command says `started` and runs until finish() opens its gate."""

    SCRIPT = 'echo started; read -r code <"$1"; exit "$code"'

    def __init__(self, case, gate, options, more):
        os.mkfifo(gate)
        self._gate = os.open(gate, os.O_RDWR)  # both ends: neither side ever blocks for want of the other
        words = case.sem_words(*options, command=["sh", "-c", self.SCRIPT, "sh", str(gate)])
        self.running = case.start(*words, **more)

    def wait_for_start(self):
        self.running.wait_for_out("started", PATIENCE)
        return self

    @property
    def pid(self):
        return self.running.pid

    def started(self):
        return "started" in self.running.out()

    def open_gate(self, code=0):
        os.write(self._gate, b"%d\n" % code)

    def finish(self, code=0):
        """Let the command end with this code; the Result of limiters."""
        self.open_gate(code)
        return self.running.wait(PATIENCE)

    def close(self):
        with contextlib.suppress(OSError):
            os.close(self._gate)
