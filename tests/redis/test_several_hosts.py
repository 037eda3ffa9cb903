"""Several hosts in one URL: the first that serves is used, whatever the others do."""

import contextlib
import socket
import unittest

from support.fake_server import FakeServer
from support.once import OnceTest
from support.server import Server, free_port
from support.tool import spawn
from support.wait import eventually


@contextlib.contextmanager
def black_hole():
    """The address of a port at which connecting never ends: its queue is full, further SYNs are dropped."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        with socket.socket() as probe:
            probe.settimeout(0.3)
            try:
                probe.connect(listener.getsockname())
                raise unittest.SkipTest("this kernel accepts connections beyond the queue")
            except TimeoutError:
                pass
        yield "127.0.0.1:%d" % listener.getsockname()[1]


def dead():
    return f"127.0.0.1:{free_port()}"


class SeveralHosts(OnceTest):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.good = f"127.0.0.1:{self.server.port}"

    def test_dead_ones_cost_nothing(self):
        result = self.run_once("--redis-timeout", "20s", redis=f"redis://{dead()},{dead()},{self.good}")
        self.assertRan(result)
        self.assertLess(result.seconds, 5)

    def test_a_dead_one_behind_the_good_one_is_not_asked(self):
        self.assertRan(self.run_once(redis=f"redis://{self.good},{dead()}"))

    def test_a_black_hole_before_the_good_one_is_passed_within_the_timeout(self):
        self.run_once(redis=f"redis://{self.good}")  # the limiter is known there
        with black_hole() as hole:
            self.assertRan(self.run_once("--redis-timeout", "2s", redis=f"redis://{hole},{self.good}"))

    def test_a_black_hole_before_the_good_one_costs_a_fresh_limiter_no_settling_time(self):
        with black_hole() as hole:
            result = self.run_once("--redis-timeout", "2s", redis=f"redis://{hole},{self.good}")
        self.assertRan(result)
        self.assertLess(result.seconds, 8)  # a third of the expiry and 2 s: 12 s

    def test_two_black_holes_and_a_dead_one_are_passed_within_the_timeout(self):
        self.run_once(redis=f"redis://{self.good}")
        with black_hole() as one, black_hole() as two:
            self.assertRan(self.run_once("--redis-timeout", "3s", redis=f"redis://{one},{dead()},{two},{self.good}"))

    def test_one_that_accepts_and_never_answers_is_passed_within_the_timeout(self):
        self.run_once(redis=f"redis://{self.good}")
        with FakeServer() as silent:
            url = f"{silent.url},{self.good}"
            self.assertRan(self.run_once("--redis-timeout", "2s", redis=url))

    def test_a_replica_before_its_master_is_passed(self):
        with Server() as replica:
            replica.call("REPLICAOF", "127.0.0.1", self.server.port)
            eventually(lambda: "master_link_status:up" in replica.call("INFO", "replication"), 60, "the replica to follow")
            self.assertRan(self.run_once("--redis-timeout", "2s", redis=f"redis://127.0.0.1:{replica.port},{self.good}"))

    def test_all_dead_is_69_and_names_them_all(self):
        one, two = dead(), dead()
        self.assertRefused(self.run_once("--redis-timeout", "200ms", redis=f"redis://{one},{two}"), 69, f"redis://{one},{two}")

    def test_a_waiter_goes_on_when_the_host_it_used_becomes_another(self):
        """The first host dies during the wait; what it held is gone with it, and the next one serves."""
        with Server() as first:
            url = f"redis://127.0.0.1:{first.port},{self.good}"
            with spawn("sem", "run", "--name", "moves", "--capacity", "1", "--expiry", "1s", "--", "sleep", "1000",
                       redis=url) as holder:
                eventually(lambda: holder.children())
                with spawn("sem", "run", "--name", "moves", "--capacity", "1", "--expiry", "1s", "--", "echo", "ran",
                           redis=url) as waiter:
                    eventually(lambda: first.call("ZCARD", "limiters:2:sem:{moves}:waiters") == 1)
                    first.kill()
                    eventually(lambda: self.server.call("ZCARD", "limiters:2:sem:{moves}:holders") == 1)
                    self.assertTrue(holder.running())
                    holder.kill()
                    self.assertEqual(waiter.wait().out, "ran\n")


if __name__ == "__main__":
    unittest.main()
