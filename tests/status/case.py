"""What the tests of status and reset share: reports that keep to the schema, and terminals of a given width."""

import fcntl
import json
import os
import pathlib
import pty
import struct
import termios

import jsonschema

from cli.case import PATIENCE, CliTest
from support.tool import limiters, spawn
from support.wait import eventually

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parent / "schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def parsed(text):
    """A report, which keeps to the schema."""
    report = json.loads(text)
    VALIDATOR.validate(report)
    return report


class StatusTest(CliTest):
    def named_holder(self, *options):
        """A Running that holds one or more of the slots gpu0, gpu1 and gpu2."""
        holder = self.start("sem", "run", "--name", self.name, "--slots", "gpu0,gpu1,gpu2", *options, "--",
                            "sh", "-c", "echo on; exec sleep 600")
        holder.wait_for_out("on\n", PATIENCE)
        return holder

    def status(self, *words, redis=None, **more):
        return limiters("status", *words, redis=redis or self.redis, timeout=PATIENCE, **more)

    def report(self, *words, **more):
        """The limiters of status --json, by kind and name."""
        result = self.status("--json", *words, **more)
        self.assertEqual((result.code, result.err), (0, ""))
        rows = parsed(result.out)["limiters"]
        found = {(row["kind"], row["name"]): row for row in rows}
        self.assertEqual(len(found), len(rows), "a limiter is shown twice")
        return found

    def mine(self):
        """What the report says of the semaphore of this test."""
        return self.report()["sem", self.name]

    def lines(self, *words, **more):
        """The table, without the counters."""
        return [line for line in self.all_lines(*words, **more) if not line.startswith("  so far: ")]

    def counters(self):
        """What the table says of the counters of this test's limiter."""
        [line] = [line for line in self.all_lines(self.name) if line.startswith("  so far: ")]
        return line.removeprefix("  so far: ")

    def all_lines(self, *words, **more):
        result = self.status(*words, **more)
        self.assertEqual((result.code, result.err), (0, ""))
        return result.out.splitlines()

    def tokens(self, count, *options, name=None):
        """Take so many tokens of a bucket of one token an hour, whether they are due or not."""
        for _ in range(count):
            words = ["bucket", "run", "--name", name or self.name, "--rate", "1/1h", *options, "--", "true"]
            self.start(*words)
        wanted = str(1 - count)
        key = f"limiters:2:bucket:{{{name or self.name}}}"
        eventually(lambda: self.server.call("HGET", key, "level") == wanted, PATIENCE, "the reservations")


    def crowd(self, holders, waiters):
        """So many leases of callers that are not there, on a limiter of this test."""
        lua = ("semaphore/acquire", [self.key, *(f"{self.key}:{part}" for part in ("holders", "waiters", "alive"))])
        with self.server.client() as client:
            for i in range(holders + waiters):
                client.eval_script(*lua, (f"{i:032x}", 0, 0, 1, holders, 3600 * 10**6, 1, 0, 0, 0, 0, 0, f"host {i} job/label {i}", ""))


class Tty:
    """A terminal for one run of the program: the ends of it that `streams` names are the terminal."""

    def __init__(self, case, *words, width=80, streams=("stdout",), env=None, redis=None):
        self._master, slave = pty.openpty()
        case.addCleanup(os.close, self._master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        env = {"TERM": "xterm"} | (env or {})
        self.running = case.enterContext(spawn(*words, redis=redis or case.redis, env=env, **{s: slave for s in streams}))
        os.close(slave)
        self._seen = b""

    def type(self, text):
        os.write(self._master, text.encode())

    def wait_for(self, text):
        while text.encode() not in self._seen:
            self._seen += os.read(self._master, 65536)  # fails when the program has ended
        return self.text()

    def text(self):
        return self._seen.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def wait(self):
        """Its Result, when it has ended and all it said is in text()."""
        try:
            while data := os.read(self._master, 65536):
                self._seen += data
        except OSError:  # EIO: nobody has the other end any more
            pass
        return self.running.wait(PATIENCE)
