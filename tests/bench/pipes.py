"""How fast lines go through `bucket pipe` when tokens are plentiful, beside what else passes lines on."""

import contextlib
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from figures import Table
from support.server import Server

LINES = 20_000_000
TIMES = 5
PLENTY = ["--capacity", "1000000000", "--refill-amount", "1000000000", "--refill-frequency", "1s"]


def seconds(command, source):
    """From a file through the command and a pipe to nobody, as `command <FILE | cat >/dev/null`."""
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(open(source, "rb"))
        began = time.monotonic()
        first = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE)
        last = subprocess.Popen(["cat"], stdin=first.stdout, stdout=subprocess.DEVNULL)
        first.stdout.close()
        if first.wait() != 0 or last.wait() != 0:
            raise RuntimeError(f"{command[0]} failed")
        return time.monotonic() - began


def measure(bench):
    table = Table(f"{LINES // 1_000_000} million short lines through a pipe (median of {TIMES})")
    memory = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
    with Server(real_clock=True) as server, tempfile.NamedTemporaryFile(dir=memory) as lines:
        for first in range(1, LINES, 1_000_000):
            lines.write(b"".join(b"%d\n" % i for i in range(first, first + 1_000_000)))
        lines.flush()
        pipe = [bench.limiters, "--redis", server.unix_url, "bucket", "pipe", "--name", "p", *PLENTY]
        commands = [("pv -q -l", ["pv", "-q", "-l"])] if shutil.which("pv") else []
        commands += [("cat", ["cat"]), ("bucket pipe", pipe)]
        times = {name: [] for name, _ in commands}
        for _ in range(TIMES):
            for name, command in commands:
                times[name].append(seconds(command, lines.name))
    base = None
    for name, spans in times.items():
        aim = "0.95" if name == "bucket pipe" else ""
        figure = table.add(name, LINES / statistics.median(spans) / 1e6, "M/s", base, aim=aim)
        base = base or figure
    yield table
