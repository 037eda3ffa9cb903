"""Where `cmake --install` puts things, the shells and man(1) look for them, and uninstalling takes all away."""

import pathlib
import subprocess
import tempfile
import unittest

from support.tool import BINARY, ROOT

BUILD = pathlib.Path(BINARY).parent


def said(*command, **env):
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "TERM": "dumb"} | env,
                          stdin=subprocess.DEVNULL).stdout


class Installed(unittest.TestCase):
    """Below a folder that stands for the root of a machine."""

    def setUp(self):
        self.root = self.enterContext(tempfile.TemporaryDirectory())

    def installed(self, prefix):
        said("cmake", "--install", BUILD, "--prefix", prefix, DESTDIR=self.root)
        self.addCleanup((BUILD / "install_manifest.txt").unlink, missing_ok=True)
        return {f"/{path.relative_to(self.root)}" for path in pathlib.Path(self.root).rglob("*") if path.is_file()}

    def test_a_login_fish_looks_where_the_completion_is(self):
        for prefix in ("/usr", "/usr/local", "/home/u/.local"):
            with self.subTest(prefix):
                folders = said("fish", "--login", "--command", "string join \\n $fish_complete_path", HOME="/home/u").splitlines()
                self.assertTrue(self.installed(prefix) & {f"{folder}/limiters.fish" for folder in folders}, folders)

    def test_uninstalling_takes_all_away(self):
        for prefix in ("/usr/local", "/home/u/.local"):
            self.assertIn(f"{prefix}/bin/limiters", self.installed(prefix))
            said("cmake", f"-DBUILD={BUILD}", "-P", ROOT / "cmake" / "uninstall.cmake", DESTDIR=self.root)
            self.assertEqual([path for path in pathlib.Path(self.root).rglob("*") if path.is_file()], [])

    def test_what_cannot_be_taken_away_is_told_and_may_be_tried_again(self):
        manifest = pathlib.Path(self.root) / "install_manifest.txt"
        manifest.write_text("/proc/version\n")  # which root may not remove either
        done = subprocess.run(["cmake", f"-DBUILD={self.root}", "-P", ROOT / "cmake" / "uninstall.cmake"], capture_output=True,
                              text=True, env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(" ".join(done.stderr.split()), "could not remove /proc/version: .* as root")
        self.assertTrue(manifest.exists())


if __name__ == "__main__":
    unittest.main()
