"""What bash, zsh and fish offer to complete. Each shell is started once, in a folder with one file, and asked for many
lines."""

import contextlib
import os
import pathlib
import pty
import subprocess
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


FILE = "some-file"


def bash(completions, binary, lines, redis=None):
    return _bash(completions, binary, lines, redis, BASH_COMPLETION)


def bash_alone(completions, binary, lines, redis=None):
    """bash where the package bash-completion is not installed or not loaded."""
    return _bash(completions, binary, lines, redis, "")


def fish(completions, binary, lines, redis=None):
    with _home(binary, redis) as env:
        return _run(["fish", "--no-config", HERE / "offers.fish", completions / "limiters.fish", *lines], env)


def zsh(completions, binary, lines, redis=None):
    with _home(binary, redis) as env:
        home = pathlib.Path(env["HOME"])
        (home / ".zshrc").write_text(f"source '{HERE}/offers.zsh'\n")
        offers = home / ".offers"
        env |= {"ZDOTDIR": str(home), "COMPLETIONS": str(completions), "OFFERS": str(offers),
                "LINES_TO_COMPLETE": "\n".join(lines)}
        said = _run_on_terminal(["zsh", "-d", "-i"], env)
        if not offers.exists():
            raise AssertionError(f"zsh completed nothing, and said: {said}")
        return _parse(offers.read_text())


SHELLS = {"bash": bash, "bash without bash-completion": bash_alone, "zsh": zsh, "fish": fish}


def _bash(completions, binary, lines, redis, package):
    words = ["bash", "--norc", "--noprofile", HERE / "offers.bash", completions / "limiters.bash", package, *lines]
    with _home(binary, redis) as env:
        return _run(words, env, ignore="compopt: not currently executing completion function")


@contextlib.contextmanager
def _home(binary, redis):
    """The environment of a shell whose `limiters` is the binary, and has this server, or one that is not there."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as programs:
        pathlib.Path(home, FILE).touch()
        pathlib.Path(programs, "limiters").symlink_to(binary)
        yield {"PATH": f"{programs}:{os.defpath}", "HOME": home, "TERM": "dumb", "LC_ALL": "C.UTF-8",
               "LIMITERS_REDIS": redis or f"unix://{home}/no-server"}


def _run(words, env, ignore=None):
    run = subprocess.run(words, cwd=env["HOME"], env=env, capture_output=True, text=True, timeout=120)
    said = [line for line in run.stderr.splitlines() if not ignore or ignore not in line]
    if run.returncode or said:
        raise AssertionError(f"{words[0]} ended with {run.returncode}, and said: {said}")
    return _parse(run.stdout)


def _run_on_terminal(words, env):
    ours, theirs = pty.openpty()
    said = bytearray()

    def read():
        try:
            while part := os.read(ours, 4096):
                said.extend(part)
        except OSError:
            pass  # the last process on the terminal has ended

    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=env["HOME"],
                               start_new_session=True)
    os.close(theirs)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        process.wait(120)
    finally:
        process.kill()
        process.wait()
        reader.join()
        os.close(ours)
    return said.decode(errors="replace")


def _parse(text):
    """`== LINE` and what is offered there, one a line."""
    offers = {}
    for line in text.splitlines():
        if line.startswith("== "):
            current = offers.setdefault(line.removeprefix("== "), set())
        else:
            current.add(line)
    return offers
