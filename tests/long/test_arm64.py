"""The program for arm64, built here and run by qemu-user: the tests of the command line, of buckets and of leases.

What qemu-user cannot run is left out: CMD that dies of each signal, of which qemu itself dies (cli/test_exit_codes); a
name or a descriptor that is qemu's (bucket/test_run, redis/test_tls, process); a TLS handshake, which it makes take
seconds (redis/test_tls); ptrace (process/test_each_step); namespaces, units and servers of one's own (local, long)."""

import pathlib
import platform
import subprocess
import sys
import tempfile
import unittest

from support.tree import ROOT

TIMEOUT = 5400
FILES = ["cli/test_arguments.py", "cli/test_options.py", "cli/test_bad_usage.py", "cli/test_semaphore_slots.py",
         "bucket/test_acquire.py", "bucket/test_rate.py", "lease/test_acquire.py", "lease/test_renew_and_release.py"]


@unittest.skipUnless(platform.machine() == "x86_64", "this is built on amd64")
class Arm64(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here("bash", "-ec", "self=test_arm64; . cmake/packages.sh; . packaging/arm64.sh; install_arm64_packages")
        cls.here("cmake", "--workflow", "--preset", "release-arm64")

    @classmethod
    def here(cls, *command, **more):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def test_it_is_a_program_of_arm64(self):
        header = (ROOT / "build" / "release-arm64" / "limiters").read_bytes()[:20]
        self.assertEqual((header[:4], header[18:20]), (b"\x7fELF", b"\xb7\0"))

    def test_what_qemu_can_run_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            wrapper = pathlib.Path(folder) / "limiters"
            wrapper.write_text(f"#!/bin/sh\nexec qemu-aarch64-static -0 limiters {ROOT}/build/release-arm64/limiters \"$@\"\n")
            wrapper.chmod(0o755)
            done = self.here(sys.executable, "tests/support/runner.py", *(f"tests/{file}" for file in FILES),
                             env={"PATH": "/usr/bin:/bin", "LIMITERS": str(wrapper), "HOME": folder})
            self.assertRegex(done.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$")


if __name__ == "__main__":
    unittest.main()
