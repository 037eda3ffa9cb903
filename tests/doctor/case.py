"""What the tests of doctor share: its report, and a user who has exactly some rights on each server."""

import json
import pathlib
import unittest

import jsonschema

from cli.case import PATIENCE
from support.tool import limiters

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parent / "schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
LOGIN = "job:s3cret-word"


def rule(*words):
    """The parts of what doctor --acl prints."""
    return limiters("doctor", "--acl", *words).out.split()


def allow(servers, parts):
    """The user `job` has these rights and no others."""
    for server in servers:
        server.call("ACL", "SETUSER", "job", "reset", "on", ">s3cret-word", *parts)


def as_job(url):
    return url.replace("://", f"://{LOGIN}@", 1)


class DoctorTest(unittest.TestCase):
    def doctor(self, url=None, *words, **more):
        """Its Result; both ways to print it must say the same."""
        text, machine = (limiters("doctor", *form, *words, redis=url, timeout=PATIENCE, **more) for form in ([], ["--json"]))
        self.assertEqual((text.code, text.err), (machine.code, machine.err))
        self.report = json.loads(machine.out)
        VALIDATOR.validate(self.report)
        shown = [line.split(maxsplit=1) for line in text.out.splitlines()]
        self.assertEqual([words for words in shown if words[0] in ("note", "problem")],
                         [[f["severity"], f"{f['where']}: {f['text']}"] for f in self.report["findings"]])
        self.assertEqual([words[1].split(": ")[0] for words in shown if words[0] == "server"],
                         [node["address"] for node in self.report["nodes"]])
        self.assertEqual(shown[-1][0], "result")
        self.assertEqual(self.report["limits_hold"], text.code == 0)
        return text

    def texts(self, severity):
        """What it found, each with the server in front."""
        return [f"{f['where']}: {f['text']}" for f in self.report["findings"] if f["severity"] == severity]

    def assertHealthy(self, url, *words, **more):
        result = self.doctor(url, *words, **more)
        self.assertEqual((result.code, self.texts("problem"), result.err), (0, [], ""))

    def assertProblem(self, code, url, *parts, **more):
        """This code, and one problem, which has all these parts."""
        result = self.doctor(url, **more)
        self.assertEqual(result.code, code, result.out)
        [problem] = self.texts("problem")
        for part in parts:
            self.assertIn(str(part), problem)

    def assertNote(self, url, *parts, **more):
        """Limits hold, and one note has all these parts."""
        self.assertHealthy(url, **more)
        for note in self.texts("note"):
            if all(str(part) in note for part in parts):
                return
        self.fail(f"no note with {parts}: {self.texts('note')}")
