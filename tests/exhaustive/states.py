#!/usr/bin/env python3
"""All states of a small semaphore: states.py [--large] [--faults] [CONFIGURATION…]

spin goes through everything that a few callers, their server and some trouble can do (semaphore.pml), and looks after
each step whether the promises of limiters(7) hold. A configuration says who the callers are and how often which trouble
may come; --large has three callers, two slots, mixed leases and several troubles together. --faults puts a wrong rule
into the model, one after the other, and wants each to be found.
"""

import argparse
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
USUAL = {"CALLERS": 2, "CAPACITY": 1, "LEASES": "3,3,3", "MIN_HOLD": 0, "FAULT": 0} | dict.fromkeys(
    ("DEATHS", "STOPS", "HANGS", "CRASHES", "LOSSES", "RESETS", "STEPS_BACK", "STEPS_AHEAD", "ORDERS", "SUPERSEDES",
     "TRIES", "LOST_HINTS"), 0)

SMALL = (
    {"DEATHS": 1, "LOST_HINTS": 1},
    {"STOPS": 1, "TRIES": 1},
    {"HANGS": 1, "TRIES": 1},
    {"CRASHES": 1},
    {"LOSSES": 1},
    {"RESETS": 1, "ORDERS": 1},
    {"SUPERSEDES": 1, "MIN_HOLD": 5},
    {"STEPS_BACK": 1},
    {"STEPS_AHEAD": 1},
    {"CALLERS": 3, "LEASES": "3,6,3", "CAPACITY": 2},
)

THREE = {"CALLERS": 3}
TWO_SLOTS = THREE | {"CAPACITY": 2}
LARGE = (
    THREE | {"DEATHS": 2, "LOST_HINTS": 1},
    THREE | {"STOPS": 1, "DEATHS": 1},
    THREE | {"HANGS": 1, "DEATHS": 1},
    THREE | {"CRASHES": 1, "LOST_HINTS": 1},
    THREE | {"LOSSES": 1},
    THREE | {"RESETS": 1, "ORDERS": 1, "SUPERSEDES": 1},
    THREE | {"TRIES": 2, "MIN_HOLD": 5},
    TWO_SLOTS | {"LEASES": "3,6,12", "HANGS": 1},
    TWO_SLOTS | {"LEASES": "3,6,12", "CRASHES": 1},
    TWO_SLOTS | {"LEASES": "3,6,12", "LOSSES": 1},
    TWO_SLOTS | {"DEATHS": 1, "STEPS_BACK": 1},
    TWO_SLOTS | {"STOPS": 1},
    {"CRASHES": 2},
    {"CRASHES": 1, "LOSSES": 1},
)

# What is wrong on purpose (FAULT in scripts.h), and a configuration that must find it.
FAULTS = {
    "a young server lets newcomers in at once": (1, {"LOSSES": 1}),
    "another life does not settle": (2, {"CRASHES": 1}),
    "no silence spares a lease": (3, {"HANGS": 1}),
    "newcomers are let in while a life settles": (4, {"LOSSES": 1}),
    "a release does not hand its slot on": (5, {}),
}


def main():
    parser = argparse.ArgumentParser(description="Look at all states of a small semaphore.")
    parser.add_argument("--large", action="store_true", help="the large configurations too")
    parser.add_argument("--faults", action="store_true", help="look for known faults instead")
    parser.add_argument("configurations", nargs="*", help="such as 'CALLERS=3 LEASES=3,6,3' [a list of them]")
    options = parser.parse_args()
    own = [dict(word.split("=") for word in text.split()) for text in options.configurations]
    with Model() as model:
        if options.faults:
            good = [find_fault(model, name, *fault) for name, fault in FAULTS.items()]
        else:
            good = [report(model.explore(c)) for c in own or [*SMALL, *(LARGE if options.large else ())]]
    print(f"{good.count(True)} passed, {good.count(False)} failed")
    return 0 if all(good) else 1


def report(result):
    print(f"{result['name']:<48} {result['states']:>11,} states, all of them" if result["complete"] else
          f"{result['name']:<48} {result['states']:>11,} states, NOT ALL: no memory left", f"in {result['seconds']:.1f} s", flush=True)
    if result["trace"]:
        print(result["trace"], flush=True)
    return result["complete"] and not result["trace"]


def find_fault(model, name, fault, configuration):
    trace = model.explore(configuration | {"FAULT": fault})["trace"]
    broken = re.search(r"^! (.*)", trace, re.MULTILINE)
    print(f"{name:<48} {'found: ' + broken[1] if broken else 'NOT FOUND'}", flush=True)
    return bool(broken)


def name_of(configuration):
    return " ".join(f"{name.lower()} {value}" for name, value in configuration.items()) or "two callers, one slot"


class Model:
    """The model, built once; `walks`: for random traces."""

    def __init__(self, walks=False):
        self._folder = tempfile.TemporaryDirectory()
        options = ["-DT_RAND", "-DP_RAND"] if walks else ["-DMEMLIM=6000"]
        self._run("spin", "-a", str(HERE / "semaphore.pml"), check=True)
        self._run("gcc", "-O1", "-w", "-DSAFETY", "-DCOLLAPSE", *options, f"-I{HERE}", "-o", "pan", "pan.c", check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def explore(self, configuration):
        """Go through all states. `trace`: the steps to one in which a promise is broken; empty if there is none."""
        before = time.monotonic()
        out = self._run("./pan", "-m1000000", configuration=configuration)
        trail, trace = pathlib.Path(self._folder.name) / "semaphore.pml.trail", ""
        if trail.exists():
            steps = self._run("./pan", "-r", trail.name, configuration=configuration | {"TELL": 10**9}).splitlines()
            trace = "\n".join(line for line in steps if line.startswith(("@ ", "! "))) or out
            trail.unlink()
        states = re.search(r"^\s*([\d.e+]+) states, stored", out, re.MULTILINE)
        return {"name": name_of(configuration), "states": int(float(states[1])), "trace": trace,
                "seconds": time.monotonic() - before,
                "complete": not re.search("max search depth too small|out of memory|Search not completed", out) or bool(trace)}

    def walk(self, configuration, seed, steps):
        """The steps of a random walk through the states, one line each, until something is so far off that the model cannot tell."""
        out = self._run("./pan", f"-RS{seed}", "-m100000", configuration=configuration | {"WALK": 1, "TELL": steps})
        lines = [line for line in out.splitlines() if line.startswith("@ ")]
        return list(itertools.takewhile(lambda line: line.endswith("| 0"), lines))

    def _run(self, *words, configuration=None, check=False):
        settings = {name: str(value) for name, value in (USUAL | (configuration or {})).items()}
        result = subprocess.run(words, cwd=self._folder.name, env=os.environ | settings, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if check and result.returncode:
            raise RuntimeError(f"{' '.join(words)}: {result.stdout}")
        return result.stdout


if __name__ == "__main__":
    sys.exit(main())
