"""The version is that of the tag, in a checkout and in an archive of it, and the next one where there is no tag."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.tree import ROOT

NEXT = "9.8.7"


class Version(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.checkout = self.folder / "checkout"
        (self.checkout / "cmake").mkdir(parents=True)
        shutil.copy(ROOT / ".gitattributes", self.checkout)
        shutil.copy(ROOT / "cmake" / "archive.txt", self.checkout / "cmake")
        self.git("init", "-q")
        self.commit = self.committed("one")

    def git(self, *words):
        return subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *words], cwd=self.checkout,
                              check=True, capture_output=True).stdout

    def committed(self, what):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", what)
        return self.git("rev-parse", "HEAD").decode()[:12]

    def told(self, tree=None):
        header = self.folder / "this_version.hpp"
        subprocess.run(["cmake", f"-DSOURCE={tree or self.checkout}", f"-DNEXT={NEXT}", f"-DOUTPUT={header}", "-P",
                        ROOT / "cmake" / "version.cmake"], check=True, capture_output=True)
        return tuple(re.findall(r'k_\w+ = "(.*)";', header.read_text()))

    def archive(self):
        tree = self.folder / "archive"
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        subprocess.run(["tar", "-x", "-C", tree], input=self.git("archive", "HEAD"), check=True)
        return tree

    def test_without_a_tag_it_is_the_next_one(self):
        self.assertEqual(self.told(), (NEXT, self.commit))
        self.assertEqual(self.told(self.archive()), (NEXT, self.commit))

    def test_a_tag_is_the_version(self):
        self.git("tag", "v1.2.3")
        self.assertEqual(self.told(), ("1.2.3", self.commit))
        self.assertEqual(self.told(self.archive()), ("1.2.3", self.commit))

    def test_a_later_commit_counts_those_since_the_tag(self):
        self.git("tag", "v1.2.3")
        self.committed("two")
        later = self.committed("three")
        self.assertEqual(self.told(), ("1.2.3+2", later))
        self.assertEqual(self.told(self.archive()), ("1.2.3+2", later))

    def test_a_tree_that_was_changed_says_so(self):
        (self.checkout / ".gitattributes").write_text("cmake/archive.txt export-subst # changed\n")
        self.assertEqual(self.told(), (NEXT, f"{self.commit}, and changes"))

    def test_a_copy_without_git_knows_no_commit(self):
        shutil.rmtree(self.checkout / ".git")
        self.assertEqual(self.told(), (NEXT, ""))


if __name__ == "__main__":
    unittest.main()
