"""Run limiters with another /etc, in a mount namespace of its own."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support.tool import BINARY, Running, environment

# As root the namespace of mounts is enough; anyone else needs one of users around it.
UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]


class SystemFilesTest(unittest.TestCase):
    """.etc is what limiters sees as /etc."""

    def setUp(self):
        self.etc = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="limiters-etc-")))
        self.etc.chmod(0o755)
        for name in ("passwd", "group", "hosts", "nsswitch.conf"):
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.etc)
        tried = subprocess.run([*UNSHARE, "mount", "--bind", self.etc, "/etc"], capture_output=True, text=True)
        if tried.returncode:
            self.skipTest(f"no mount namespace for this user: {tried.stderr.strip()}")

    def write(self, name, text, mode=0o644):
        path = self.etc / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def run_in_etc(self, *args, env=None, timeout=30):
        """limiters with these arguments. env: the whole environment, or None for that of the other tests."""
        with self.start_in_etc(*args, env=env) as running:
            return running.wait(timeout)

    def start_in_etc(self, *args, env=None):
        """The same, as a Running."""
        mounted = 'mount --bind "$1" /etc && shift && exec "$@"'
        variables = [f"{name}={value}" for name, value in (environment() if env is None else env).items()]
        command = [*UNSHARE, "/bin/sh", "-c", mounted, "sh", self.etc, "env", "-i", *variables, BINARY, *args]
        return Running(command)
