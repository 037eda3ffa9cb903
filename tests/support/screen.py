"""A program on a whole screen: in tmux, which says what stands there."""

import itertools
import os
import shlex
import subprocess

from support.tool import environment
from support.wait import eventually

NUMBERS = itertools.count()


class ScreenOf:
    """A shell in a terminal of its own, of this size. Leaving the with statement ends both."""

    def __init__(self, width=100, height=24, env=None):
        self._socket = f"limiters-test-{os.getpid()}-{next(NUMBERS)}"
        shell = ["sh", "-c", "PS1='$ ' exec sh -i"]
        start = ["-f", "/dev/null", "-u", "new-session", "-d", "-x", str(width), "-y", str(height), shlex.join(shell)]
        self._tmux(*start, env=environment({"LC_ALL": "C.UTF-8"} | (env or {})))
        self.wait_for("$")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")

    def _tmux(self, *words, env=None):
        done = subprocess.run(["tmux", "-L", self._socket, *words], env=env or environment(), check=True,
                              capture_output=True, text=True, timeout=30)
        return done.stdout

    def lines(self):
        """What stands on the screen, the blanks at the ends of lines left out."""
        return [line.rstrip() for line in self._tmux("capture-pane", "-p").split("\n")]

    def text(self):
        return "\n".join(self.lines())

    def wait_for(self, *parts, patience=60):
        """The lines, once all these parts stand on the screen."""
        seen = []

        def there():
            seen[:] = self.lines()
            return all(part in "\n".join(seen) for part in parts)

        try:
            eventually(there, patience, f"{parts} on the screen")
        except AssertionError as e:
            raise AssertionError(f"{e}\n" + "\n".join(seen)) from None
        return seen

    def wait_until_gone(self, part, patience=60):
        eventually(lambda: part not in self.text(), patience, f"the end of {part!r} on the screen")

    def run(self, *words):
        self.type(shlex.join(map(str, words)))
        self.press("Enter")

    def type(self, text):
        self._tmux("send-keys", "-l", text)

    def press(self, *keys):
        """Keys by tmux's names: Enter, Escape, Up, C-c."""
        self._tmux("send-keys", *keys)

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def record(self, path):
        """From here on, write to this file what programs send to the terminal."""
        self._tmux("pipe-pane", "-O", f"cat >>{shlex.quote(str(path))}")
