"""--max-waiters, --head-start, --supersede and --slots, as users see them."""

import unittest

from cli.case import CliTest, PATIENCE
from support.cluster import Cluster
from support.tool import limiters
from support.wait import eventually


class LongQueues(CliTest):
    def test_who_may_not_wait_is_refused_and_told_why(self):
        self.holder()
        self.waiter()
        self.assertRefused(self.sem("--max-waiters", "1"), 75, f"sem '{self.name}' on {self.redis}: 1 wait already", "--max-waiters")
        self.assertSilent(self.sem("--max-waiters", "1", "-E", "0"))
        self.assertEqual(len(self.waiters()), 1)

    def test_an_operators_order_is_told(self):
        for words, part in ((["pause", "sem", self.name, "--for", "1h"], "paused until "),
                            (["limit", "sem", self.name, "-j", "1", "--for", "1h"], "limited until ")):
            with self.subTest(part):
                self.assertEqual(limiters(*words, "--reason", "the disk is full", redis=self.redis).code, 0)
                if words[0] == "limit":
                    limiters("resume", "sem", self.name, redis=self.redis)
                    self.holder("-j", "2")
                self.assertRefused(self.sem("-j", "2", "--max-waiters", "0"), 75, "--max-waiters allows no more; " + part,
                                   ": the disk is full; try later")

    def test_a_free_slot_needs_no_queue(self):
        self.assertSilent(self.sem("--max-waiters", "0"))


class HeadStarts(CliTest):
    def test_who_has_one_goes_before_those_who_wait(self):
        holder, other = self.holder(), self.waiter()
        backup = self.waiter("--head-start", "1h")
        holder.finish()
        backup.wait_for_start()
        self.assertFalse(other.started())
        backup.finish()
        other.wait_for_start()


class Superseding(CliTest):
    def test_waiters_end_and_say_by_whom_they_were_superseded(self):
        holder, first = self.holder(), self.waiter()
        newest = self.holder_words("--supersede")
        result = first.running.wait(60)
        self.assertRefused(result, 75, "superseded by sh ", " on ")
        holder.finish()
        newest.wait_for_out("started", 60)

    def holder_words(self, *options):
        return self.start(*self.sem_words(*options, command=["sh", "-c", "echo started"]))

    def test_running_stops_who_runs_too_and_its_slot_is_given_on_once_it_has_ended(self):
        holder = self.holder("--expiry", "3s")
        newest = self.holder_words("--supersede=running")
        result = holder.running.wait(60)
        self.assertEqual(result.code, 79)
        self.assertOneLine(result.err, "superseded by a newer one; CMD is being stopped")
        newest.wait_for_out("started", 60)

    def test_who_asks_for_its_lease_back_is_told_that_it_was_superseded(self):
        holder = self.holder("--expiry", "6s")
        self.server.call("DEL", self.key, f"{self.key}:holders")
        self.holder("--expiry", "6s")
        eventually(self.waiters, PATIENCE, "the first one to ask for its lease back")
        self.holder_words("--supersede=running")
        result = holder.running.wait(60)
        self.assertEqual(result.code, 79)
        self.assertIn("superseded by a newer one; CMD is being stopped", result.err)

    def test_a_lease_without_a_keeper_is_superseded_too(self):
        lease = limiters("sem", "acquire", "--name", self.name, "-j", "1", redis=self.redis).out.strip()
        self.assertRefused(self.sem("--supersede=running", "-w", "100ms"), 75)
        self.assertRefused(limiters("sem", "renew", lease, redis=self.redis), 79, "superseded")

    def test_who_would_not_wait_supersedes_nobody(self):
        self.holder()
        waiter = self.waiter()
        self.assertRefused(self.sem("--supersede", "-n"), 75)
        self.assertFalse(waiter.running.process.poll())


class NamedSlots(CliTest):
    SHOW = ["sh", "-c", 'echo "$LIMITERS_SLOT"']

    def named(self, *options, **more):
        words = ["sem", "run", "--name", self.name, *options, "--", *self.SHOW]
        return limiters(*words, redis=self.redis, **more)

    def test_a_command_sees_its_slot(self):
        self.assertSilent(self.named("--slots", "gpu0,gpu1"), out="gpu0\n")
        self.assertSilent(self.named("--slots", "4"), out="0\n")
        self.assertSilent(self.named("--slots", "a,b,c", "--weight", "2"), out="a,b\n")

    def test_each_has_its_own(self):
        words = ["sem", "run", "--name", self.name, "--slots", "a,b", "--", "sh", "-c", 'echo "$LIMITERS_SLOT"; exec sleep 600']
        first = self.start(*words)
        first.wait_for_out("a", 60)
        self.assertSilent(self.named("--slots", "a,b"), out="b\n")
        self.start(*words).wait_for_out("b", 60)
        self.assertRefused(self.named("--slots", "a,b", "-n"), 75, "2 of 2 in use")

    def test_one_that_lost_its_lease_has_its_own_again(self):
        words = ["sem", "run", "--name", self.name, "--slots", "a,b", "--expiry", "3s", "--", "sh", "-c",
                 'echo "$LIMITERS_SLOT"; exec sleep 600']
        for name in ("a", "b"):
            last = self.start(*words)
            last.wait_for_out(name, 60)
        self.server.call("FLUSHALL")
        last.wait_for_err("granted, CMD goes on", 60)
        self.assertIn("b;", self.server.call("HGET", self.key, "slots"))

    def test_callers_without_names_are_refused_and_the_other_way_round(self):
        holder = self.start(*["sem", "run", "--name", self.name, "--slots", "a,b", "--", "sh", "-c", "echo on; exec sleep 600"])
        holder.wait_for_out("on", 60)
        acquire = limiters("sem", "acquire", "--name", self.name, "-j", "2", redis=self.redis)
        for result in (self.sem(), acquire):  # which has no --slots itself
            self.assertRefused(result, 64, "this limiter hands out named slots: ask with 'sem run --slots'")
        holder.kill()
        self.server.call("FLUSHALL")
        self.holder("-j", "2")
        self.assertRefused(self.named("--slots", "a,b"), 64, "the slots of this limiter have no names: leave out --slots")

    def test_without_it_nothing_is_said_of_slots(self):
        self.assertSilent(self.sem(command=self.SHOW), out="\n")


class BadInput(CliTest):
    def test_is_refused_in_one_line(self):
        for options, part in (
            (["--max-waiters", "x"], "--max-waiters"),
            (["--max-waiters", "-1"], "--max-waiters"),
            (["--head-start", "31d"], "30d"),
            (["--supersede=holders"], "--supersede=running"),
            (["--slots", "a,b"], "leave out --capacity"),
        ):
            with self.subTest(" ".join(options)):
                self.assertRefused(self.sem(*options), 64, part)
        for text in ("", "a,,b", "a b", "a,a", "0", "257", "a,b;c", "x" * 65, ",".join(map(str, range(257)))):
            with self.subTest(text):
                result = limiters("sem", "run", "--name", self.name, "--slots", text, "--", "true", redis=self.redis)
                self.assertRefused(result, 64, "--slots")
        result = limiters("sem", "run", "--name", self.name, "--slots", "a,b", "--weight", "3", "--", "true", redis=self.redis)
        self.assertRefused(result, 64, "--weight 3 is above the 2 names of --slots: it would never run")
        self.assertEqual(self.server.call("DBSIZE"), 0)


class InACluster(unittest.TestCase):
    def test_they_hold(self):
        cluster = self.enterContext(Cluster())
        show = ["--", "sh", "-c", 'echo "$LIMITERS_SLOT"']
        for name in ("a", "b", "c"):
            words = ["sem", "run", "--name", name, "--slots", "x,y", "--supersede=running", "--head-start", "1h", *show]
            self.assertEqual(limiters(*words, redis=cluster.url).out, "x\n")


if __name__ == "__main__":
    unittest.main()
