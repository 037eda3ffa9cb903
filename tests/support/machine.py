"""A small machine inside this one: its /run and /tmp are its own, so that a local server there is nobody else's."""

import os
import pathlib
import subprocess

from support.tool import BINARY, Running, environment
from support.wait import eventually

TOOL = "/run/test/limiters"
MAKE = """
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir /run/test
cat <&"$1" >/run/test/limiters
chmod 755 /run/test /run/test/limiters
echo ready
read -r _
"""


class Machine:
    """Mount and process namespaces of their own; whatever runs in them ends with them. As root, or where users may
    make namespaces: None of make() says that this is not possible here."""

    @classmethod
    def make(cls):
        machine = cls()
        return machine if machine.is_up else None

    def __init__(self):
        as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        with open(BINARY, "rb") as tool:
            self._process = subprocess.Popen(
                ["unshare", *as_user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", MAKE, "sh",
                 str(tool.fileno())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[tool.fileno()], cwd="/")
        self.is_up = self._process.stdout.readline() == b"ready\n"
        if not self.is_up:
            return self.close()
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        self._init = int(children.read_text())
        self._enter = ["nsenter", "--target", str(self._init), *(["--user", "--preserve-credentials"] if as_user else []),
                       "--mount", "--pid", "--"]

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def path(self, path):
        """A path of the machine, as it is reached from outside."""
        return pathlib.Path(f"/proc/{self._init}/root{path}")

    def start(self, *command, uid=None, env=None, **options):
        """A Running of a command on the machine, as its root or another user."""
        as_other = ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--"] if uid else []
        return Running([*self._enter, *as_other, *map(str, command)], env=environment(env), cwd="/", **options)

    def run(self, *command, **options):
        with self.start(*command, **options) as running:
            return running.wait(60)

    def sem(self, *options, command=("true",), **more):
        return self.run(TOOL, "sem", "run", "--name", "x", "-j", "1", *options, "--", *command, **more)

    def processes(self, text):
        """The pids, as seen from outside, of the machine's processes with this text in their command line."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace")
                same = os.readlink(folder / "ns/pid") == os.readlink(f"/proc/{self._init}/ns/pid")
            except OSError:  # it has ended
                continue
            if same and text in words and "limiters\0" not in words:
                found.append(int(folder.name))
        return found

    def servers(self):
        """The pids of local servers."""
        return self.processes("redis.sock")

    def kill_servers(self):
        killed = set(self.servers())
        for pid in killed:
            os.kill(pid, 9)
        # A holder may have started the next one already.
        eventually(lambda: not killed & set(self.servers()), 30, "the end of the server")
