#!/usr/bin/env python3
"""Whether suite and checker see: builds limiters with one fault after the other, and tells which of them notice. mutants.py [NAME…]

A mutant is a file of mutants/: a sentence that says what it breaks, the tests that should fail, and a patch. Each is built in a copy
of this checkout in build/mutants; then its tests run, and the checker (proof.py) with a seed of its own. What the checker sees of the
program as it is does not count.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support.tree import ROOT, files

PATCHES = pathlib.Path(__file__).with_name("mutants")
COPY = ROOT / "build" / "mutants"
BUILD = COPY / "build" / "test"
RESULTS = COPY / "build" / "results.json"
USUAL, MUTANT = COPY / "build" / "usual" / "limiters", BUILD / "limiters"


@dataclasses.dataclass
class Mutant:
    """checker: what proof.py is given, or nothing where its callers never come to what is broken."""
    path: pathlib.Path
    sentence: str
    tests: list
    checker: list

    @property
    def name(self):
        return self.path.stem

    @property
    def is_of_a_script(self):
        changed = re.findall(r"^\+\+\+ b/(\S+)", self.path.read_text(), re.MULTILINE)
        return all(path.endswith(".lua") for path in changed)


def mutants():
    return [read(path) for path in sorted(PATCHES.glob("*.patch"))]


def read(path):
    head = path.read_text().split("\n--- ")[0]
    words = dict(re.findall(r"^(Tests|Checker): (.*)$", head, re.MULTILINE))
    return Mutant(path, head.splitlines()[0], words["Tests"].split(), words["Checker"].split() if "Checker" in words else [])


def main():
    parser = argparse.ArgumentParser(description="Build limiters with known faults, and see which of tests and checker notice them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of mutants/ [all]")
    parser.add_argument("--only", choices=("tests", "checker"), help="ask one of the two [both]")
    parser.add_argument("--table", action="store_true", help="write what came out so far, of all that were asked, to mutants/TABLE.md")
    options = parser.parse_args()
    known = {mutant.name: mutant for mutant in mutants()}
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"no such mutant: {', '.join(unknown)}")
    make_copy()
    MUTANT.unlink(missing_ok=True)  # the last one of the run before, which the build would take for its own
    build()
    USUAL.parent.mkdir(exist_ok=True)
    shutil.copy(MUTANT, USUAL)
    results, usual, unseen = read_results(), {}, []
    for mutant in [known[name] for name in options.names or known]:
        seen = results.setdefault(mutant.name, {})
        seen |= judge(mutant, usual, options.only)
        RESULTS.write_text(json.dumps(results))
        print(f"{mutant.name}: {told(seen)}", flush=True)
        if not any(seen.values()):
            unseen.append(mutant.name)
    if options.table:
        (PATCHES / "TABLE.md").write_text(table([(mutant, results.get(name, {})) for name, mutant in known.items()]))
    count = len(options.names or known)
    print(f"{count - len(unseen)} passed, {len(unseen)} failed" + (f": nothing notices {', '.join(unseen)}" if unseen else ""))
    return 1 if unseen else 0


def read_results():
    """{name: {"tests": those that failed, "checker": what it found}} of all that were asked so far."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def told(seen):
    return "; ".join(f"{who}: {', '.join(found) or 'nothing'}" for who, found in seen.items()) or "nobody was asked"


def table(rows):
    lines = ["# What notices each mutant", "", "Written by `tests/run.sh mutants --table`. The checker is asked where its callers come to what is broken.", "",
             "| mutant | what it breaks | tests that fail, and the first | the checker reports |", "| --- | --- | --- | --- |"]
    for mutant, seen in rows:
        tests = f"{len(seen['tests'])}: {seen['tests'][0]}" if seen.get("tests") else "none" if "tests" in seen else "not asked"
        checker = ", ".join(seen["checker"]) or "nothing" if "checker" in seen else "not asked yet" if mutant.checker else "not asked"
        lines.append(f"| {mutant.name} | {mutant.sentence} | {tests} | {checker} |")
    both = [mutant for mutant, seen in rows if seen.get("tests") and seen.get("checker")]
    checked = [mutant for mutant, seen in rows if "checker" in seen]
    groups = {
        "Noticed by both": both,
        "By the tests alone, though the checker was asked": [m for m, seen in rows if m in checked and seen.get("tests") and m not in both],
        "By the tests alone, as the checker has no callers for it": [m for m, seen in rows if not m.checker and seen.get("tests")],
        "By the checker alone": [m for m, seen in rows if seen.get("checker") and not seen.get("tests")],
        "The checker is still to be asked": [m for m, _ in rows if m.checker and m not in checked],
    }
    for title, found in groups.items():
        lines += ["", f"{title}: {len(found)}" + (f" ({', '.join(m.name for m in found)})." if found else ".")]
    return "\n".join(lines) + "\n"


# Building.


def make_copy():
    """What is the same keeps its time, so that little is built anew."""
    wanted = set(files())
    for path in wanted:
        bring(path)
    for path in [p for p in COPY.rglob("*") if p.is_file() and p.relative_to(COPY).parts[0] != "build"]:
        if path.relative_to(COPY) not in wanted:
            path.unlink()


def bring(path):
    source, copy = ROOT / path, COPY / path
    if not copy.exists() or copy.read_bytes() != source.read_bytes():
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.unlink(missing_ok=True)
        shutil.copy(source, copy)


def build():
    ccache = {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache"} if shutil.which("ccache") else {}
    env = ccache | os.environ | {"CCACHE_BASEDIR": str(COPY)}
    if not (BUILD / "build.ninja").exists():
        # What is left out or left over is no error here, and to build fast counts for more than to run fast.
        run(["cmake", "--preset", "test", "-DCMAKE_COMPILE_WARNING_AS_ERROR=OFF", "-DCMAKE_CXX_FLAGS_RELEASE=-O0",
             "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON"], env)
    run(["cmake", "--build", BUILD, "--target", "limiters"], env)


def run(command, env):
    done = subprocess.run(command, cwd=COPY, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")


# A script stands as text in the program, so one that was changed is put where it was, and nothing need be compiled.


def scripts():
    """{name: text, sha1}, as the build embeds them."""
    header = COPY / "build" / "scripts.hpp"
    run(["cmake", f"-DLUA={COPY / 'lua'}", f"-DOUTPUT={header}", f"-DAGREED={header.with_name('agreed.hpp')}", "-P",
         COPY / "cmake/embed_scripts.cmake"], os.environ)
    found = re.findall(r'"(\w+/\w+)",\s*R"lua\((.*?)\)lua",\s*"(\w{40})"', header.read_text(), re.DOTALL)
    return {name: (text, sha1) for name, text, sha1 in found}


def put_into_the_program(before, after):
    program = USUAL.read_bytes()
    for name, (text, sha1) in before.items():
        changed = without_comments(after[name][0], len(text.encode()))
        if after[name][0] != text:
            for old, new in ((text, changed), (sha1, hashlib.sha1(changed.encode()).hexdigest())):
                if old.encode() not in program:
                    sys.exit(f"{USUAL} has not the text of {name}")
                program = program.replace(old.encode(), new.encode())
    MUTANT.unlink()
    MUTANT.write_bytes(program)
    MUTANT.chmod(0o755)


def without_comments(text, size):
    """The text in just so many bytes: with fewer comments, and with blank lines at its end."""
    lines = text.split("\n")
    while len("\n".join(lines).encode()) > size:
        lines.remove(next(line for line in lines if line.lstrip().startswith("--")))
    text = "\n".join(lines)
    return text + "\n" * (size - len(text.encode()))


# Judging.


def judge(mutant, usual, only):
    """{"tests": those that fail, "checker": what it finds beyond the usual}, of those that are to be asked."""
    patch = ["patch", "-p1", "--silent", "--no-backup-if-mismatch", "-i", COPY / mutant.path.relative_to(ROOT)]
    before = scripts()
    run(patch, os.environ)
    try:
        if mutant.is_of_a_script:
            put_into_the_program(before, scripts())
        else:
            build()
        seen = {}
        if mutant.tests and only != "checker":
            seen["tests"] = failing(mutant)
        if mutant.checker and only != "tests":
            words = tuple(mutant.checker)
            usual[words] = usual[words] if words in usual else check(words, "usual", USUAL)
            seen["checker"] = sorted(check(words, mutant.name) - usual[words])
        return seen
    finally:
        run([*patch, "--reverse"], os.environ)


def failing(mutant):
    said = run_copy("tests/support/runner.py", *(COPY / "tests" / f"{test}.py" for test in mutant.tests), name=f"{mutant.name}.tests")
    return re.findall(r"^  FAILED:? (.*?):?$", said, re.MULTILINE) or ([] if " passed, 0 failed" in said else ["a test file breaks"])


def check(words, name, program=MUTANT):
    said = run_copy("tests/proof/proof.py", *words, name=f"{name}.checker", program=program)
    return set(re.findall(r"^violations: \d+ × (.*)$", said, re.MULTILINE))


def run_copy(script, *words, name, program=MUTANT):
    """What it says, which is kept for whoever wonders."""
    said = COPY / "build" / "said" / f"{name}.txt"
    said.parent.mkdir(exist_ok=True)
    with open(said, "w") as out:
        subprocess.run([sys.executable, COPY / script, *words], env=os.environ | {"LIMITERS": str(program)}, stdin=subprocess.DEVNULL, stdout=out)
    return said.read_text(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
