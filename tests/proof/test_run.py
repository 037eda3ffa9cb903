"""Real runs: calm, nothing is wrong and no slot stands empty; and an interrupted one leaves nothing behind."""

import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from support.wait import eventually

PROOF = pathlib.Path(__file__).with_name("proof.py")


class Run(unittest.TestCase):
    def test_without_faults_nothing_is_wrong_and_no_slot_stands_empty(self):
        run = subprocess.run([sys.executable, PROOF, "--theme", "none", "--seconds", "8", "--seed", "1"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertRegex(run.stdout, r"\d\d callers, \d\d+ grants, 0 faults")
        # On a machine that is too busy a slot stands empty as long as nobody runs.
        if "stood still" not in run.stdout:
            self.assertRegex(run.stdout, r"wanted, faults: 0\.")

    def test_servers_that_name_each_other_serve_too(self):
        for servers in ("sentinel", "cluster"):
            with self.subTest(servers=servers):
                run = subprocess.run([sys.executable, PROOF, "--servers", servers, "--theme", "none", "--seconds", "5", "--seed", "1"],
                                     capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                self.assertRegex(run.stdout, r"\d\d callers, \d\d+ grants, 0 faults")

    def test_an_interrupted_run_leaves_nothing_behind(self):
        # The runner of this file fails it for any process that is left.
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name), tempfile.TemporaryDirectory() as folder:
                run = subprocess.Popen([sys.executable, PROOF, "--seed", "2"], env={"TMPDIR": folder, "PATH": "/usr/bin:/bin"},
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                eventually(lambda: "G " in "".join(p.read_text() for p in pathlib.Path(folder).glob("limiters-proof-*/log")), 30, "a grant")
                run.send_signal(number)
                run.wait(30)
                self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


if __name__ == "__main__":
    unittest.main()
