"""--replicas N: a grant, a renewal and a release count once N replicas have them, and never before."""

import signal
import unittest

from faults.callers import P, PATIENCE, FaultTest, Stage
from support.cluster import Cluster
from support.fake_server import FakeServer
from support.replicated import Replicated
from support.resp import encode
from support.tool import limiters
from support.wait import eventually

SHORT = ("--redis-timeout", "1s")


class ReplicasTest(FaultTest):
    replicas = 1
    config = {}

    def setUp(self):
        self.replicated = self.enterContext(Replicated(self.replicas, self.config))
        self.server, self.replica = self.replicated.primary, self.replicated.replicas[0]
        self.stage = self.enterContext(Stage())

    def run_once(self, *options, subcommand="run", command=("echo", "ran"), url=None, **more):
        words = ["--", *command] if subcommand == "run" else []
        return limiters("sem", subcommand, "--name", "t", "-j", "1", *options, *words, redis=url or self.server.url,
                        timeout=PATIENCE, **more)

    def wait_for_blocked(self, count=1):
        eventually(lambda: self.server.call("CLIENT", "LIST").count("cmd=wait") == count, PATIENCE, "a caller that waits for replicas")

    def assertRan(self, result):
        self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""))

    def assertTooFew(self, result, text):
        self.assertEqual((result.code, result.out), (69, ""), result.err)
        self.assertOneLine(result.err, "sem 't'", self.server.url, text)
        self.assertFree()


class Grants(ReplicasTest):
    replicas = 2

    def test_two_of_two_have_it_and_the_command_runs(self):
        self.assertRan(self.run_once("--replicas", "2"))
        self.assertFree()

    def test_one_of_two_is_enough_for_one(self):
        self.replica.pause()
        self.assertRan(self.run_once("--replicas", "1"))

    def test_one_of_two_is_not_enough_for_two_and_nothing_is_left_held(self):
        self.replica.pause()
        self.assertTooFew(self.run_once("--replicas", "2", *SHORT), "only 1 of 2 replicas have it")
        self.assertRan(self.run_once("-n"))

    def test_more_than_there_are_is_never_enough(self):
        self.assertTooFew(self.run_once("--replicas", "3", *SHORT), "only 2 of 3 replicas have it")

    def test_the_command_starts_when_they_have_it_and_not_before(self):
        self.replica.pause()
        caller = self.caller("late", "--replicas", "2")
        self.wait_for_blocked()
        eventually(lambda: len(self.holders()) == 1, PATIENCE, "the script to be known, and the slot taken")
        self.assertEqual(self.stage.started(), [])
        self.replica.resume()
        self.assertEndedAs(caller.wait_for_start().finish(3), 3)
        self.assertEqual(caller.running.err(), "")

    def test_one_that_is_handed_a_slot_waits_for_them_too(self):
        holder, waiter = self.holder("first"), self.waiter("second", "--replicas", "2")
        self.replica.pause()
        holder.finish()
        self.wait_for_blocked()
        self.assertEqual(self.stage.started(), ["first"])
        self.replica.resume()
        self.assertEndedAs(waiter.wait_for_start().finish(), 0)

    def test_one_in_the_queue_waits_on_longer_than_the_server_may_take(self):
        holder, waiter = self.holder("first"), self.waiter("second", "--replicas", "2", *SHORT)
        self.replica.pause()
        holder.finish()
        self.assertIn("only 1 of 2 replicas have it; the place in the queue is kept", waiter.running.wait_for_err("warning", PATIENCE))
        self.assertEqual(self.stage.started(), ["first"])
        self.replica.resume()
        self.assertEndedAs(waiter.wait_for_start().finish(), 0)

    def test_a_slot_that_is_taken_is_told_whatever_the_replicas_do(self):
        self.holder("first")
        self.replica.pause()
        result = self.run_once("--replicas", "2", "-n", *SHORT)
        self.assertEqual((result.code, result.out), (75, ""), result.err)

    def test_a_signal_ends_the_waiting_for_them_and_gives_the_slot_back(self):
        self.replica.pause()
        caller = self.caller("late", "--replicas", "2", "--redis-timeout", "1m")
        self.wait_for_blocked()
        caller.running.signal(signal.SIGTERM)
        result = caller.running.wait(PATIENCE)
        self.assertEqual(result.code, -signal.SIGTERM)
        self.assertLess(result.seconds, 20)
        self.assertEqual((self.stage.started(), self.holders()), ([], set()))

    def test_a_script_that_is_not_known_is_sent_and_waited_for(self):
        for _ in range(2):
            self.server.call("SCRIPT", "FLUSH")
            self.assertRan(self.run_once("--replicas", "2"))
        self.assertFree()

    def test_without_it_nobody_waits_for_them(self):
        for replica in self.replicated.replicas:
            replica.pause()
        with self.server.monitor() as monitor:
            self.assertRan(self.run_once())
            self.assertNotIn("WAIT", [words[0] for words in monitor.commands()])


class Renewals(ReplicasTest):
    def lease_end(self, server):
        return int(server.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")[1])

    def test_one_that_they_do_not_have_is_none(self):
        holder = self.holder("holder", "--replicas", "1", "--on-outage", "stop")
        self.replica.pause()
        result = holder.running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertOneLine(result.err.splitlines()[0], "only 0 of 1 replicas have it", "the lease ends")

    def test_it_goes_on_when_they_are_back(self):
        holder = self.holder("holder", "--replicas", "1")
        self.replica.pause()
        self.assertIn("CMD goes on", holder.running.wait_for_err("only 0 of 1 replicas have it", PATIENCE))
        self.replica.resume()
        end = self.lease_end(self.server)
        eventually(lambda: self.lease_end(self.replica) > end, PATIENCE, "a renewal at the replica")
        self.assertEndedAs(holder.finish(3), 3)

    def test_a_release_that_they_do_not_have_is_a_warning(self):
        holder = self.holder("holder", "--replicas", "1", "--redis-timeout", "2s", expiry="1m")
        self.replica.pause()
        result = holder.finish(3)
        self.assertEqual(result.code, 3)
        self.assertOneLine(result.err, f"warning: sem 't': {self.server.url} has the slot back, but only 0 of 1 replicas have it")
        self.assertFree()


class Leases(ReplicasTest):
    def acquire(self, *options, **more):
        return self.run_once(*options, subcommand="acquire", **more)

    def words(self, subcommand, *words):
        return limiters("sem", subcommand, *words, redis=self.server.url, timeout=PATIENCE)

    def test_acquire_renew_and_release_wait_for_them(self):
        lease = self.acquire("--replicas", "1").out.strip()
        self.replica.pause()
        for subcommand in ("renew", "release"):
            result = self.words(subcommand, "--replicas", "1", *SHORT, lease)
            self.assertEqual(result.code, 69, result)
            self.assertOneLine(result.err, "only 0 of 1 replicas have it")
        self.assertFree()

    def test_acquire_that_they_do_not_have_prints_nothing_and_holds_nothing(self):
        self.replica.pause()
        self.assertTooFew(self.acquire("--replicas", "1", *SHORT), "only 0 of 1 replicas have it")

    def test_a_keeper_does_as_acquire_was_told(self):
        lease = self.acquire("--replicas", "1", "--expiry", "1s", "--until-exit", str(self.replica.pid)).out.strip()
        with self.server.monitor() as monitor:
            eventually(lambda: [words[0] for words in monitor.commands()].count("WAIT") >= 2, PATIENCE,
                       "renewals that wait")
        self.assertEqual(self.words("release", lease, "--replicas", "1").code, 0)
        self.assertFree()

    def test_freeing_a_holder_waits_for_them_too(self):
        self.acquire()
        [id] = self.holders()
        self.replica.pause()
        result = self.words("release", "--replicas", "1", *SHORT, "--name", "t", "--holder", id)
        self.assertEqual(result.code, 69)
        self.assertFree()


class Settings(ReplicasTest):
    def setUp(self):
        super().setUp()
        self.replica.pause()

    def test_it_has_a_variable_and_a_key_and_the_option_wins(self):
        file = self.stage.path / "limiters.toml"
        for value in ("1", '"1"'):
            file.write_text(f"replicas = {value}\n")
            self.assertTooFew(self.run_once("--config", file, *SHORT), "only 0 of 1")
            self.assertRan(self.run_once("--config", file, "--replicas", "0"))
        env = {"LIMITERS_REPLICAS": "1"}
        self.assertTooFew(self.run_once(*SHORT, env=env), "only 0 of 1")
        self.assertRan(self.run_once("--replicas", "0", env=env))

    def test_a_bad_number_is_refused_wherever_it_stands(self):
        for value in ("17", "-1", "one", "1.5", ""):
            result = self.run_once("--replicas", value)
            self.assertEqual(result.code, 64)
            self.assertOneLine(result.err, "--replicas", "0 to 16")
        result = self.run_once(env={"LIMITERS_REPLICAS": "17"})
        self.assertEqual(result.code, 78)
        self.assertOneLine(result.err, "LIMITERS_REPLICAS", "0 to 16")


class Rights(ReplicasTest):
    def test_the_rule_of_doctor_is_enough_and_has_the_right_only_then(self):
        rule = limiters("doctor", "--acl", "--replicas", "1").out.split()
        self.assertIn("+wait", rule)
        self.assertEqual([part for part in rule if part != "+wait"], limiters("doctor", "--acl").out.split())
        self.server.call("ACL", "SETUSER", "job", "on", ">secret", *rule)
        url = self.server.url.replace("//", "//job:secret@")
        self.assertRan(self.run_once("--replicas", "1", url=url))
        self.server.call("ACL", "SETUSER", "job", "-wait")
        result = self.run_once("--replicas", "1", url=url)
        self.assertEqual((result.code, result.out), (77, ""))
        self.assertOneLine(result.err, "NOPERM", "wait")
        self.assertEqual(self.holders(), set())
        self.assertRan(self.run_once(url=url))
        said = limiters("doctor", "--replicas", "1", redis=url, timeout=PATIENCE)
        self.assertEqual(said.code, 77)
        self.assertIn("ACL SETUSER job +wait", said.out)


class OneWrite(unittest.TestCase):
    def test_both_are_in_one_write(self):
        with FakeServer(b"-ERR no\r\n:0\r\n") as server:
            result = limiters("sem", "run", "--name", "t", "-j", "1", "--replicas", "2", "--", "true", redis=server.url)
            self.assertEqual(result.code, 70)
            self.assertIn(encode(["WAIT", "2"])[4:], server.heard[0])  # behind the number of its words

    def test_no_other_command_is_sent(self):
        with Replicated() as replicated:
            for _ in range(2):
                with replicated.primary.monitor() as monitor:
                    limiters("sem", "run", "--name", "t", "-j", "1", "--replicas", "1", "--", "true",
                             redis=replicated.primary.url)
                    names = [words[0] for words in monitor.commands()]
            self.assertEqual(names, ["EVALSHA", "WAIT", "EVALSHA", "WAIT"])


class InACluster(unittest.TestCase):
    def test_the_replicas_of_the_owner_count(self):
        with Cluster(followed=P) as cluster:
            # The owner counts a replica only once that has acknowledged its data, after its own link is up.
            eventually(lambda: cluster.call("WAIT", 1, 100) == 1, PATIENCE, "the replica to follow")

            def run(count):
                return limiters("sem", "run", "--name", "t", "-j", "1", "--replicas", count, *SHORT, "--", "echo", "ran",
                                redis=cluster.url, timeout=PATIENCE)
            result = run("1")
            self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""))
            result = run("2")
            self.assertEqual(result.code, 69)
            self.assertIn("only 1 of 2 replicas have it", result.err)
            self.assertEqual(cluster.call("ZCARD", f"{P}:holders"), 0)


if __name__ == "__main__":
    unittest.main()
