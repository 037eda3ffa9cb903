"""All that talks to a server, against the servers that a team may have."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from support.tree import ROOT

TIMEOUT = 7200
PARTS = ("lua", "model", "faults", "redis", "bucket", "cli", "doctor")
OTHER_SERVER = ROOT / "tests" / "support" / "other_server.sh"


class ServerVersions(unittest.TestCase):
    def passes_with(self, version, suite, package):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        fetched = subprocess.run([OTHER_SERVER, suite, package, folder], capture_output=True, text=True)
        self.assertEqual(fetched.returncode, 0, fetched.stdout + fetched.stderr)
        server = folder / "server"
        told = subprocess.run([server, "--version"], capture_output=True, text=True).stdout
        self.assertRegex(told, version)
        run = subprocess.run([sys.executable, ROOT / "tests/support/runner.py", *(ROOT / "tests" / part for part in PARTS)],
                             capture_output=True, text=True, env=os.environ | {"LIMITERS_TEST_SERVER": str(server)})
        self.assertRegex(run.stdout.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$", run.stdout + run.stderr)

    def test_redis_7_0(self):
        self.passes_with(r"^Redis server v=7\.0\.", "bookworm", "redis-tools")

    def test_redis_8_0(self):
        self.passes_with(r"^Redis server v=8\.0\.", "trixie", "redis-tools")

    def test_valkey_8_1(self):
        self.passes_with(r"^Valkey server v=8\.1\.", "trixie", "valkey-tools")


if __name__ == "__main__":
    unittest.main()
