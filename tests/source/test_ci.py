"""What CI systems use of this repository: the action, the include, and the examples of docs/ci.md."""

import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

from support.tool import BINARY
from support.tree import ROOT, text

VERSION = "1.2.3"
ARCHIVE = f"limiters-{VERSION}-linux-{platform.machine()}"


def load(path):
    return yaml.safe_load(text(path))


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", text("docs/ci.md"), re.DOTALL | re.MULTILINE)


class Fetched(unittest.TestCase):
    """From a folder that is laid out as releases are."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        release = self.folder / f"v{VERSION}"
        (release / ARCHIVE / "bin").mkdir(parents=True)
        shutil.copy(BINARY, release / ARCHIVE / "bin" / "limiters")
        self.archive = release / f"{ARCHIVE}.tar.gz"
        subprocess.run(["tar", "-C", release, "-czf", self.archive, ARCHIVE], check=True)
        self.sha256 = hashlib.sha256(self.archive.read_bytes()).hexdigest()
        (release / "SHA256SUMS").write_text(f"{'0' * 64}  other.deb\n{self.sha256}  {self.archive.name}\n")

    @property
    def releases(self):
        return f"file://{self.folder}"

    def run_script(self, script, **variables):
        env = {"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(self.folder), "CI_BUILDS_DIR": str(self.folder),
               "GITHUB_PATH": str(self.folder / "path"), "GITHUB_ACTION_PATH": str(ROOT)}
        return subprocess.run(["bash", "-e", "-c", script], env=env | variables, capture_output=True, text=True, cwd=self.folder)

    def action(self, **inputs):
        [step] = load("action.yml")["runs"]["steps"]
        given = {"VERSION": VERSION, "SHA256": "", "RELEASES": self.releases, "FETCH": str(ROOT / "ci" / "fetch.sh")}
        self.assertEqual(set(step["env"]), set(given))
        return self.run_script(step["run"], **given | inputs)

    def gitlab(self, **variables):
        script = "\n".join(load("ci/gitlab.yml")[".limiters"]["before_script"]) + "\ncommand -v limiters"
        return self.run_script(script, FETCH_LIMITERS_VERSION=VERSION, FETCH_LIMITERS_FROM=self.releases, **variables)

    def test_the_action_puts_the_program_into_path(self):
        for version in (VERSION, f"v{VERSION}"):
            done = self.action(VERSION=version)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r"^limiters \d")
        added = (self.folder / "path").read_text().splitlines()[0]
        self.assertTrue(os.access(f"{added}/limiters", os.X_OK))

    def test_the_include_puts_the_program_into_path(self):
        done = self.gitlab()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\n/\S+/limiters\n$")

    def test_another_checksum_is_refused_and_nothing_is_installed(self):
        refused = [self.action(SHA256="1" * 64), self.gitlab(FETCH_LIMITERS_SHA256="1" * 64)]
        self.archive.write_bytes(self.archive.read_bytes() + b"\0")
        refused += [self.action(), self.gitlab()]
        (self.folder / f"v{VERSION}" / "SHA256SUMS").write_text("")
        refused += [self.action(), self.gitlab()]
        for done in refused:
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("checksum", done.stderr)
        self.assertEqual(list(self.folder.glob("*limiters*")), [])

    def test_the_checksum_that_is_given_is_enough(self):
        (self.folder / f"v{VERSION}" / "SHA256SUMS").unlink()
        self.assertEqual(self.action(SHA256=self.sha256).returncode, 0)

    def test_a_release_that_is_not_there_is_named(self):
        done = self.action(VERSION="9.9.9")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/v9.9.9/limiters-9.9.9-linux-", done.stderr)


class Form(unittest.TestCase):
    def test_the_action_has_the_form_of_one(self):
        action = load("action.yml")
        self.assertEqual({"name", "description", "branding", "inputs", "runs"}, set(action))
        for name, about in action["inputs"].items():
            self.assertEqual({"description", "default"}, set(about), name)
        self.assertEqual("composite", action["runs"]["using"])
        for step in action["runs"]["steps"]:
            self.assertLessEqual({"run", "shell"}, set(step))
            # In the text of a script an input would be code.
            self.assertNotIn("${{", step["run"])
        used = set(re.findall(r"inputs\.(\w+)", text("action.yml")))
        self.assertEqual(used, set(action["inputs"]))

    def test_the_include_has_the_script_of_the_action(self):
        own = text("ci/fetch.sh").split("set -eu\n")[1].splitlines()
        there = [line.strip() for line in load("ci/gitlab.yml")[".limiters"]["before_script"][0].splitlines()]
        own = [line.strip() for line in own if not line.startswith("releases=")]
        self.assertEqual([line for line in there if not line.startswith(("releases=", "set -eu", "(")) and line != ")"], own)

    def test_the_examples_have_the_form_that_their_systems_want(self):
        github, gitlab, buildkite = map(yaml.safe_load, blocks("yaml"))
        self.assertEqual({True, "jobs"}, set(github))  # YAML 1.1 reads `on` as a truth
        for step in github["jobs"]["deploy"]["steps"]:
            self.assertEqual(len({"run", "uses"} & set(step)), 1, step)
        used = next(step for step in github["jobs"]["deploy"]["steps"] if "limiters" in step.get("uses", ""))
        self.assertLessEqual(set(used["with"]), set(load("action.yml")["inputs"]))
        self.assertEqual(gitlab["include"][0]["file"], "ci/gitlab.yml")
        self.assertIn(gitlab["deploy"]["extends"], load("ci/gitlab.yml"))
        self.assertLessEqual({v for v in gitlab["variables"] if v.startswith("FETCH_LIMITERS_")},
                             set(re.findall(r"FETCH_LIMITERS_\w+", text("ci/gitlab.yml"))))
        self.assertIn("limiters", buildkite["steps"][0]["command"])

    def test_every_command_of_the_examples_is_understood(self):
        calls = re.findall(r"limiters ((?:sem|bucket) run .*?) -- ", text("docs/ci.md"))
        self.assertGreaterEqual(len(calls), 6)
        for call in calls:
            with self.subTest(call):
                run = subprocess.run([BINARY, *call.split(), "--", "true"], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                     env={"PATH": "/usr/bin:/bin", "LIMITERS_REDIS": "unix:///nowhere", "LIMITERS_REDIS_TIMEOUT": "50ms"})
                self.assertEqual(run.returncode, 69, run.stderr)


if __name__ == "__main__":
    unittest.main()
