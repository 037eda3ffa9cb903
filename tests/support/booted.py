"""A machine with a systemd of its own, as booted.sh makes it: for units, timers, users and their managers."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from support.tool import BINARY, Running, environment
from support.wait import eventually

HERE = pathlib.Path(__file__).resolve().parent
ALICE = 1000  # a user of it


class Booted:
    def __init__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="limiters-test-"))
        self._root = self._folder / "root"
        self._log = open(self._folder / "log", "w+")
        self._process = None
        try:
            self._root.mkdir(mode=0o755)
            self._process = subprocess.Popen([HERE / "booted.sh", self._root], stdin=subprocess.DEVNULL, stdout=self._log,
                                             stderr=self._log)
            eventually(self._is_up, 600, "a booted machine")
            shutil.copy(BINARY, self.path("/usr/local/bin/limiters"))
        except BaseException:
            self.close()
            raise

    def _is_up(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"it does not boot: {self.log()}")
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        if len(children) != 1 or "systemd" not in pathlib.Path(f"/proc/{children[0]}/cmdline").read_text():
            return False
        self._init = int(children[0])
        return self.run("systemctl", "is-system-running").out in ("running\n", "degraded\n")

    def log(self):
        return (self._folder / "log").read_text()[-2000:]

    def close(self):
        if self._process:
            self._process.terminate()  # which powers the machine off, once it is one
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
        subprocess.run(["rm", "-rf", "--one-file-system", self._folder], check=False)

    def path(self, path):
        """A path of the machine, as it is reached from outside."""
        return pathlib.Path(f"/proc/{self._init}/root{path}")

    def start(self, *command, **options):
        """A Running of a command that belongs to no unit."""
        return Running(["nsenter", "--target", str(self._init), "--all", *map(os.fspath, map(str, command))],
                       env=environment(), cwd="/", **options)

    def run(self, *command, **options):
        with self.start(*command, **options) as running:
            return running.wait(60)

    def unit(self, *command, properties=(), user=False, **options):
        """Run it in a unit of its own, to its end. user: of the manager of ALICE."""
        return self.run(*self.unit_words(properties, user), "--wait", "--pipe", "--", *command, **options)

    def unit_words(self, properties=(), user=False):
        who = ["/usr/sbin/runuser", "-u", "alice", "--", "env", f"XDG_RUNTIME_DIR=/run/user/{ALICE}"] if user else []
        return [*who, "systemd-run", *(["--user"] if user else []), "--quiet", "--collect",
                *(f"--property={p}" for p in properties)]

    def login(self, command):
        """As ALICE, in a session that logind knows of."""
        return self.run("su", "--login", "alice", "--command", command)
