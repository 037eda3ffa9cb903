#!/usr/bin/env python3
"""Measures, and prints tables; called by run.sh, which makes the programs."""

import argparse
import os
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import crowds  # noqa: E402 (after the path above)
import distance  # noqa: E402
import figures  # noqa: E402
import pipes  # noqa: E402
import plot  # noqa: E402
import runs  # noqa: E402
import scripts  # noqa: E402

PARTS = {"runs": runs, "scripts": scripts, "crowds": crowds, "pipes": pipes, "distance": distance}


class Bench:
    """What the parts need to know."""

    def __init__(self, arguments):
        self.folder, self.rounds, self.crowd = arguments.programs.resolve(), arguments.rounds, arguments.crowd
        self.limiters = self.program("limiters")

    def program(self, name):
        return str(self.folder / name)


def host_of(bench):
    cpuid = float(subprocess.run([bench.program("cpuid")], stdout=subprocess.PIPE, text=True, check=True).stdout)
    return {"cores": os.cpu_count(), "machine": platform.machine(), "kernel": platform.release(), "load": os.getloadavg()[0],
            "cpuid_us": cpuid}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description="Compare limiters with what else wraps commands.")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=400, metavar="N", help="of each command that is compared [400]")
    parser.add_argument("--crowd", type=int, default=1000, metavar="N", help="callers of one limiter [1000]")
    parser.add_argument("--json", action="store_true", help="print JSON in place of tables")
    parser.add_argument("--plot", metavar="FILE", help="draw runs and hand-offs over 10 to 100,000 callers as an SVG, and no more")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all of these unless named: {' '.join(PARTS)}")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {' '.join(sorted(unknown))}")
    bench = Bench(arguments)
    host, tables = host_of(bench), []
    if not arguments.json:
        print(f"{host['cores']} cores, load {host['load']:.1f}; one CPUID takes {host['cpuid_us']} µs here")
    if arguments.plot:
        for points in plot.draw(bench, arguments.plot):
            print(*(f"{size}: {value:.2f}" for size, value in points), sep="  ")
        return
    for name in arguments.parts or PARTS:
        for table in PARTS[name].measure(bench):
            tables.append(table)
            if not arguments.json:
                table.show()
    if arguments.json:
        print(figures.as_json(tables, host))


if __name__ == "__main__":
    main()
