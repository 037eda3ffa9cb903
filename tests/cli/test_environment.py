"""CMD's environment is the caller's, but for LIMITERS_*; and so is all else that a process inherits."""

import base64
import os
import re
import time
import unittest

from cli.case import PATIENCE, CliTest, let_pass
from support.tool import BINARY, Running, environment
from support.wait import eventually

# What a process inherits beside descriptors and variables, in the words of the kernel.
ATTRIBUTES = ["cat", "/proc/self/limits", "/proc/self/cgroup", "/proc/self/oom_score_adj", "/proc/self/coredump_filter",
              "/proc/self/personality", "/proc/self/timerslack_ns", "/proc/self/status"]
STATUS = re.compile(r"^(?:Umask|Uid|Gid|Groups|NoNewPrivs|Seccomp|Cpus_allowed|Mems_allowed|THP_enabled"
                    r"|Sig(?:Pnd|Blk|Ign|Cgt)|ShdPnd|Cap\w+):.*", re.MULTILINE)


class Variables(CliTest):
    def variables(self, run, **env):
        """The environment of CMD in its order, as bytes would stand in it."""
        result = run(command=["env", "-0"], env=env)
        self.assertEqual((result.code, result.err), (0, ""))
        return result.out.split("\0")[:-1]

    def ours(self, run, **env):
        found = (entry.split("=", 1) for entry in self.variables(run, **env) if entry.startswith("LIMITERS_"))
        return dict(found)

    def test_nothing_changes_but_for_ours(self):
        odd = {"EMPTY": "", "NEWLINE": "a\nb\n", "EQUALS": "a=b=c", "BYTES": "\udcff\udc80\x01", "lower": "x", "é": "é",
               "LONG": "x" * 100_000, "LIMITER": "1", "LIMITERS": "2", "XLIMITERS_NAME": "3", "LIMITERSX": "4"}
        with Running(["env", "-0"], env=environment(odd)) as direct:
            expected = direct.wait().out.split("\0")[:-1]
        self.assertGreater(len(expected), len(odd))
        for run in (self.sem, self.bucket):
            through = [entry for entry in self.variables(run, **odd) if not entry.startswith("LIMITERS_")]
            self.assertEqual(through, expected)

    def test_sem_run_adds_four(self):
        self.assertEqual(set(self.ours(self.sem)),
                         {"LIMITERS_NAME", "LIMITERS_LEASE", "LIMITERS_FENCE", "LIMITERS_WAITED_MS"})

    def test_bucket_run_adds_two(self):
        self.assertEqual(set(self.ours(self.bucket)), {"LIMITERS_NAME", "LIMITERS_WAITED_MS"})

    def test_variables_that_limiters_reads_stay_as_they_are(self):
        read = {"LIMITERS_REDIS": self.redis, "LIMITERS_ON_LOST": "keep", "LIMITERS_QUIET": "1", "LIMITERS_UNKNOWN": "x",
                "LIMITERS_NAMES": "y", "LIMITERS_": "z"}
        for run in (self.sem, self.bucket):
            self.assertLessEqual(read.items(), self.ours(run, **read).items())

    def test_inherited_ones_of_ours_are_replaced(self):
        old = {"LIMITERS_NAME": "old", "LIMITERS_LEASE": "old", "LIMITERS_FENCE": "old", "LIMITERS_WAITED_MS": "old"}
        self.assertNotIn("old", self.ours(self.sem, **old).values())
        ours = self.ours(self.bucket, **old)
        self.assertNotIn("old", (ours["LIMITERS_NAME"], ours["LIMITERS_WAITED_MS"]))

    def test_the_leases_around_are_told_outermost_first(self):
        first, second, third = (f"sem.eA.{i:032x}.0123abcd" for i in range(3))
        around = {"LIMITERS_OUTER": f"{first} {second}", "LIMITERS_LEASE": third}
        self.assertEqual(self.ours(self.sem, **around)["LIMITERS_OUTER"], f"{first} {second} {third}")

    def test_without_a_limit_there_is_neither_lease_nor_fence(self):
        around = {"LIMITERS_LEASE": f"sem.eA.{0:032x}.0123abcd", "LIMITERS_FENCE": "7"}
        result = self.sem("--on-unavailable", "run", "--redis-timeout", "100ms", redis=f"unix://{self.folder}/nothing",
                          command=["env"], env=around)
        ours = sorted(line.split("=")[0] for line in result.out.splitlines() if line.startswith("LIMITERS_"))
        self.assertEqual(ours, ["LIMITERS_NAME", "LIMITERS_OUTER", "LIMITERS_WAITED_MS"])

    def test_a_lease_of_a_semaphore_around_a_bucket_stays_visible(self):
        outer = {"LIMITERS_LEASE": "sem.eA.0.1", "LIMITERS_FENCE": "7"}
        self.assertLessEqual(outer.items(), self.ours(self.bucket, **outer).items())

    def test_the_name_is_the_limiters_name_byte_for_byte(self):
        for name in ("a b", "é", "$x", "a=b", "\udcff"):
            for kind, rest in (("sem", ["-j", "1"]), ("bucket", ["--rate", "1/1h"])):
                result = self.start(kind, "run", "--name", name, *rest, "--", "printenv", "LIMITERS_NAME").wait()
                self.assertSilent(result, 0, f"{name}\n")

    def test_the_lease_is_name_id_and_a_hash_in_one_word(self):
        name, id, hash = re.fullmatch(r"sem\.([\w-]+)\.([0-9a-f]{32})\.([0-9a-f]{8})",
                                      self.ours(self.sem)["LIMITERS_LEASE"]).groups()
        self.assertEqual(base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode(), self.name)
        again = self.ours(self.sem)["LIMITERS_LEASE"].split(".")
        self.assertNotEqual(again[2], id)
        self.assertEqual(again[3], hash)

    def test_lease_and_fence_are_those_in_redis(self):
        holder = self.holder()
        with open(f"/proc/{holder.running.children()[0]}/environ") as file:
            ours = dict(entry.split("=", 1) for entry in file.read().split("\0") if entry.startswith("LIMITERS_"))
        [id] = self.holders()
        self.assertEqual(ours["LIMITERS_LEASE"].split(".")[2], id)
        self.assertEqual(ours["LIMITERS_FENCE"], self.record(id)[5])
        self.assertEqual(ours["LIMITERS_FENCE"], self.server.call("HGET", self.key, "fence"))

    def test_without_a_wait_no_time_was_waited(self):
        for run in (self.sem, self.bucket):
            self.assertRegex(self.ours(run)["LIMITERS_WAITED_MS"], r"\A\d+\Z")

    def test_the_time_waited_for_a_slot_is_told(self):
        holder = self.holder()
        before = time.monotonic()
        waiter = self.start(*self.sem_words(command=["printenv", "LIMITERS_WAITED_MS"]))
        eventually(self.waiters, PATIENCE, "a place in the queue")
        queued = time.monotonic()
        let_pass(0.1)  # a wait that can be told from none
        released = time.monotonic()
        holder.finish()
        waited = int(waiter.wait(PATIENCE).out)
        self.assertGreaterEqual(waited, int((released - queued) * 1000))
        self.assertLessEqual(waited, (time.monotonic() - before) * 1000)

    def test_the_time_waited_for_tokens_is_told(self):
        self.bucket()
        result = self.bucket("--rate", "1/900ms", "-v", command=["printenv", "LIMITERS_WAITED_MS"])
        due = re.search(r"due in (\d+)ms", result.err)
        self.assertTrue(due, result.err)
        self.assertGreaterEqual(int(result.out), int(due[1]) - 1)


class Inherited(CliTest):
    def both_ways(self, command, wrapper=(), **options):
        """What a command prints when run directly, through sem run, and through bucket run."""
        out = []
        for words in ((), self.sem_words(command=()), self.bucket_words("--rate", "1000/s", command=())):
            if words:
                words = [BINARY, "--redis", self.redis, *words]
            with Running([*wrapper, *words, *command], env=environment(), **options) as running:
                result = running.wait(PATIENCE)
                self.assertEqual((result.code, result.err), (0, ""))
                out.append(result.out)
        return out

    def test_the_working_folder(self):
        direct, sem, bucket = self.both_ways(["pwd"], cwd=self.folder)
        self.assertEqual([direct, sem, bucket], [f"{self.folder}\n"] * 3)

    def test_umask_nice_and_limits(self):
        wrapper = ["sh", "-c", 'umask 0137; ulimit -n 123; ulimit -c 0; ulimit -t 1000; exec nice -n 7 "$@"', "sh"]
        direct, sem, bucket = self.both_ways(["sh", "-c", "umask; nice; ulimit -n; ulimit -t"], wrapper)
        nice = min(os.nice(0) + 7, 19)
        self.assertEqual([direct, sem, bucket], [f"0137\n{nice}\n123\n1000\n"] * 3)

    def test_all_that_the_kernel_shows(self):
        direct, sem, bucket = (self.attributes(out) for out in self.both_ways(ATTRIBUTES))
        self.assertGreater(len(direct), 20)
        self.assertEqual(sem, direct)
        self.assertEqual(bucket, direct)

    def test_signals_that_are_ignored_and_blocked(self):
        wrapper = ["env", "--ignore-signal=HUP,INT,CHLD,USR1", "--block-signal=TERM,USR2"]
        direct, sem, bucket = (self.attributes(out) for out in self.both_ways(ATTRIBUTES, wrapper))
        self.assertIn("SigIgn:\t0000000000010203", direct)
        self.assertIn("SigBlk:\t0000000000004800", direct)
        self.assertEqual(sem, direct)
        self.assertEqual(bucket, direct)

    def test_process_group_session_and_terminal(self):
        words = ["sh", "-c", 'echo $PPID; exec cat /proc/self/stat']
        direct, sem, bucket = self.both_ways(words)
        pid, group, session = self.ids(direct)
        self.assertEqual((group, session), (pid, pid))  # a session of its own, as the test started it
        self.assertEqual(*self.ids(bucket)[:2])
        parent = sem.split()[0]
        self.assertEqual(self.ids(sem)[1:], (parent, parent))

    def attributes(self, out):
        limits, status = out.split("Name:", 1)
        return limits.splitlines() + STATUS.findall(status)

    def ids(self, out):
        """pid, process group and session, of /proc/self/stat."""
        stat = out.splitlines()[1]
        fields = stat[stat.rindex(")") + 2:].split()
        return stat.split()[0], fields[2], fields[3]


if __name__ == "__main__":
    unittest.main()
