#!/usr/bin/env python3
"""What comes from outside, mutated by libFuzzer: fuzz.py [--minutes N] [--seed S] [TARGET…]

Each target (targets.hpp) begins with its corpus. What breaks it is kept in build/fuzz/found, one file each, by which it
can be broken again:  TARGET=url build/fuzz/fuzz build/fuzz/found/url-crash-…
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/fuzz/fuzz"
CORPORA = ROOT / "tests/fuzz/corpus"
FOUND = ROOT / "build/fuzz/found"
LIMITS = ["-timeout=5", "-rss_limit_mb=1024", "-max_len=4096"]  # s and MB: no input may cost more


def main():
    targets = sorted(path.name for path in CORPORA.iterdir())
    parser = argparse.ArgumentParser(description="Mutate what comes from outside, and see that nothing breaks.")
    parser.add_argument("--minutes", type=float, default=0.5, help="for each target [0.5]")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations [0: random]")
    parser.add_argument("--keep", action="store_true", help="add to the corpora what reaches more of the code")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(targets)} [all]")
    options = parser.parse_args()
    if unknown := set(options.targets) - set(targets):
        parser.error(f"no such target: {', '.join(unknown)}")
    build()
    FOUND.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda target: fuzz(target, options), options.targets or targets))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def build():
    result = subprocess.run(["cmake", "--workflow", "--preset", "fuzz"], cwd=ROOT, capture_output=True, text=True,
                            env=os.environ | {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())})
    if result.returncode:
        sys.exit(result.stdout + result.stderr)


def fuzz(target, options):
    with tempfile.TemporaryDirectory() as grown:
        words = [str(BINARY), *LIMITS, f"-max_total_time={round(60 * options.minutes)}", f"-seed={options.seed}",
                 f"-artifact_prefix={FOUND}/{target}-", grown, str(CORPORA / target)]
        run = subprocess.run(words, capture_output=True, text=True, errors="replace",
                             env=os.environ | {"TARGET": target}, check=False)
        runs = re.search(r"^Done (\d+) runs in (\d+) second", run.stderr, re.MULTILINE)
        covered = re.findall(r" cov: (\d+) ", run.stderr)
        if run.returncode or not runs:
            print(f"{target:<10} BROKEN\n{run.stderr[-6000:]}", flush=True)
            return False
        print(f"{target:<10} {int(runs[1]):>9} inputs in {runs[2]} s, {covered[-1]} edges of the code", flush=True)
        if options.keep:
            subprocess.run([str(BINARY), "-merge=1", str(CORPORA / target), grown], capture_output=True,
                           env=os.environ | {"TARGET": target}, check=True)
        return True


if __name__ == "__main__":
    sys.exit(main())
