"""What a run costs the server: the two scripts inside real runs, beside two that do nothing."""

import itertools
import statistics
import subprocess

from figures import Table
from lua.scripts import Semaphore
from lua.test_semaphore_many import COPY
from runs import SEM
from support.server import Server

SIZES = (10, 100_000)
SLOW_LOG = {"slowlog-log-slower-than": 0, "slowlog-max-len": 10000}
_names = itertools.count(1)


def script_times(server, action):
    """The times of the scripts that the server ran meanwhile, in µs, the last one first."""
    with server.client() as client:
        client.call("SLOWLOG", "RESET")
        action()
        entries = client.call("SLOWLOG", "GET", 10000)
    return [entry[2] for entry in entries if entry[3][0].upper().startswith("EVAL")]


def inside_runs(bench):
    """Run by run, with the two that do nothing in between: on a server that has slept meanwhile, everything is slower."""
    table = Table("of the server, for each run (median)")
    own, nothing = [], []
    with Server(SLOW_LOG, real_clock=True) as server:
        command = [bench.limiters, "--redis", server.unix_url, *SEM, "/bin/true"]

        def twice():
            for _ in range(2):
                with server.client() as client:
                    client.call("EVAL", "return 1", 0)
        for _ in range(bench.rounds // 2):
            own.append(sum(script_times(server, lambda: subprocess.run(command, check=True))))
            nothing.append(sum(script_times(server, twice)))
    base = table.add("two scripts that do nothing", statistics.median(nothing), "µs")
    table.add("acquire and release of sem run", statistics.median(own), "µs", base, aim="90 µs")
    return table


def crowd(client, holders, waiters):
    """A semaphore that so many hold and so many wait for, all of them copies of one holder and one waiter."""
    s = Semaphore(client, f"crowd-{next(_names)}")
    s.acquire("a" * 32, capacity=200_000 if holders > 1 else 1, lease=3_600_000_000)
    if holders > 1:
        client.call("EVAL", COPY, 2, s.p, s.holders, "a" * 32, holders - 1)
        client.call("HSET", s.p, "used", holders, "counted", holders)
    if waiters:
        ticket = s.acquire("b" * 32, ticket=0).ticket
        client.call("EVAL", COPY, 3, s.p, s.waiters, s.alive, "b" * 32, waiters - 1)
        client.call("HSET", s.p, "queued", waiters, "ticket", ticket + waiters)
    return s


def costs(server, client, holders, waiters):
    """µs of each script in such a crowd, the median of 20."""
    s = crowd(client, holders, waiters)
    capacity = {"capacity": 200_000 if holders > 1 else 1}
    numbers = itertools.count(1)

    def one(verb, before=None):
        def times():
            for _ in range(20):
                if before:
                    before()
                yield script_times(server, verb)[0]
        return statistics.median(times())

    ids = {"newest": None}

    def ask():
        ids["newest"] = f"c{next(numbers):031d}"
        ids["ticket"] = s.acquire(ids["newest"], **capacity).ticket

    def give_back():
        s.release(ids["newest"], ticket=ids["ticket"])

    out = {"acquire": one(ask), "release": one(give_back, ask), "status, first answer": one(lambda: next(s.status_slices()))}
    if holders > 1:
        out["renew"] = one(lambda: s.renew(ids["newest"], ticket=ids["ticket"]), ask)
    return out, max(script_times(server, lambda: list(s.status_slices())))


def in_crowds(_):
    table = Table("one script of a limiter, for the server (median)")
    with Server(SLOW_LOG) as server, server.client(60) as client:
        for what in ("holders", "waiters"):
            few, many = (costs(server, client, size if what == "holders" else 1, size if what == "waiters" else 0)
                         for size in SIZES)
            for verb, value in few[0].items():
                base = table.add(f"{verb}, {SIZES[0]} {what}", value, "µs")
                table.add(f"{verb}, {SIZES[1]:,} {what}", many[0][verb], "µs", base, aim="1.2")
            table.add(f"longest stop by status, {SIZES[1]:,} {what}", many[1] / 1000, "ms", aim="5 ms")
    return table


def measure(bench):
    yield inside_runs(bench)
    yield in_crowds(bench)
