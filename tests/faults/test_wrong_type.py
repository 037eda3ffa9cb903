"""A key of another type stands where one of ours belongs: exit 70, naming the key, and nothing of ours is left."""

import unittest

from faults.callers import PATIENCE, FaultTest, P
from support.tool import limiters
from support.wait import eventually

OTHERS = {"string": ("SET", "x"), "list": ("RPUSH", "x"), "set": ("SADD", "x"), "stream": ("XADD", "*", "a", "b")}
BUCKET = "limiters:2:bucket:{t}"


class WrongTypeAtTheStart(FaultTest):
    def put_other(self, key, kind="string"):
        command, *words = OTHERS[kind]
        self.server.call(command, key, *words)

    def assertRefused(self, key, *command):
        result = limiters(*command, "--", "echo", "ran", redis=self.server.url)
        self.assertEqual((result.code, result.out), (70, ""), result)
        self.assertOneLine(result.err, "'t'", self.server.url, key, "WRONGTYPE")
        self.assertEqual(self.server.call("KEYS", "*"), [key], "something was written before the fault was seen")
        self.assertEqual(self.server.call("PTTL", key), -1, "a key that is not ours was given an expiry")

    def test_in_the_place_of_each_key_of_a_semaphore(self):
        for key in (P, f"{P}:holders", f"{P}:waiters", f"{P}:alive"):
            for kind in OTHERS:
                with self.subTest(key=key, kind=kind):
                    self.server.call("FLUSHALL")
                    self.put_other(key, kind)
                    self.assertRefused(key, "sem", "run", "--name", "t", "--capacity", "1")

    def test_in_the_place_of_a_bucket(self):
        for kind in OTHERS:
            with self.subTest(kind=kind):
                self.server.call("FLUSHALL")
                self.put_other(BUCKET, kind)
                self.assertRefused(BUCKET, "bucket", "run", "--name", "t", "--rate", "1/1s")


class WrongTypeLater(FaultTest):
    def test_in_the_place_of_a_waiters_wake_key_it_ends_that_waiter_only(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter")
        wake = f"{P}:wake:{self.id_of(waiter)}"
        self.server.call("SET", wake, "x")
        result = waiter.running.wait(PATIENCE)
        self.assertEndedAs(result, 70)
        self.assertOneLine(result.err, "'t'", self.server.url, wake, "WRONGTYPE")
        self.assertEqual(self.waiters(), [])
        self.assertEndedAs(holder.finish(3), 3)
        self.assertFree()

    def test_while_a_command_runs_it_is_an_outage_and_no_reason_to_stop_it(self):
        holder = self.holder("holder")
        id = self.id_of(holder)
        self.server.call("DEL", P)
        self.server.call("SET", P, "x")
        holder.running.wait_for_err("WRONGTYPE", PATIENCE)
        self.server.call("DEL", P)
        holder.running.wait_for_err("granted, CMD goes on", PATIENCE)
        self.assertEqual(self.holders(), {id})
        self.assertEndedAs(holder.finish(3), 3)
        self.assertFree()

    def test_at_the_release_it_is_a_warning_and_the_code_is_that_of_the_command(self):
        holder = self.holder("holder")
        self.server.call("DEL", P)
        self.server.call("SET", P, "x")
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        warning = result.err.splitlines()[-1]
        self.assertIn(f"warning: sem 't': the slot could not be given back to {self.server.url}: answered for keys ", warning)
        self.assertEqual((warning.count("sem 't'"), warning.count(self.server.url)), (1, 1), warning)

    def test_while_some_wait_they_end_with_70_and_leave_nothing_to_wait_for(self):
        holder = self.holder("holder")
        waiters = [self.waiter(f"waiter-{i}") for i in range(2)]
        self.server.call("DEL", f"{P}:alive")
        self.server.call("SET", f"{P}:alive", "x")
        for waiter in waiters:
            self.assertEndedAs(waiter.running.wait(PATIENCE), 70)
        self.server.call("DEL", f"{P}:alive")
        self.assertEndedAs(holder.finish(0), 0)
        last = self.caller("last").wait_for_start()
        self.assertEndedAs(last.finish(0), 0)
        eventually(lambda: not self.holders(), what="a free semaphore")


if __name__ == "__main__":
    unittest.main()
