"""What the README points to is there, and the numbers in it are those of the program."""

import re
import unittest

from interface import CommandLine
from support.tool import BINARY
from support.tree import ROOT, text


class Readme(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        for page in ("README.md", "docs/ci.md", "docs/jobs.md", "docs/where.md", "CONTRIBUTING.md"):
            for link in re.findall(r"\]\(([^)#]+)", text(page)):
                if "://" not in link:
                    with self.subTest(page=page, link=link):
                        self.assertTrue(((ROOT / page).parent / link).exists())

    def test_the_files_of_a_release_have_the_names_that_packaging_gives_them(self):
        readme, version = text("README.md"), re.search(r"project\(limiters VERSION (\S+)", text("CMakeLists.txt"))[1]
        self.assertIn(f"./limiters_{version}_amd64.deb", readme)
        self.assertIn(f"limiters-{version}-linux-x86_64.tar.gz", readme)
        self.assertIn('"$dist/limiters_${version}_$arch.deb"', text("packaging/deb.sh"))
        self.assertIn("name=limiters-$version-linux-$1", text("packaging/make.sh"))

    def test_its_defaults_are_those_of_help(self):
        line = CommandLine(BINARY)
        defaults = {option.label: option.default for s in ("", "sem run") for option in line.options(s)}
        readme = " ".join(text("README.md").split())
        self.assertIn(f"when its lease ends: {defaults['--expiry'].removesuffix('s')} s later", readme)
        self.assertIn(f"exit code 69 after {defaults['--redis-timeout'].removesuffix('s')} s (`--redis-timeout`)", readme)
        expiry = int(defaults["--expiry"].removesuffix("s"))
        self.assertIn(f"up to {expiry // 3 + min(5, expiry // 6) + 2} s (with the default `--expiry`)", readme)

    def test_the_picture_shows_what_the_program_still_prints(self):
        picture = text("docs/session.svg")
        for words in ("limiters sem run", "limiters bucket pipe", "limiters status", "2/2", "1 waiting", "no slot within 1s"):
            self.assertIn(words, picture)


if __name__ == "__main__":
    unittest.main()
