"""The recipes of the manual and the README, run as the text that a user would paste."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import textwrap
import unittest
import unittest.mock

from manual import Manual
from support.server import Server
from support.tool import BINARY, ROOT, environment
from support.wait import eventually

PATIENCE = 60
UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
DISPLAYS = [text.strip() for section, text in Manual().displays if section == "EXAMPLES"]
PROGRAM = """\
#!/bin/sh
echo "start $0 $*" >>"$LOG"
[ -z "$GATE" ] || while [ ! -e "$GATE" ]; do sleep 0.05; done
echo "end $0 $*" >>"$LOG"
"""


def recipe(needle):
    [text] = [text for text in DISPLAYS if needle in text]
    return text


def without_schedule(text):
    return re.sub(r"^([\d*/,-]+ ){5}", "", text)


class RecipeTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="limiters-recipe-")))
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        (self.bin / "limiters").symlink_to(BINARY)
        self.log, self.gate = self.folder / "log", self.folder / "gate"
        self.log.touch()
        self.addCleanup(self.wait_for_keepers)

    def wait_for_keepers(self):
        """They end a moment after what they keep a slot for."""
        eventually(lambda: len(self.server.call("CLIENT", "LIST").splitlines()) == 1, PATIENCE, "the end of all keepers")

    def program(self, *names):
        for name in names:
            path = (self.folder if name.startswith("./") else self.bin) / pathlib.PurePath(name).name
            path.unlink(missing_ok=True)
            path.write_text(PROGRAM)
            path.chmod(0o755)

    def environment(self, *, gate=False, redis=None):
        return environment({"PATH": f"{self.bin}:{os.defpath}", "LIMITERS_REDIS": redis or self.server.url,
                            "LOG": str(self.log), "GATE": str(self.gate) if gate else ""})

    def start(self, text, shell="sh", **more):
        process = subprocess.Popen([shell, "-c", text], cwd=self.folder, env=self.environment(**more), text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def assertDone(self, process, code=0, err=""):
        _, said = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, said), (code, err))

    def lines(self):
        return self.log.read_text().splitlines()

    def started(self, count):
        eventually(lambda: sum(line.startswith("start") for line in self.lines()) >= count, PATIENCE, f"{count} starts")

    def waiting(self, name, count):
        key = f"limiters:2:sem:{{{name}}}:waiters"
        eventually(lambda: self.server.call("ZCARD", key) == count, PATIENCE, f"{count} waiters")

    def most_at_once(self):
        running = most = 0
        for line in self.lines():
            running += 1 if line.startswith("start") else -1
            most = max(most, running)
        return most


class Recipes(RecipeTest):
    def test_the_readme_has_those_of_the_manual(self):
        [block] = re.findall(r"^## Examples\n\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
        texts = [text.strip() for text in re.split(r"^#.*\n", block, flags=re.MULTILINE) if text.strip()]
        self.assertGreaterEqual(len(texts), 5)
        for text in texts:
            self.assertIn(text, DISPLAYS)

    def test_every_example_of_the_manual_works(self):
        (self.folder / "urls.txt").write_text("https://a\n")
        for text in DISPLAYS:
            if text.startswith("redis ="):  # no command
                continue
            line = without_schedule(text).replace("/usr/local/bin/", f"{self.bin}/")
            line = re.sub(r"--redis \S+", "", line).replace("/var/lib/prometheus/node-exporter", str(self.folder))
            commands = [word for word in re.findall(r"-- (?:\\\n +)?(\S+)", line) if word != "limiters"]
            self.program(*commands, *re.findall(r"^\./\S+", line, re.MULTILINE))
            with self.subTest(text):
                self.assertDone(self.start(f"set -e\n{line}"), err=unittest.mock.ANY)

    def test_a_stage_of_at_most_three_deployments(self):
        self.program("./deploy.sh")
        stages = [self.start(recipe("./deploy.sh"), gate=True) for _ in range(7)]
        self.started(3)
        self.waiting("deploy", 4)
        self.gate.touch()
        for stage in stages:
            self.assertDone(stage)
        self.assertEqual(self.most_at_once(), 3)
        self.assertEqual(self.lines().count("end ./deploy.sh production"), 7)

    def test_a_ci_job_says_who_blocks_it(self):
        self.program("./migrate")
        text = recipe("LIMITERS_LABEL").replace("30m", "1s")
        first = self.start(f"CI_JOB_URL=https://ci.example/76\n{text}", gate=True)
        self.started(1)
        second = self.start(f"CI_JOB_URL=https://ci.example/77\n{text}", gate=True)
        _, said = second.communicate(timeout=PATIENCE)
        self.assertEqual(second.returncode, 75)
        self.assertRegex(said, r"\Alimiters: sem 'migrate' on \S+: no slot within 1s \(1 of 1 in use, 0 waiting\); "
                               r"held by migrate \d+ on \S+ for \S+ \(https://ci\.example/76\); try later[^\n]*\n\Z")
        self.gate.touch()
        self.assertDone(first)

    def test_a_crawler_of_eight_workers(self):
        self.program("curl")
        urls = [f"https://example.com/{i}" for i in range(5)]
        (self.folder / "urls.txt").write_text("\n".join(urls) + "\n")
        self.assertDone(self.start(recipe("xargs -a urls.txt")))
        ends = sorted(line.split()[-1] for line in self.lines() if line.startswith("end"))
        self.assertEqual(ends, urls)
        self.assertEqual(self.server.call("EXISTS", "limiters:2:bucket:{crawl}"), 1)

    def test_concurrency_and_rate_together(self):
        self.program("curl")
        jobs = [self.start(recipe("-j 5 --"), gate=True) for _ in range(7)]
        self.started(5)
        self.waiting("api", 2)
        self.gate.touch()
        for job in jobs:
            self.assertDone(job)
        self.assertEqual(self.most_at_once(), 5)
        self.assertEqual(self.server.call("EXISTS", "limiters:2:bucket:{api}"), 1)

    def test_readers_and_writers(self):
        read, write = recipe("./write-store").splitlines()
        self.program("./read-store", "./write-store")
        readers = [self.start(read, gate=True) for _ in range(3)]
        self.started(3)
        writer = self.start(write)
        self.waiting("store", 1)
        late = self.start(read)
        self.waiting("store", 2)
        self.gate.touch()
        for job in (*readers, writer, late):
            self.assertDone(job)
        self.assertEqual([line.split()[1] for line in self.lines()[-4:]],
                         ["./write-store"] * 2 + ["./read-store"] * 2)

    def test_several_lines_of_a_script(self):
        for shell in ("bash", "dash"):
            with self.subTest(shell):
                self.log.write_text("")
                self.program("./read-ledger", "./write-ledger")
                for script in [self.start(recipe("./read-ledger"), shell) for _ in range(4)]:
                    self.assertDone(script)
                self.assertEqual(self.lines(), ["start ./read-ledger ", "end ./read-ledger ",
                                                "start ./write-ledger ", "end ./write-ledger "] * 4)

    def test_several_lines_of_a_script_that_is_killed(self):
        self.program("./read-ledger", "./write-ledger")
        victim = self.start(recipe("./read-ledger"), gate=True)
        self.started(1)
        victim.send_signal(signal.SIGKILL)
        self.gate.touch()
        self.assertDone(self.start(recipe("./read-ledger")))

    def test_skip_it_if_another_is_at_it(self):
        self.program("./report")
        first = self.start(recipe("--no-wait -E 0 -- ./report"), gate=True)
        self.started(1)
        self.assertDone(self.start(recipe("--no-wait -E 0 -- ./report")))
        self.gate.touch()
        self.assertDone(first)
        self.assertEqual(len(self.lines()), 2)

    def test_two_gpus(self):
        train = self.folder / "train"
        train.write_text('#!/bin/sh\necho start $CUDA_VISIBLE_DEVICES >>$LOG; while [ ! -e "$GATE" ]; do sleep 0.05; done\n')
        train.chmod(0o755)
        jobs = [self.start(recipe("./train"), gate=True) for _ in range(3)]
        self.started(2)
        self.waiting("gpu", 1)
        self.assertEqual(sorted(self.lines()), ["start 0", "start 1"])
        self.gate.touch()
        for job in jobs:
            self.assertDone(job)
        self.assertIn(self.lines()[2], ("start 0", "start 1"))

    def test_the_newest_deployment_wins(self):
        self.program("./publish")
        first = self.start(recipe("--supersede"), gate=True)
        self.started(1)
        second = self.start(recipe("--supersede"))
        self.waiting("site", 1)
        third = self.start(recipe("--supersede"))
        self.assertDone(second, 75, unittest.mock.ANY)
        self.gate.touch()
        for job in (first, third):
            self.assertDone(job)
        self.assertEqual(len(self.lines()), 4)

    def test_the_backup_goes_first(self):
        self.program("./dump", "./other")
        other = recipe("./dump").replace("--head-start 1h -- ./dump", "-- ./other")
        first = self.start(other, gate=True)
        self.started(1)
        second = self.start(other)
        self.waiting("disk", 1)
        backup = self.start(recipe("./dump"))
        self.waiting("disk", 2)
        self.gate.touch()
        for job in (first, second, backup):
            self.assertDone(job)
        self.assertEqual([line.split()[1] for line in self.lines() if line.startswith("start")],
                         ["./other", "./dump", "./other"])

    def test_a_429_pauses_all_workers(self):
        fetch, curl = self.folder / "fetch", self.bin / "curl"
        fetch.write_text("#!/bin/sh\n" + recipe("retry-after"))
        curl.write_text("#!/bin/sh\necho start >>$LOG\n[ -e limited ] && echo 200 || { touch limited; echo 429 3600; }\n")
        for path in (fetch, curl):
            path.chmod(0o755)
        (self.folder / "urls.txt").write_text("https://example.com/1\n")
        self.assertDone(self.start(recipe("./fetch")))
        again = self.start(recipe("./fetch").replace("--name", "-n --name"))
        _, said = again.communicate(timeout=PATIENCE)
        self.assertEqual(again.returncode, 123)  # of xargs
        self.assertRegex(said, r"due in 1h00m, .*, paused until .*: 429;")
        self.assertDone(self.start("limiters resume bucket crawl"))
        self.assertDone(self.start(recipe("./fetch")))
        self.assertEqual(self.lines(), ["start"] * 2)

    def test_run_without_the_limit_when_redis_is_down(self):
        self.program("sendmail")
        job = self.start(recipe("sendmail"), redis=f"unix://{self.folder}/nothing")
        _, err = job.communicate(timeout=PATIENCE)
        self.assertEqual(job.returncode, 0)
        self.assertIn("runs without a limit", err)
        self.assertEqual(len(self.lines()), 2)


class Cron(RecipeTest):
    """With the environment of cron(8), the program in /usr/local/bin and the server's name in /etc/limiters.toml."""

    def setUp(self):
        super().setUp()
        self.etc = self.folder / "etc"
        self.etc.mkdir()
        (self.etc / "limiters.toml").write_text(f'redis = "{self.server.url}"\n')
        (self.bin / "backup").write_text(textwrap.dedent(f"""\
            #!/bin/sh
            echo backup >>{self.log}
            """))
        (self.bin / "backup").chmod(0o755)
        tried = self.run_command("true")
        if tried.returncode:
            self.skipTest(f"no mount namespace for this user: {tried.stderr.strip()}")

    def run_command(self, text):
        script = 'mount --bind "$1" /usr/local/bin && mount --bind "$2" /etc && exec env -i PATH=/usr/bin:/bin sh -c "$3"'
        return subprocess.run([*UNSHARE, "sh", "-c", script, "sh", self.bin, self.etc, text], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)

    def test_one_of_several_hosts_makes_the_backup_once_a_tick(self):
        command = without_schedule(recipe("/usr/local/bin/backup"))
        results = [self.run_command(command) for _ in range(4)]
        self.assertEqual([result.returncode for result in results], [0] * 4, results)
        self.assertEqual(self.log.read_text(), "backup\n")


if __name__ == "__main__":
    unittest.main()
