"""The image that the Dockerfile makes: the program and the authorities of TLS, which runs as the first process."""

import pathlib
import subprocess
import tempfile
import unittest

from support.server import Server
from support.tree import ROOT

TIMEOUT = 3600
BASE = ". tests/support/debian.sh && debian bookworm {} ca-certificates"


class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.run_here("bash", "-ec", "self=test_container; . cmake/packages.sh; install_packages buildah busybox-static")
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.buildah = ["buildah", "--root", folder / "store", "--runroot", folder / "run", "--storage-driver", "vfs"]
        # A registry is not always to be had, so the base is made here.
        cls.run_here("bash", "-ec", BASE.format(folder / "debian"))
        base = cls.build("from", "scratch")
        cls.build("add", base, folder / "debian", "/")
        cls.build("commit", base, "localhost/debian")
        cls.build("bud", "--isolation", "chroot", "--network", "host", "--build-arg", "DEBIAN=localhost/debian", "-t",
                  "localhost/limiters", ".")
        container = cls.build("from", "localhost/limiters")
        cls.root = pathlib.Path(cls.build("mount", container))
        cls.addClassCleanup(cls.build, "umount", container)

    @classmethod
    def run_here(cls, *command):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout.strip()

    @classmethod
    def build(cls, *words):
        return cls.run_here(*cls.buildah, *words).splitlines()[-1]

    def test_it_has_nothing_but_the_program_and_the_authorities(self):
        self.assertEqual(sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()),
                         ["etc/ssl/certs/ca-certificates.crt", "limiters"])

    def test_as_the_first_process_it_runs_a_command_under_a_limit_and_ends_as_it_did(self):
        with tempfile.TemporaryDirectory() as folder, Server() as server:
            for source in (self.root / "limiters", "/bin/busybox"):  # as COPY --from would
                self.run_here("cp", source, folder)
            done = subprocess.run(
                ["unshare", "--pid", "--fork", "chroot", folder, "/limiters", "--redis", server.url, "sem", "run", "--name", "t",
                 "--capacity", "1", "--", "/busybox", "sh", "-c", "echo $$ $LIMITERS_NAME; exit 7"],
                capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "2 t\n", ""))


if __name__ == "__main__":
    unittest.main()
