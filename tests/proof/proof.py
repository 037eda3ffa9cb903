#!/usr/bin/env python3
"""Hundreds of real callers, a real server and faults by a schedule, and whether the promises held: proof.py --help"""

import argparse
import contextlib
import ctypes
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]

from availability import availability
from checker import check
from faults import Faults
from history import History
from paths import Paths
from population import Population
from report import print_report, print_summary
from samples import Sampler
from schedule import THEMES, faults, groups, theme_of
from servers import make
from support.runner import descendants

LAST_PATIENCE = 15  # s; how long the callers have to end when they are told to
MEMORY = "/dev/shm"
PR_SET_CHILD_SUBREAPER = 36


def main():
    options = arguments()
    os.nice(5)
    # Keepers have sessions of their own; so they become our children, and none gets away.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    results = []
    for history in map(History.load, options.check) if options.check else runs(options):
        shares = availability(history)
        results.append((history, check(history, shares), shares))
        print_report(*results[-1])
    print_summary(results)
    return 1 if any(f.is_violation for _, findings, _ in results for f in findings) else 0


def arguments():
    parser = argparse.ArgumentParser(description="Run callers against faults, and check what they saw.")
    parser.add_argument("--minutes", type=float, default=0, help="one run after the other for so long [one run]")
    parser.add_argument("--seed", type=int, help="of the first run; the next has the next [random]")
    parser.add_argument("--seconds", type=float, default=60, help="of one run [60]")
    parser.add_argument("--theme", choices=THEMES, help="which faults [by the seed]")
    parser.add_argument("--servers", choices=("single", "sentinel", "cluster"), default="single", help="who serves [single]")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the histories, as JSON")
    parser.add_argument("--schedule", action="store_true", help="print what a seed does, and do nothing")
    parser.add_argument("--check", type=pathlib.Path, nargs="+", help="read such histories, and run nothing")
    options = parser.parse_args()
    if options.schedule:
        print(*faults(options.seed, options.seconds, options.theme or theme_of(options.seed), options.servers), sep="\n")
        sys.exit()
    return options


def runs(options):
    """One at least, and others until the time is up."""
    end = time.monotonic() + 60 * options.minutes
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    while True:
        history = run(seed, options.theme or theme_of(seed), options.seconds, options.servers)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            history.save(options.keep / f"{seed}.json")
        yield history
        seed += 1
        if time.monotonic() >= end:
            return


def run(seed, theme, seconds, servers):
    """A History."""
    print(f"running seed {seed} for {seconds:g} s", flush=True)
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
        # A disk that others keep busy makes a server that saves, and us, stand still for seconds.
        tempfile.tempdir = MEMORY
    history = History(seed, theme, servers, seconds, limiters=[g.limiter for g in groups()])
    semaphores = [g.limiter.name for g in groups() if g.limiter.kind == "sem"]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="limiters-proof-"))
    try:
        with make(servers, semaphores) as server, contextlib.closing(Paths(server)) as paths:
            try:
                live(history, server, paths, folder, faults(seed, seconds, theme, servers), seconds)
            finally:
                end_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return history


def live(history, server, paths, folder, plan, seconds):
    population = Population(history.seed, groups(), paths, folder)
    sampler = Sampler(server, [x.name for x in history.limiters if x.kind == "sem"])
    hands = Faults(plan, server, paths, population, history)
    history.begin = history.last_fault = hands.begin
    sampler.start()
    try:
        while time.monotonic() < hands.begin + seconds or not hands.is_over():
            hands.step()
            population.step(is_open=True)
            time.sleep(0.02)
        history.end = time.monotonic()
        tell_all_to_end(population)
        deadline = time.monotonic() + LAST_PATIENCE
        while time.monotonic() < deadline and (population.alive() or population.keepers()):
            population.step(is_open=False)
            time.sleep(0.01)
        history.away += population.stalls
        history.closed += paths.late()
        history.own_stalls = population.own_stalls
        history.callers, history.samples = list(population.callers.values()), sampler.samples
        history.left = [c.tag for c in population.alive()] + [f"keeper of {c.tag}" for c in population.keepers().values()]
        for client in server.clients(timeout=10):
            with client:
                history.eternal += [key for key in client.call("KEYS", "*") if client.call("PTTL", key) == -1]
    finally:
        sampler.stop()
        hands.stop()  # last: the server that its thread has started ends with it


def tell_all_to_end(population):
    for caller in population.alive():
        caller.asked_to_end = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(caller.pid, signal.SIGTERM)
    # Who acquires for a script that was killed has no process to keep the lease for, and waits on.
    for pid, caller in population.keepers().items():
        if caller.kind == "bare":
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def end_all():
    """Whatever is left of what we started. The server is one of them, and ends by itself."""
    while pids := [p for p in descendants() if b"-server" not in name_of(p)]:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def name_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    return b""


if __name__ == "__main__":
    sys.exit(main())
