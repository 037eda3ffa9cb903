"""Servers that answer but serve nobody: BUSY, CLUSTERDOWN, too many clients."""

import contextlib
import unittest

from faults.callers import PATIENCE
from faults.trouble import AtEachStep, TroubleTest
from support.resp import RedisError
from support.tool import limiters
from support.wait import eventually


class LongScript(AtEachStep, TroubleTest):
    said = "it is busy with a script that does not end"
    config = {"lua-time-limit": "5"}

    def setUp(self):
        super().setUp()
        self.busy = self.enterContext(self.server.client())

    def begin(self):
        self.busy.send("EVAL", "while true do end", "0")
        eventually(self.is_busy)

    def is_busy(self):
        with contextlib.suppress(RedisError):
            return not self.control.call("PING")
        return True

    def end(self):
        self.control.call("SCRIPT", "KILL")
        with contextlib.suppress(RedisError):
            self.busy.read()

    def test_a_new_limiter_waits_for_nobody_else(self):
        self.begin()
        caller = self.caller("caller", "--redis-timeout", "2m")
        self.wait_for_error_answer()
        self.end()
        caller.wait_for_start()
        self.caller("another", "-n", capacity=2).wait_for_start().finish()
        caller.finish()

    def test_its_error_is_told_and_not_the_silence_after_it(self):
        self.begin()
        caller = self.caller("caller", "--redis-timeout", "3s")
        self.wait_for_error_answer()
        self.proxy.blackhole()
        result = caller.running.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertOneLine(result.err, "sem 't'", self.proxy.url, self.said)
        self.end()


class NoSlots(AtEachStep, TroubleTest):
    """A cluster of one, whose hash slots are taken away."""

    said = "its cluster is down, or no node of it has the slot of this limiter"
    config = {"cluster-enabled": "yes", "cluster-require-full-coverage": "no"}

    def setUp(self):
        super().setUp()
        self.end()

    def begin(self):
        self.control.call("CLUSTER", "DELSLOTSRANGE", 0, 16383)

    def end(self):
        self.control.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        eventually(lambda: "cluster_state:ok" in self.control.call("CLUSTER", "INFO"))


class TooManyClients(AtEachStep, TroubleTest):
    said = "it has as many clients as its maxclients allows"

    def begin(self):
        self.control.call("CONFIG", "SET", "maxclients", "1")
        self.control.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def end(self):
        self.control.call("CONFIG", "SET", "maxclients", "1000")

    def test_status_and_doctor_say_it_in_the_same_words(self):
        self.begin()
        for command in ("status", "doctor"):
            result = limiters("--redis-timeout", self.short, command, redis=self.proxy.url)
            self.assertEqual(result.code, 69, result)
            # doctor says it of the node that it has reached by then, or of the server that it has not.
            self.assertRegex(result.out + result.err, f"cannot serve: {self.said}; (try|ask) again later")
        self.end()


if __name__ == "__main__":
    unittest.main()
