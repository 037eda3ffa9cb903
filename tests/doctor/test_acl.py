"""The rule that doctor --acl prints is enough for everything, and nothing in it can be left out."""

import pathlib
import re
import tempfile
import unittest

from doctor.case import DoctorTest, allow, as_job, rule
from cli.case import PATIENCE
from support.cluster import Cluster
from support.sentinel import Watched
from support.server import Server
from support.tool import limiters, spawn
from support.tree import ROOT
from support.wait import eventually

NAME = "everything"
P = f"limiters:2:sem:{{{NAME}}}"
BUCKET = ("--name", NAME, "--rate", "2/100ms", "--capacity", "1")


class Broken(Exception):
    """Something did not work, or the server refused something."""


class Everything:
    """All that limiters does, as one user. Ends with Broken as soon as the servers have refused anything."""

    def __init__(self, servers, url):
        self.servers, self.url = servers, url

    def do(self, with_doctor=True):
        for server in self.servers:
            for command in (["FLUSHALL"], ["SCRIPT", "FLUSH"], ["ACL", "LOG", "RESET"]):
                server.call(*command)
        with tempfile.TemporaryDirectory() as folder:
            self.hold_and_wait(pathlib.Path(folder) / "gate")
        lease = self.run("sem", "acquire", "--name", NAME, "-j", "1").strip()
        self.run("sem", "renew", lease)
        self.run("sem", "release", lease)
        for _ in range(3):
            self.run("bucket", "run", *BUCKET, "--", "true")
            self.run("bucket", "acquire", *BUCKET)
        self.run("bucket", "pipe", *BUCKET, stdin="a\nb\n")
        self.leave_a_bucket()
        self.run("sem", "run", "--name", NAME, "-j", "1", "--min-hold", "1m", "--", "true")
        self.run("status")
        for kind, most in (("sem", ("-j", "1")), ("bucket", ("--rate", "1/1s"))):
            self.run("pause", kind, NAME, "--for", "1h")
            self.run("limit", kind, NAME, *most, "--for", "1h")
            self.run("reset", kind, NAME, "--yes")
            self.run("resume", kind, NAME)
            self.run("limit", kind, NAME, "--clear")
        self.abandon_a_lease()
        self.free_a_holder()
        if with_doctor:
            self.run("doctor")

    def run(self, *words, **more):
        result = limiters(*words, redis=self.url, timeout=PATIENCE, **more)
        if result.code != 0:
            raise Broken(f"{words}: {result}")
        self.look()
        return result.out

    def look(self):
        for server in self.servers:
            if refused := server.call("ACL", "LOG"):
                raise Broken(refused)

    def wait(self, condition):
        """Wait for it, or for something to be refused."""
        def over():
            try:
                self.look()
            except Broken:
                return True
            return condition()
        eventually(over, PATIENCE)
        self.look()

    def hold_and_wait(self, gate):
        """A command that is renewed, and one that waits for it and is woken."""
        script = 'touch "$1.on"; until [ -e "$1" ]; do sleep 0.01; done'
        common = ("sem", "run", "--name", NAME, "-j", "1", "--expiry", "1s", "--")
        with spawn(*common, "sh", "-c", script, "sh", gate, redis=self.url) as holder:
            self.wait(lambda: gate.with_suffix(".on").exists() or not holder.running())
            with spawn(*common, "true", redis=self.url) as waiter:
                self.wait(lambda: self.count("waiters") == 1 or not waiter.running())
                end = self.lease_end()
                self.wait(lambda: self.lease_end() > end or not holder.running())
                gate.touch()
                for running in (holder, waiter):
                    self.wait(lambda: not running.running())
                    if running.wait().code != 0:
                        raise Broken(running.err())

    def leave_a_bucket(self):
        """Interrupt a wait for tokens: they are given back."""
        words = ("bucket", "acquire", "--name", "slow", "--rate", "1/1h")
        self.run(*words)
        key = "limiters:2:bucket:{slow}"
        with spawn(*words, redis=self.url) as waiter:
            self.wait(lambda: self.call("HGET", key, "level") == "-1" or not waiter.running())
            waiter.signal(15)
            waiter.wait(PATIENCE)
        self.wait(lambda: self.call("HGET", key, "level") == "0")
        self.run("reset", "bucket", "slow", "--yes")

    def abandon_a_lease(self):
        """Nobody renews it; whoever comes first after it has ended cannot know whether the server was away."""
        common = ("--name", NAME, "-j", "1", "--expiry", "1s")
        self.run("sem", "acquire", *common)
        self.wait(lambda: int(self.servers[0].call("TIME")[0]) * 1_000_000 > self.lease_end())
        self.run("sem", "run", *common, "--", "true")

    def free_a_holder(self):
        """Somebody else's, found by the beginning of its id; then all that is left is emptied."""
        self.run("sem", "acquire", "--name", NAME, "-j", "1", "--expiry", "1s")
        [id] = self.call("ZRANGE", f"{P}:holders", 0, -1)
        self.run("sem", "release", "--name", NAME, "--holder", id[:8])
        self.run("reset", "sem", NAME, "--yes")

    def call(self, *words):
        return self.servers[0].call(*words)

    def count(self, what):
        return self.call("ZCARD", f"{P}:{what}")

    def lease_end(self):
        scores = self.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")
        return int(scores[1]) if len(scores) == 2 else 0


class InDatabaseOne(Everything):
    def call(self, *words):
        with self.servers[0].client() as client:
            client.call("SELECT", 1)
            return client.call(*words)


class InACluster(Everything):
    def __init__(self, cluster):
        super().__init__(cluster.masters, as_job(cluster.url))
        self.cluster = cluster

    def call(self, *words):
        return self.cluster.call(*words)

    def do(self, with_doctor=True):
        super().do(with_doctor)
        key = "limiters:2:bucket:{moving}"
        slot, home = self.cluster.slot(key), self.cluster.owner(key)
        other = next(node for node in self.cluster.masters if node is not home)
        self.cluster.begin_migration(slot, home, other)
        try:
            self.run("bucket", "acquire", "--name", "moving", "--rate", "100/s")
            self.run("reset", "bucket", "moving", "--yes")
        finally:
            self.cluster.end_migration(slot, home, other)


class TheRule(DoctorTest):
    def assertSmallest(self, everything, parts):
        """All of the rule is enough, and without any of these parts something is refused; doctor names it."""
        whole = rule()
        allow(everything.servers, whole)
        everything.do()
        for part in parts:
            with self.subTest(without=part):
                allow(everything.servers, [p for p in whole if p != part])
                with self.assertRaises(Broken):
                    everything.do(with_doctor=part == "+info")
                self.doctor(everything.url)
                said = "\n".join(self.texts("problem") + self.texts("note"))
                self.assertRegex(said, rf"{re.escape(part.lstrip('+'))}(\s|'|$)")

    def test_it_is_the_smallest_for_one_server(self):
        elsewhere = {"+cluster|slots", "+asking", "+role"}
        with Server() as server:
            self.assertSmallest(InDatabaseOne([server], as_job(f"{server.url}/1")),
                                [part for part in rule() if part not in elsewhere])

    def test_it_is_the_smallest_for_a_cluster(self):
        with Cluster(masters=2) as cluster:
            self.assertSmallest(InACluster(cluster), ["+cluster|slots", "+asking"])

    def test_it_is_the_smallest_behind_sentinels(self):
        with Watched(sentinels=1) as watched:
            self.assertSmallest(Everything([watched.master], as_job(watched.url)), ["+role"])

    def test_it_names_every_command_of_the_scripts(self):
        scripts = "".join(path.read_text() for path in (ROOT / "lua").rglob("*.lua"))
        calls = re.findall(r"redis\.p?call\(\s*(['\"]?)(\w+)", scripts)
        self.assertLess(15, len(set(calls)))
        for quote, command in calls:
            self.assertTrue(quote, "a command that is no literal")
            self.assertIn(f"+{command.lower()}", rule())

    def test_it_follows_the_key_prefix_whatever_is_in_it(self):
        self.assertEqual(rule("--key-prefix", "team-a")[0], "~team-a:2:*")
        prefix = "a b*[c]?\"d'\\"
        with Server() as server:
            allow([server], rule("--key-prefix", prefix))
            self.assertHealthy(as_job(server.url), "--key-prefix", prefix)
            result = limiters("--key-prefix", prefix, "sem", "run", "--name", "x", "-j", "1", "--", "echo", "ran",
                              redis=as_job(server.url))
            self.assertEqual((result.out, result.err), ("ran\n", ""))

    def test_it_asks_no_server(self):
        result = limiters("doctor", "--acl", redis="redis://127.0.0.1:1")
        self.assertEqual((result.code, len(result.out.splitlines()), result.err), (0, 1, ""))

    def test_it_is_no_json(self):
        result = limiters("doctor", "--acl", "--json", redis="redis://127.0.0.1:1")
        self.assertEqual((result.code, result.out), (64, ""))
        self.assertRegex(result.err, r"\Alimiters: --acl and --json contradict each other: [^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
