"""install.sh asks for the right to install before it does anything that takes time."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support.tree import ROOT

AS_A_USER = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []


class Rights(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copy(ROOT / "install.sh", self.folder)
        shutil.copytree(ROOT / "cmake", self.folder / "cmake")
        (self.folder / "bin").mkdir()
        self.folder.chmod(0o755)
        for name in ("apt-get", "cmake"):
            self.program(name, "echo it was begun; exit 1")

    def program(self, name, script):
        (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / "bin" / name).chmod(0o755)

    def install(self, *words):
        return subprocess.run([*AS_A_USER, "./install.sh", *words], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": "/"})

    def test_a_user_who_may_not_become_root_is_told_prefix_at_once(self):
        self.program("sudo", "echo 'Sorry, user u may not run sudo.' >&2; exit 1")
        done = self.install()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("./install.sh --prefix", done.stderr)

    def test_a_user_who_may_is_asked_once_before_anything_begins(self):
        self.program("sudo", '[ "$1" = -v ] || exec "$@"; echo asked')
        self.assertRegex(self.install().stdout, r"\Aasked\n")


if __name__ == "__main__":
    unittest.main()
