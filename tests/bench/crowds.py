"""A thousand callers of one limiter: how fast a slot goes from hand to hand, and what it costs to wait and to hold."""

import contextlib
import os
import pathlib
import signal
import statistics
import time

from figures import Table
from runs import interleaved
from support.server import Server
from support.wait import eventually

WATCHED = 20  # s
FEW = 50  # of the callers, whose memory and wake-ups are looked at


def key(name, part=""):
    return f"limiters:2:sem:{{{name}}}{part}"


@contextlib.contextmanager
def callers(bench, server, count, name, capacity, command):
    """The pids of so many `sem run`; what is left of them at the end is killed."""
    words = [bench.limiters, "-q", "--redis", server.unix_url, "sem", "run", "--name", name, "--capacity", str(capacity), "--", *command]
    null = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1)]
    pids = [os.posix_spawn(bench.limiters, words, {"PATH": "/usr/bin:/bin", "HOME": "/"}, file_actions=null) for _ in range(count)]
    try:
        yield pids
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wake_ups(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def private_kib(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def watch(server, pids):
    """(share of a core that the server used, wake-ups of a caller a second, its private KiB), in WATCHED seconds."""
    few = pids[::max(1, len(pids) // FEW)]
    before, woken, began = cpu_seconds(server.pid), [wake_ups(pid) for pid in few], time.monotonic()
    time.sleep(WATCHED)
    span = time.monotonic() - began
    woken = statistics.mean(wake_ups(pid) - old for pid, old in zip(few, woken)) / span
    return (cpu_seconds(server.pid) - before) / span, woken, statistics.median(map(private_kib, few))


def hand_off(bench, server, table):
    single = [bench.limiters, "--redis", server.unix_url, "sem", "run", "--name", "alone", "--capacity", "1", "--", "/bin/true"]
    alone = table.add("one run, nobody else", interleaved(bench, [single], bench.rounds)[0][0] / 1000, "ms")
    with server.client() as client, callers(bench, server, 1, "hand", 1, ["/bin/sleep", "1000"]) as holder:
        eventually(lambda: client.call("ZCARD", key("hand", ":holders")) == 1, 30, "a holder")
        with callers(bench, server, bench.crowd, "hand", 1, ["/bin/true"]) as waiting:
            eventually(lambda: client.call("ZCARD", key("hand", ":waiters")) == bench.crowd, 120, "all to wait")
            began = time.monotonic()
            os.kill(holder[0], signal.SIGTERM)
            for pid in waiting:
                os.waitpid(pid, 0)
            total = time.monotonic() - began
    table.add(f"{bench.crowd:,} waiters, each in its turn: for one", total * 1000 / bench.crowd, "ms", alone, aim="0.6")


def idle(bench, server, table):
    with server.client() as client, callers(bench, server, 1, "idle", 1, ["/bin/sleep", "1000"]):
        eventually(lambda: client.call("ZCARD", key("idle", ":holders")) == 1, 30, "a holder")
        with callers(bench, server, bench.crowd, "idle", 1, ["/bin/true"]) as waiting:
            eventually(lambda: client.call("ZCARD", key("idle", ":waiters")) == bench.crowd, 120, "all to wait")
            time.sleep(5)
            core, woken, kib = watch(server, waiting)
    table.add(f"{bench.crowd:,} waiters: of a core of the server", core * 100, "%", aim="1.5")
    table.add("wake-ups of each a second", woken, "", aim="0.2")
    table.add("private memory of each", kib, "KiB", aim="104")


def heartbeats(bench, server, table):
    with server.client() as client, callers(bench, server, bench.crowd, "beats", bench.crowd, ["/bin/sleep", "1000"]) as running:
        eventually(lambda: client.call("ZCARD", key("beats", ":holders")) == bench.crowd, 120, "all to run")
        time.sleep(5)
        core, woken, kib = watch(server, running)
    table.add(f"{bench.crowd:,} jobs that run: of a core of the server", core * 100, "%", aim="0.5")
    table.add("private memory of each limiters", kib, "KiB")


def measure(bench):
    table = Table(f"{bench.crowd:,} callers of one limiter")
    with Server(real_clock=True) as server:
        for part in (hand_off, idle, heartbeats):
            part(bench, server, table)
    yield table
