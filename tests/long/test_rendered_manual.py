"""docs/manual is what docs/manual.sh makes of man/. Here and not in the short suite, because it is rendered for a release."""

import pathlib
import subprocess
import tempfile
import unittest

from support.tree import ROOT


class RenderedManual(unittest.TestCase):
    def test_it_is_fresh(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([ROOT / "docs" / "manual.sh", folder], check=True)
            made = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
            kept = {path.name: path.read_text() for path in (ROOT / "docs" / "manual").iterdir()}
            self.assertEqual(sorted(kept), sorted(made))
            self.assertEqual([name for name in made if kept[name] != made[name]], [], "run docs/manual.sh")


if __name__ == "__main__":
    unittest.main()
