"""Run the tests of one file and write each outcome to the descriptor OUTCOMES, a line of JSON each: run_file.py FILE"""

import importlib.util
import json
import os
import pathlib
import re
import signal
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]


class Recorder(unittest.TestResult):
    """Writes each outcome at once, so that a crash or a time limit does not lose those before it."""

    def __init__(self):
        super().__init__()
        fd = int(os.environ.pop("OUTCOMES"))
        os.set_inheritable(fd, False)  # tests look at the fds a program gets
        self._rows = os.fdopen(fd, "w", buffering=1)

    def _write(self, test, outcome, text=""):
        # "test_a_b (module.Class.test_a_b) (i=1)", the end only in a subtest; setUpClass stands as it is.
        name = re.sub(r"^(?:test_)?(\w+) \(\S+\)", lambda m: m[1].replace("_", " "), str(test))
        print(json.dumps({"name": name, "outcome": outcome, "text": text}), file=self._rows)

    def startTest(self, test):
        super().startTest(test)
        self._write(test, "started")

    def addSuccess(self, test):
        self._write(test, "passed")

    def addSubTest(self, test, subtest, error):
        if error:
            self.addFailure(subtest, error)

    def addFailure(self, test, error):
        self._write(test, "failed", self._exc_info_to_string(error, test))

    addError = addFailure

    def addSkip(self, test, reason):
        self._write(test, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        self._write(test, "failed", "it was expected to fail, and passed")


def main():
    path = pathlib.Path(sys.argv[1])
    # A shell without job control starts what it puts in the background with the first two ignored, nohup(1) with the
    # third, and so would be all that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    sys.path[:0] = [str(TESTS), str(path.parent)]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    recorder = Recorder()
    spec.loader.exec_module(module)
    unittest.defaultTestLoader.loadTestsFromModule(module).run(recorder)


if __name__ == "__main__":
    main()
