"""What is downloaded: made by one command, the same bytes wherever, and all that a machine needs to run a job."""

import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support.server import Server
from support.tree import ROOT, files

TIMEOUT = 5400
FRESH = ROOT / "tests" / "support" / "fresh.sh"
OWN = "amd64" if platform.machine() == "x86_64" else "arm64"
JOB = "limiters -q sem run --name t --capacity 1 -- echo hello"
FISH = "fish --login -c \"complete -C 'limiters sem ren'\" | cut -f 1"


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["bash", "-ec", "self=test_packages; . cmake/packages.sh; install_packages lintian dpkg-dev busybox-static"],
                       cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
        cls.checkout = cls.copy_of_the_tree("one")
        cls.dist = cls.made_in(cls.checkout)

    @classmethod
    def copy_of_the_tree(cls, name, *more):
        checkout = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / name
        for path in files():
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, checkout / path)
        for path in more:
            shutil.copy(path, checkout)
        for command in (["init", "-q"], ["add", "-A"],
                        ["-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "the tree"]):
            subprocess.run(["git", *command], cwd=checkout, check=True,
                           env={"GIT_COMMITTER_DATE": "@1790000000 +0000", "GIT_AUTHOR_DATE": "@1790000000 +0000"})
        return checkout

    @classmethod
    def made_in(cls, checkout):
        made = run("cmake", "--workflow", "--preset", "package", cwd=checkout)
        if made.returncode:
            raise AssertionError(made.stdout + made.stderr)
        return checkout / "dist"

    def one(self, pattern):
        found = list(self.dist.glob(pattern))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_two_trees_on_two_paths_give_the_same_bytes(self):
        other = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "another-name"
        subprocess.run(["git", "clone", "-q", self.checkout, other], check=True)
        self.assertEqual(self.digests(self.made_in(other)), self.digests(self.dist))

    def digests(self, dist):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in dist.iterdir()}

    def test_the_checksums_are_those_of_all_that_is_there(self):
        check = run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=self.dist)
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertEqual(len(check.stdout.splitlines()), len(list(self.dist.iterdir())) - 1)

    def test_lintian_has_nothing_to_say(self):
        for package in self.dist.glob("*.deb"):
            said = run("lintian", "--fail-on", "error,warning", "--allow-root", package)
            self.assertEqual((said.returncode, said.stdout), (0, ""), said.stderr)

    def test_both_programs_are_as_hard_as_the_suite_wants_them(self):
        for preset in ("release", "package"):
            with self.subTest(preset):
                done = run(sys.executable, "tests/support/runner.py", "tests/security/test_binary.py", cwd=ROOT,
                           env=os.environ | {"LIMITERS": str(self.checkout / "build" / preset / "limiters")})
                self.assertRegex(done.stdout.splitlines()[-1], r"^[1-9]\d* passed, 0 failed$", done.stdout)

    def test_the_debian_package_brings_all_that_it_needs_to_debian_12(self):
        self.assertServes("bookworm", self.copy_of_the_tree("with-package", self.one(f"*_{OWN}.deb")), ":")

    def test_made_on_debian_13_it_is_a_package_of_debian_13(self):
        self.assertServes("trixie", self.checkout, "\n".join([
            "./install.sh", "apt-get -qq -y --no-install-recommends install fish", f"{FISH} | grep -x renew",
            "cmake --build build/release --target uninstall", "! command -v limiters",
            "apt-get -qq -y --no-install-recommends install dpkg-dev", "LIMITERS_ARM64=no cmake --workflow --preset package", "cp dist/*.deb ."]))

    def assertServes(self, suite, checkout, bring):
        done = run(FRESH, suite, "root", checkout, "\n".join([
            "set -e", f"{{\n{bring}", "apt-get -qq -y install --no-install-recommends ./*.deb redis-tools fish", "} >&2", JOB, FISH,
            "limiters --version",
            "cd /usr/share; ls bash-completion/completions/limiters zsh/vendor-completions/_limiters "
            "fish/vendor_completions.d/limiters.fish >&2", "cd /; apt-get -qq -y purge limiters >&2",
            "! find /usr /etc /var/lib/dpkg/info -name '*limiters*' | grep ."]))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^hello\nrenew\nlimiters \d[^\n]*\n$")

    def test_the_archive_installs_where_there_is_nothing_but_busybox(self):
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (root / "bin").mkdir()
        shutil.copy("/bin/busybox", root / "bin")
        run("chroot", root, "/bin/busybox", "--install", "-s", "/bin")
        run("tar", "-C", root, "-xf", self.one(f"*-{platform.machine()}.tar.gz"))
        server = self.enterContext(Server())
        done = run("chroot", root, "/bin/sh", "-ec",
                   f"cd limiters-*; ./install /usr; export LIMITERS_REDIS={server.url}; PATH=/bin:/usr/bin; {JOB}; limiters doctor")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^installed limiters \d\S+ in /usr/bin\nhello\n")

    @unittest.skipUnless(OWN == "amd64", "arm64 is made on amd64 besides")
    def test_the_archive_for_arm64_runs_a_job_there(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        run("tar", "-C", folder, "-xf", self.one("*-aarch64.tar.gz"))
        [program] = folder.glob("*/bin/limiters")
        server = self.enterContext(Server())
        done = run("qemu-aarch64-static", program, "--redis", server.url, "sem", "run", "--name", "t", "--capacity", "1", "--",
                   "sh", "-c", "echo hello; exit 7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "hello\n", ""))

    @unittest.skipUnless(OWN == "amd64", "arm64 is made on amd64 besides")
    def test_the_package_for_arm64_is_one_and_depends_on_the_libraries_of_debian(self):
        package = self.one("*_arm64.deb")
        self.assertEqual(run("dpkg-deb", "--field", package, "Architecture").stdout, "arm64\n")
        self.assertRegex(run("dpkg-deb", "--field", package, "Depends").stdout, r"libc6 .*libssl3")

    def test_the_parts_are_named_with_their_versions(self):
        text = self.one("*.spdx").read_text()
        for part in ("libssl-dev", "libhiredis-dev", "libfmt-dev", "libncurses-dev"):
            self.assertRegex(text, rf"PackageName: {part}\nSPDXID: SPDXRef-{part}\nPackageVersion: \d")
        self.assertEqual(len(re.findall("^SPDXVersion", text)), 1)


if __name__ == "__main__":
    unittest.main()
