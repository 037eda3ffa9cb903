#!/usr/bin/env python3
"""Run test files side by side and count what passed: runner.py [--unit BINARY] [FILE or FOLDER…]

Each file runs in three processes. The runner starts a keeper per file; the keeper starts the tests, ends
them when their time is up, and fails the file if it leaves a process behind: orphans, even those in sessions
of their own, become the keeper's children, so none gets away.

A file that needs more than the usual time says so in a line of its own: TIMEOUT = 900
With LIMITERS_TEST_SLOWER=4 in the environment each file has four times as long.
"""

import argparse
import concurrent.futures
import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
USUAL_TIMEOUT = 240
PATIENT = ("faults", "model")
LONGEST_LINE, MOST_FIRST, MOST_LAST = 1000, 60, 40  # of one failure, in what is printed
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main():
    parser = argparse.ArgumentParser(description="Run tests and end with a line that counts them.")
    parser.add_argument("--unit", help="a doctest binary to run as well")
    parser.add_argument("--jobs", type=int, default=min(6, 3 * (os.cpu_count() or 1)))
    parser.add_argument("--keep", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.keep:
        keep(pathlib.Path(arguments.keep))
        return 0
    os.environ.setdefault("LIMITERS", str(ROOT / "build" / "test" / "limiters"))
    passed = failed = skipped = 0
    for result in run_all(arguments):
        passed, failed, skipped = passed + result["passed"], failed + result["failed"], skipped + len(result["skipped"])
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def run_all(arguments):
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        # Tests of faults wait longest, so they begin first: the last to end are short ones.
        files = sorted((path.resolve() for path in find_files(arguments.paths)), key=lambda path: path.parent.name not in PATIENT)
        jobs = [pool.submit(run_unit_tests, arguments.unit)] if arguments.unit else []
        jobs += [pool.submit(run_file, path) for path in files if not is_long(path)]
        for job in concurrent.futures.as_completed(jobs):
            report(job.result())
            yield job.result()
    for path in files:
        if is_long(path):  # these want the machine for themselves
            result = run_file(path)
            report(result)
            yield result


def is_long(path):
    return path.parent == TESTS / "long"


def find_files(paths):
    for path in paths:
        found = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
        if not found:
            print(f"{path}: no tests", file=sys.stderr)
        yield from found


def report(result):
    counts = f"{result['passed']} passed" + (f", {result['failed']} FAILED" if result["failed"] else "")
    print(f"{result['name']:<44} {counts:<24} {result['seconds']:6.1f} s")
    for name in result["skipped"]:
        print(f"  skipped: {name}")
    for text in result["texts"]:
        lines = [line[:LONGEST_LINE] for line in text.rstrip().splitlines()]
        lines[MOST_FIRST:-MOST_LAST] = ["…"] * (len(lines) > MOST_FIRST + MOST_LAST)  # the end has the notes
        print("  " + "\n  ".join(lines))
    sys.stdout.flush()


def blank(name):
    return {"name": name, "passed": 0, "failed": 0, "skipped": [], "texts": [], "seconds": 0.0}


def fail(result, text):
    result["failed"] += 1
    result["texts"].append(text)
    return result


# The runner's side: one thread per file that runs.


def run_unit_tests(binary):
    result, before = blank("tests/unit"), time.monotonic()
    try:
        run = subprocess.run([binary, "--no-colors=true"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=USUAL_TIMEOUT * slower(), encoding="utf-8", errors="replace")
    except (OSError, subprocess.TimeoutExpired) as e:
        return fail(result, str(e))
    result["seconds"] = time.monotonic() - before
    counts = re.search(r"test cases: +\d+ \| +(\d+) passed \| +(\d+) failed", run.stdout)
    if counts:
        result["passed"], result["failed"] = map(int, counts.groups())
    if result["failed"]:
        result["texts"].append(run.stdout)
    elif run.returncode or not counts:
        fail(result, f"exit status {run.returncode}\n{run.stdout}")
    return result


def run_file(path):
    result, before = blank(os.path.relpath(path, ROOT)), time.monotonic()
    # The keeper keeps its own time; this limit is for a keeper that hangs.
    try:
        keeper = subprocess.run([sys.executable, __file__, "--keep", path], stdin=subprocess.DEVNULL,
                                capture_output=True, timeout=timeout_of(path) + 60, encoding="utf-8", errors="replace")
        result |= json.loads(keeper.stdout)
    except (OSError, subprocess.TimeoutExpired) as e:
        fail(result, str(e))
    except ValueError:
        fail(result, f"the keeper of this file broke:\n{keeper.stdout}{keeper.stderr}")
    return result | {"seconds": time.monotonic() - before}


def timeout_of(path):
    own = re.search(r"^TIMEOUT = (\d+)", path.read_text(), re.MULTILINE) if path.exists() else None
    return (int(own[1]) if own else USUAL_TIMEOUT) * slower()


def slower():
    return int(os.environ.get("LIMITERS_TEST_SLOWER", 1))


# The keeper's side.


def keep(path):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for option, value in ((PR_SET_PDEATHSIG, signal.SIGTERM), (PR_SET_CHILD_SUBREAPER, 1)):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    try:
        run_and_judge(path)
    finally:
        end_descendants(patience=0)  # when the keeper itself is told to stop, by Ctrl-C or the runner's end


def run_and_judge(path):
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as outcomes:
        tests = subprocess.Popen([sys.executable, "-u", TESTS / "support" / "run_file.py", path], stdout=output, stderr=output,
                                 stdin=subprocess.DEVNULL, env=os.environ | {"OUTCOMES": str(outcomes.fileno())},
                                 pass_fds=[outcomes.fileno()], start_new_session=True)
        status = wait_and_reap(tests, timeout_of(path))
        left = end_descendants(patience=3 if status is not None else 0)
        json.dump(judge(read(outcomes), read(output), status, left, path), sys.stdout)


def wait_and_reap(tests, seconds):
    """The exit status, or None. Orphans are reaped meanwhile: until then the process namespace of one does not end."""
    deadline = time.monotonic() + seconds
    while tests.poll() is None and time.monotonic() < deadline:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended and ended.si_pid != tests.pid:
            os.waitpid(ended.si_pid, 0)
        elif not ended:
            time.sleep(0.02)
    return tests.returncode


def read(file):
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def judge(outcomes, output, status, left, path):
    result = {"passed": 0, "failed": 0, "skipped": [], "texts": []}
    rows = [json.loads(line) for line in outcomes.splitlines()]
    unfinished = None
    for row in rows:
        unfinished = row["name"] if row["outcome"] == "started" else None
        if row["outcome"] == "passed":
            result["passed"] += 1
        elif row["outcome"] == "failed":
            fail(result, f"FAILED {row['name']}\n{row['text']}")
        elif row["outcome"] == "skipped":
            result["skipped"].append(f"{row['name']}: {row['text']}")
    if status is None:
        fail(result, f"FAILED {unfinished or path}: not done after {timeout_of(path)} s\n{output}")
    elif status not in (0, 1) or not rows:
        fail(result, f"FAILED {unfinished or path}: it ended with status {status}\n{output}")
    if left and status is not None:
        fail(result, "FAILED: it left processes behind: " + ", ".join(left))
    return result


def end_descendants(patience):
    """Give descendants so many seconds to end by themselves, kill the others, and return their names."""
    deadline, left = time.monotonic() + patience, {}
    while pids := descendants():
        if time.monotonic() >= deadline:
            for pid in pids:
                left[pid] = command_of(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    return [f"{name} ({pid})" for pid, name in left.items()]


def descendants():
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    found, todo = [], [os.getpid()]
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                children = [int(c) for c in (task / "children").read_text().split()]
                found, todo = found + children, todo + children
    return found


def command_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return "?"


if __name__ == "__main__":
    sys.exit(main())
