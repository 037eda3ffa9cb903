#!/usr/bin/env python3
"""picture.py PROGRAM >docs/session.svg: a terminal in which PROGRAM was used, as the README shows it.

The commands of SESSION are run by bash, with a server of its own, and what they print is drawn as it came."""

import html
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))
from support.screen import ScreenOf  # noqa: E402 (after the path above)
from support.server import Server  # noqa: E402
from support.wait import eventually  # noqa: E402

SESSION = [
    "seq 3 | xargs -P 3 -I% limiters sem run --name demo -j 2 -- sh -c 'echo start %; sleep 1; echo end %'",
    "seq 4 | limiters bucket pipe --name pace --rate 2/1s | while read -r line; do echo $(date +%T.%1N) $line; done",
    "limiters status 'deploy*'",
    "limiters sem run --name deploy -j 2 --max-sleep 1s -- ./deploy.sh production; echo $?",
]
# What runs elsewhere meanwhile, so that there is something to see.
OTHERS = ["production", "staging", "preview"]
OTHER = ["sem", "run", "--name", "deploy", "-j", "2", "--label", "https://ci.example.com/jobs/{}", "--", "./deploy.sh", "{}"]

COLUMNS, LINE, LEFT, TOP = 112, 19, 16, 44
TOP_ROWS = 8  # of the screen of limiters top
COLOURS = {"background": "#1d2021", "text": "#d5c4a1", "prompt": "#8ec07c", "command": "#fbf1c7", "message": "#fabd2f"}


def printed(program):
    """(command, its lines), for each of SESSION."""
    with Server() as server, tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home)
        (folder / "bin").mkdir()
        (folder / "bin" / "limiters").symlink_to(program)
        script(folder / "deploy.sh", "exec sleep 1000")
        env = {"PATH": f"{folder}/bin:{os.defpath}", "HOME": home, "LIMITERS_REDIS": server.url, "COLUMNS": str(COLUMNS)}
        others = [subprocess.Popen([program, *(word.format(name) for word in OTHER)], env=env, cwd=home) for name in OTHERS]
        try:
            eventually(lambda: server.call("ZCARD", "limiters:2:sem:{deploy}:waiters") == 1, 30, "one who waits")
            threading.Event().wait(3)  # a holder of 0 s is no picture of one
            with ScreenOf(COLUMNS, TOP_ROWS, {"LIMITERS_REDIS": server.url}) as screen:
                screen.run(program, "top")
                screen.wait_for("q ends")
                for command in SESSION:
                    run = subprocess.run(["bash", "-c", command], env=env, cwd=home, stdin=subprocess.DEVNULL, text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    yield command, shown(run.stdout.splitlines(), server)
                yield "limiters top", shown(screen.wait_for("/min")[:TOP_ROWS], server)
        finally:
            for other in others:
                other.terminate()
            for other in others:
                other.wait()


def shown(lines, server):
    """As it would look where the server has a name."""
    told = "\n".join(lines).replace(server.url, "redis://redis.example.com").replace(f" {os.uname().nodename} ", " build-1 ")
    return [part for line in told.split("\n") for part in wrapped(line)]


def script(path, text):
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


def wrapped(line):
    """As a terminal does it."""
    return [line[i:i + COLUMNS] for i in range(0, len(line), COLUMNS)] or [""]


def draw(session):
    lines = []
    for command, output in session:
        lines.append([("prompt", "$ "), ("command", command)])
        lines += [[("message" if line.startswith("limiters: ") else "text", line)] for line in output] + [[]]
    height = TOP + LINE * len(lines)
    width = 2 * LEFT + 8.43 * max(sum(len(text) for _, text in line) for line in lines)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-family="monospace" font-size="14">'
    yield f'<rect width="100%" height="100%" rx="8" fill="{COLOURS["background"]}"/>'
    for x, colour in zip((20, 40, 60), ("#fb4934", "#fabd2f", "#b8bb26")):
        yield f'<circle cx="{x}" cy="18" r="6" fill="{colour}"/>'
    for number, line in enumerate(lines):
        spans = "".join(f'<tspan fill="{COLOURS[kind]}">{html.escape(text)}</tspan>' for kind, text in line)
        if spans:
            yield f'<text x="{LEFT}" y="{TOP + LINE * number + 8}" xml:space="preserve">{spans}</text>'
    yield "</svg>"


if __name__ == "__main__":
    print("\n".join(draw(printed(pathlib.Path(sys.argv[1]).resolve()))))
