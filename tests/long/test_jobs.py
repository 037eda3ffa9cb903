"""docs/jobs.md, as written: jobs of a timer, in containers and over ssh, and what a stop reaches there."""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

from support.booted import Booted
from support.server import Server, free_port
from support.tool import BINARY, Running, environment
from support.tree import ROOT, text
from support.wait import eventually

TIMEOUT = 1800
PATIENCE = 60
JOB = """\
#!/bin/sh
for name in TERM HUP; do trap "echo $name >>$LOG; exit 1" $name; done
echo start >>$LOG
while [ ! -e $LOG.gate ]; do sleep 0.1; done
echo end >>$LOG
"""
RUNTIME = ["podman", "--runtime", "runc", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"]


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", text("docs/jobs.md"), re.DOTALL | re.MULTILINE)


def line(beginning):
    [found] = [block.strip() for block in blocks("sh") if block.startswith(beginning)]
    return found


def rows():
    """(what the container runs, with an init, is the report told, when is the slot free), as the table says."""
    return re.findall(r"^\| `(.+?)` \| (yes|no) \| (.+?) \| (.+?) \|$", text("docs/jobs.md"), re.MULTILINE)


def install(*packages):
    done = subprocess.run(["bash", "-ec", f"self=test_jobs; . cmake/packages.sh; install_packages {' '.join(packages)}"],
                          cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)


class JobTest(unittest.TestCase):
    """A folder with the programs that the lines of the page name: `limiters`, `report`, and a docker or an ssh."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server({"bind": "127.0.0.1"}))
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="limiters-test-jobs-")))
        cls.log = cls.folder / "log"
        cls.bin = cls.folder / "bin"
        cls.bin.mkdir()
        shutil.copy(BINARY, cls.bin / "limiters")
        cls.program("report", JOB)

    @classmethod
    def program(cls, name, script):
        (cls.bin / name).write_text(script)
        (cls.bin / name).chmod(0o755)

    @classmethod
    def done(cls, *command, **more):
        done = subprocess.run(command, env=cls.env(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600, **more)
        if done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def env(cls):
        return environment({"PATH": f"{cls.bin}:/usr/sbin:/usr/bin:/sbin:/bin", "LIMITERS_REDIS": cls.server.url, "LOG": str(cls.log)})

    def setUp(self):
        self.server.call("FLUSHALL")
        self.log.write_text("")
        self.gate = self.log.with_suffix(".gate")
        self.gate.unlink(missing_ok=True)

    def tearDown(self):
        self.gate.touch()

    def start(self, command):
        running = self.enterContext(Running(["sh", "-c", f"exec {command}"], env=self.env(), cwd=self.folder))
        self.logged("start", running)
        return running

    def logged(self, word, running=None):
        def is_there():
            if running and not running.running():
                raise RuntimeError(f"{running.process.returncode} {running.err()}")
            return word in self.log.read_text().split()
        eventually(is_there, PATIENCE, word)

    def holders(self):
        return self.server.call("ZCARD", "limiters:2:sem:{report}:holders")

    def assertHeld(self):
        self.assertEqual(self.holders(), 1)

    def assertEventuallyFree(self):
        eventually(lambda: self.holders() == 0, PATIENCE, "a free slot")


class Containers(JobTest):
    """With podman, which takes the words of docker."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        install("podman", "runc", "conmon", "catatonit", "buildah", "busybox-static")
        store = cls.folder / "store"
        (cls.folder / "containers.conf").write_text("[containers]\ndefault_ulimits = []\n")
        docker = shlex.join([*RUNTIME, "--root", str(store), "--runroot", f"{store}-run"])
        cls.program("docker", f"#!/bin/sh\nexport CONTAINERS_CONF={cls.folder}/containers.conf\n"
                              f'[ "$1" = run ] || exec {docker} "$@"\nshift\n'
                              f"exec {docker} run --network host --cidfile $LOG.cid -e LOG -v {cls.folder}:{cls.folder} \"$@\"\n")
        cls.image("localhost/limiters", {"limiters": BINARY})
        busybox = {f"bin/{name}": "/bin/busybox" for name in ("sh", "sleep", "echo")}
        cls.image("docker.io/library/debian:12-slim", {**busybox, "tmp/.keep": os.devnull})
        [dockerfile] = blocks("dockerfile")
        (cls.bin / "Dockerfile").write_text(dockerfile)
        cls.done("docker", "build", "--isolation", "chroot", "-t", "reports", ".", cwd=cls.bin)

    @classmethod
    def image(cls, name, content):
        with tempfile.TemporaryDirectory() as folder:
            for path, source in content.items():
                (pathlib.Path(folder) / path).parent.mkdir(exist_ok=True)
                shutil.copy(source, pathlib.Path(folder) / path)
            cls.done("tar", "-C", folder, "-cf", cls.folder / "image.tar", ".")
            cls.done("docker", "import", cls.folder / "image.tar", name)

    def setUp(self):
        super().setUp()
        self.cid = self.log.with_suffix(".cid")
        self.cid.unlink(missing_ok=True)
        self.addCleanup(self.remove)

    def remove(self):
        with contextlib.suppress(AssertionError, FileNotFoundError):
            self.done("docker", "rm", "--force", "--time", "0", self.cid.read_text())

    def test_the_report_runs_under_its_limit_and_the_container_ends_as_it_did(self):
        running = self.start(line("docker run --rm -e"))
        self.assertHeld()
        self.gate.touch()
        self.assertEqual(running.wait(PATIENCE).code, 0)
        self.assertEqual(self.holders(), 0)

    def test_a_stop_reaches_what_the_table_says(self):
        self.assertEqual(len(rows()), 5)
        for row in rows():
            with self.subTest(row):
                self.doCleanups()
                self.setUp()
                self.assertStopped(*row)

    def assertStopped(self, runs, init, report, free):
        words = shlex.split(runs.replace("…", "--name report --capacity 1", 1).replace("; …", "; true"))
        init = ["--init"] if init == "yes" else []
        running = self.start(shlex.join(["docker", "run", "-e", "LIMITERS_REDIS", *init, "--entrypoint", words[0], "reports",
                                         *words[1:]]))
        self.done("docker", "stop", self.cid.read_text())
        seconds = running.wait(PATIENCE).seconds
        self.assertEqual("TERM" in self.log.read_text(), report == "gets TERM")
        self.assertEqual(seconds >= 10, "10 s" in report)
        self.assertEqual(self.holders(), {"when the report has ended": 0, "when its lease ends": 1}[free])

    def test_around_docker_run_a_signal_reaches_the_report(self):
        running = self.start(line("limiters sem run --name report --capacity 1 -- docker"))
        self.assertHeld()
        # podman forgets a signal that comes before it has begun to pass them on, which is after the report has.
        eventually(lambda: running.signal(signal.SIGTERM) or "TERM" in self.log.read_text(), PATIENCE, "TERM")
        running.wait(PATIENCE)
        self.assertEqual(self.holders(), 0)

    def test_around_docker_run_a_kill_does_not_reach_the_container(self):
        running = self.start(line("limiters sem run --name report --capacity 1 -- docker"))
        running.signal(signal.SIGKILL)
        running.wait(PATIENCE)
        self.gate.touch()
        self.logged("end")


class Ssh(JobTest):
    """To a server on this host, in whose sessions PATH and LIMITERS_REDIS are those of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        install("openssh-server", "openssh-client")
        for key in ("host", "key"):
            cls.done("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.folder / key)
        port = free_port()
        settings = " ".join(f"{name}={value}" for name, value in cls.env().items() if name != "HOME")
        (cls.folder / "sshd_config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {cls.folder}/host\nAuthorizedKeysFile {cls.folder}/key.pub\n"
            f"StrictModes no\nPidFile none\nSetEnv {settings}\n")
        (cls.folder / "config").write_text(
            f"Host host\nHostName 127.0.0.1\nPort {port}\nIdentityFile {cls.folder}/key\n"
            f"UserKnownHostsFile {cls.folder}/known\nStrictHostKeyChecking accept-new\nLogLevel ERROR\n")
        cls.program("ssh", f'#!/bin/sh\nexec /usr/bin/ssh -F {cls.folder}/config "$@"\n')
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        cls.enterClassContext(Running(["/usr/sbin/sshd", "-D", "-e", "-f", cls.folder / "sshd_config"], env=environment()))
        eventually(lambda: cls.done("ssh", "host", "true") == "", PATIENCE, "an ssh server")

    def test_a_stopped_ssh_leaves_the_report_and_its_slot(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                self.setUp()
                running = self.start(line("ssh host"))
                running.signal(number)
                running.wait(PATIENCE)
                self.assertHeld()
                self.gate.touch()
                self.logged("end")
                self.assertEventuallyFree()

    def test_with_a_terminal_it_is_told_and_gives_its_slot_back(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                self.setUp()
                running = self.start(line("ssh -tt"))
                self.assertHeld()
                running.signal(number)
                running.wait(PATIENCE)
                self.logged("HUP")
                self.assertEventuallyFree()

    def test_around_ssh_the_report_goes_on_without_its_slot(self):
        running = self.start(line("limiters sem run --name report --capacity 1 -- ssh"))
        running.signal(signal.SIGTERM)
        running.wait(PATIENCE)
        self.assertEqual(self.holders(), 0)
        self.gate.touch()
        self.logged("end")

    def test_around_ssh_with_a_terminal_both_end(self):
        running = self.start(line("limiters sem run --name report --capacity 1 -- ssh").replace("ssh", "ssh -tt"))
        running.signal(signal.SIGTERM)
        running.wait(PATIENCE)
        self.logged("HUP")


class Timer(unittest.TestCase):
    def test_the_timer_starts_the_report_once_and_a_stop_reaches_it_once(self):
        machine = Booted()
        self.addCleanup(machine.close)
        log, report = machine.path("/run/reported"), machine.path("/usr/local/bin/report")
        report.write_text("#!/bin/sh\ntrap 'echo TERM >>/run/reported; exit' TERM\necho start >>/run/reported\nwhile :; do sleep 0.1; done\n")
        report.chmod(0o755)
        for block in blocks("ini"):
            machine.path(re.match("# (.*)", block)[1]).write_text(block)
        self.assertEqual(machine.run("sh", "-c", line("systemctl")).code, 0)
        eventually(lambda: log.read_text() == "start\n", 90, "the first minute")
        skipped = machine.run("sh", "-c", re.search("ExecStart=(.*)", blocks("ini")[0])[1])
        self.assertEqual((skipped.code, log.read_text()), (0, "start\n"), skipped.err)
        machine.run("systemctl", "stop", "report.timer", "report.service")
        self.assertEqual(log.read_text(), "start\nTERM\n")
        self.assertEqual(machine.run("limiters", "-q", "sem", "run", "--name", "report", "-j", "1", "-n", "--", "true").code, 0)


if __name__ == "__main__":
    unittest.main()
