#!/usr/bin/env python3
"""Writes cmake/order.txt: order.py FOLDER URL

FOLDER is a build folder with a linker's map of the program (-Wl,-Map=limiters.map) and the program with its symbols, URL
a server. Runs what people run most under valgrind's lackey, which tells every address that is touched, and writes the
input sections that hold these, in the order in which they are first touched. cmake/order.cmake lets the linker put them
side by side, so that a run touches few pages. To be done anew when what a run does has changed a lot; an order that is
old costs a page here and there, and nothing else.
"""

import bisect
import collections
import pathlib
import re
import subprocess
import sys

SECTIONS = {".text": "text", ".rodata": "rodata", ".data.rel.ro": "relro", ".data": "data", ".bss": "bss"}
# What a run touches and valgrind does not show, because it hides the vDSO from the program, and does not know a child
# that shares memory (what a sem run does behind that stands in order.txt from before it did).
HIDDEN = [("text", "*(.text._ZN7process12_GLOBAL__N_1*)")] + [("text", f"*libc.a:{name}.o(.text)") for name in (
    "dl-object", "dl-lookup", "dl-setup_hash", "dl-minimal", "pthread_mutex_lock", "pthread_mutex_unlock",
    "strcmp-sse2-unaligned", "strcmp-sse2", "memset-sse2-unaligned-erms", "memmove-sse2-unaligned-erms")]


def commands(program, url):
    """Each a usual case: a slot, tokens, a refusal, a wait that ends, and what needs no server."""
    base = [program, "--redis", url]
    take = [*base, "sem", "acquire", "--name", "order-lease", "--capacity", "1"]
    lease = subprocess.run(take, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return [
        [*base, "sem", "acquire", "--name", "order", "-j", "2", "--max-sleep", "1s"],
        [*base, "bucket", "run", "--name", "order", "--rate", "1000/1s", "--", "/bin/true"],
        [*base, "bucket", "run", "--name", "order-slow", "--rate", "1/1s", "--", "/bin/true"],
        [*base, "sem", "release", lease],
        [program, "--version"],
    ]


def input_sections(link_map):
    """(address, size, output section, input section, file) of each that was linked, in order."""
    out, found, name = None, [], None
    text = link_map.read_text(errors="replace").partition("Linker script and memory map")[2]
    for line in text.splitlines():
        top = re.match(r"^(\.[\w.]+)(\s|$)", line)
        if top:
            out = top[1]
        part = re.match(r"^ (\.[^\s]+|COMMON)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$", line)
        alone = re.match(r"^ (\.\S+|COMMON)$", line)
        if alone:
            name = alone[1]
        elif part and out in SECTIONS:
            size = int(part[3], 16)
            if size and (part[1] or name):
                found.append((int(part[2], 16), size, SECTIONS[out], part[1] or name, part[4]))
            name = None
    return sorted(found)


def touched(command):
    """Addresses in the order in which they are first touched, by lines of a cache."""
    seen = {}
    lackey = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=9", *command]
    with subprocess.Popen(["bash", "-c", 'exec "$@" 9>&1 >/dev/null', "bash", *lackey], stdout=subprocess.PIPE) as run:
        for line in run.stdout:
            match = re.match(rb"^(?:I | S| L| M)\s+([0-9a-f]+),", line)
            if match:
                seen.setdefault(int(match[1], 16) >> 4 << 4, None)
    return list(seen)


def pattern(section, file, many):
    """How a linker script names it. A name that many files use is told with the archive and its member; what stands in
    a file of ours so has no name that holds for every build."""
    if not many:
        return f"*({section})"
    member = re.match(r".*/(lib[^/]+\.a)\((.+)\)$", "/" + file)
    return f"*{member[1]}:{member[2]}({section})" if member and not member[1].startswith("liblimiters") else None


def main():
    folder, url = pathlib.Path(sys.argv[1]), sys.argv[2]
    sections = input_sections(folder / "limiters.map")
    starts = [section[0] for section in sections]
    uses = collections.Counter(section[3] for section in sections)
    lines = {}
    for command in commands(str(folder / "limiters.symbols"), url):
        for address in touched(command):
            at = bisect.bisect_right(starts, address + 15) - 1
            while at >= 0 and starts[at] + sections[at][1] > address:
                _, _, kind, section, file = sections[at]
                named = pattern(section, file, uses[section] > 1)
                if named:
                    lines.setdefault((kind, named), sections[at][1])
                at -= 1
    for line in HIDDEN:
        lines.setdefault(line, 0)
    target = pathlib.Path(__file__).with_name("order.txt")
    for line in target.read_text().splitlines():
        lines.setdefault(tuple(line.split(" ", 1)), 0)
    target.write_text("".join(f"{kind} {named}\n" for kind, named in lines))
    for kind in SECTIONS.values():
        sizes = [size for (k, _), size in lines.items() if k == kind]
        print(f"{kind}: {len(sizes)} sections, {sum(sizes)} bytes")


if __name__ == "__main__":
    main()
