"""The two lines of the README, as typed, on machines that have git and a clone and nothing else."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.tree import ROOT, files, text

TIMEOUT = 7200
FRESH = ROOT / "tests" / "support" / "fresh.sh"


def readme_lines():
    """The command lines of the README's first block: install and run, test."""
    block = re.search(r"```(?:sh)?\n(\./install\.sh .*?)```", text("README.md"), re.DOTALL)[1]
    return [line.split("  #")[0] for line in block.splitlines() if line and not line.startswith("#")]


class FreshMachine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The tree as it is now, committed or not.
        cls.checkout = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for path in files():
            (cls.checkout / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, cls.checkout / path)
        for command in (["init", "-q"], ["add", "-A"],
                        ["-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "the tree"]):
            subprocess.run(["git", *command], cwd=cls.checkout, check=True)

    def run_on(self, suite, user, command):
        run = subprocess.run([FRESH, suite, user, self.checkout, command], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout

    def both_lines_work_on(self, suite, user):
        install_and_run, test = readme_lines()
        out = self.run_on(suite, user, "\n".join([
            "set -e", install_and_run, "echo",
            # No daemon came with it.
            "! ls /lib/systemd/system /etc/init.d 2>/dev/null | grep -E 'redis|valkey'",
            "find . ! -user $(id -un) | sed 's/^/of another user: /'",
            "time ./install.sh 2>&1", test]))
        self.assertRegex(out, r"(?m)^hello$")
        self.assertNotRegex(out, r"(?m)^of another user: ")
        self.assertRegex(out.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$")

    def test_both_lines_work_on_debian_12_as_root(self):
        self.both_lines_work_on("bookworm", "root")

    def test_both_lines_work_on_debian_12_as_a_user_with_sudo(self):
        self.both_lines_work_on("bookworm", "user")

    def test_both_lines_work_on_debian_13_as_root(self):
        self.both_lines_work_on("trixie", "root")

    def test_both_lines_work_on_debian_13_as_a_user_with_sudo(self):
        self.both_lines_work_on("trixie", "user")

    def test_the_suite_passes_with_valkey_too(self):
        # Redis 8 is what Debian 13 has, and so tested above.
        out = self.run_on("trixie", "root", "apt-get -qq -y --no-install-recommends install valkey-tools >/dev/null 2>&1; "
                          "LIMITERS_TEST_SERVER=/usr/bin/valkey-check-rdb tests/run.sh lua cli faults model")
        self.assertRegex(out.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$")
