"""The servers of a run do what a schedule says, and no more; and what they do by themselves is seen."""

import contextlib
import threading
import time
import unittest

from faults import Faults
from history import History
from samples import Sampler
from schedule import Fault
from servers import Sentinels, Shards, Single
from support.sentinel import SERVICE
from support.resp import RedisError
from support.wait import eventually


class Restarts(unittest.TestCase):
    def test_one_with_saved_data_has_all_that_was_answered_before(self):
        for pick in (0.1, 0.9):  # stopped, killed
            with self.subTest(pick=pick), Single() as server:
                answers = []
                writer = threading.Thread(target=self.write, args=(server.client(), answers))
                writer.start()
                eventually(lambda: answers, 10, "an answer")
                server.do(Fault(0, "restart saved", 0.1, pick, 0.5), lambda why: contextlib.nullcontext())
                writer.join(10)
                self.assertGreaterEqual(int(server.call("GET", "n")), answers[-1])

    def write(self, client, answers):
        with client, contextlib.suppress(OSError, RedisError):
            while True:
                answers.append(client.call("EVAL", "return redis.call('INCR', 'n')", 0))


class Changes(unittest.TestCase):
    def test_a_failover_that_nobody_asked_for_is_noted(self):
        with Sentinels() as server:
            history = History(1, "none")
            hands = Faults([], server, None, None, history)
            try:
                begin = time.monotonic()
                with server.sentinels[0].client() as client:
                    client.call("SENTINEL", "FAILOVER", SERVICE)
                eventually(lambda: history.events, 60, "a note")
            finally:
                hands.stop()
            self.assertEqual([what for _, _, what in history.events], ["failover by itself"])
            self.assertLess(history.away[0][0] - begin, 1)
            self.assertFalse(history.serving(begin + 1))

    def test_a_cluster_fails_over_wherever_the_slot_of_its_first_semaphore_is(self):
        with Shards(["limiters:2:sem:{x}"]) as server:
            for kind in ("reshard", "failover", "crash"):
                before = server.who_serves()
                server.do(Fault(0, kind, 0.1, 0, 0.9), lambda why: contextlib.nullcontext())
                self.assertEqual(server.who_serves() == before, kind == "reshard")

    def test_after_a_failover_the_new_master_is_looked_at(self):
        with Sentinels() as server:
            before, sampler = server.current(), Sampler(server, ["x"])
            sampler.start()
            try:
                eventually(lambda: sampler.samples, 10, "a look")
                with server.sentinels[0].client() as client:
                    client.call("SENTINEL", "FAILOVER", SERVICE)
                eventually(lambda: server.who_serves() == {server.current().port} and server.current() is not before, 60, "another master")
                # The old one takes itself for a master for eight seconds more.
                server.call("HSET", "limiters:2:sem:{x}", "used", "7")
                eventually(lambda: sampler.samples[-1]["counters"].get("used") == 7, 6, "a look at the new master")
            finally:
                sampler.stop()


if __name__ == "__main__":
    unittest.main()
