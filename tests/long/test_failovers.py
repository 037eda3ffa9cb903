"""Twenty commands that run and fifty that wait, through kills and planned failovers behind sentinels and in a cluster.

Nobody is stopped, lost or left hanging. What was granted and not yet at the replica can be granted again: how many too
many ran is counted, printed, and held against the manual's promise: no more than the capacity.
"""

import unittest

from faults.callers import P, PATIENCE, FaultTest, Stage
from support.cluster import Cluster
from support.sentinel import Watched
from support.wait import eventually

TIMEOUT = 1800
CAPACITY = 20
WAITERS = 50
LONG = 4 * PATIENCE


class FailoverTest(FaultTest):
    def setUp(self):
        self.server = self.enterContext(self.make_server())
        self.stage = self.enterContext(Stage())
        start = {"capacity": CAPACITY, "expiry": "6s"}
        self.running = [self.caller(f"holder-{i}", **start) for i in range(CAPACITY)]
        for holder in self.running:
            holder.wait_for_start()
        self.queued = [self.caller(f"waiter-{i}", **start) for i in range(WAITERS)]
        eventually(lambda: self.server.replica_client().call("ZCARD", f"{P}:waiters") == WAITERS, LONG, "the queue")

    def times(self):
        """When each lease ends, and each waiter is forgotten, at the master that all have to find now."""
        flat = [word for key in ("holders", "alive") for word in self.server.call("ZRANGE", f"{P}:{key}", 0, -1, "WITHSCORES")]
        return dict(zip(flat[::2], map(int, flat[1::2])))

    def assertPromiseKept(self):
        before = self.times()

        def all_have_asked():
            now = self.times()
            return len(now) == CAPACITY + WAITERS and all(now[id] > before.get(id, 0) for id in now)
        eventually(all_have_asked, LONG, "all holders and waiters at the new master")
        self.assertEqual(self.stage.ended(), [])
        for i, caller in enumerate(self.running + self.queued):
            caller.wait_for_start(LONG)
            self.assertEqual(caller.finish(i).code, i, caller.tag)
        over = self.stage.most_at_once() - CAPACITY
        print(f"{type(self).__name__} {self._testMethodName}: {max(over, 0)} admitted too many")
        self.assertLessEqual(over, CAPACITY)
        self.assertFree()


class BehindSentinels(FailoverTest):
    def make_server(self):
        watched = Watched()
        watched.replica_client = lambda: watched.replica
        return watched

    def test_a_master_that_is_killed(self):
        self.server.master.kill()
        self.server.wait_for_promotion()
        self.assertPromiseKept()

    def test_a_planned_failover(self):
        self.server.fail_over()
        self.assertPromiseKept()


class InACluster(FailoverTest):
    def make_server(self):
        cluster = Cluster(masters=3, followed=P, node_timeout=1000)
        # What a replica holds is told to READONLY connections only.
        reader = self.enterContext(cluster.replica.client())
        reader.call("READONLY")
        cluster.replica_client = lambda: reader
        return cluster

    def test_a_master_that_is_killed(self):
        self.server.owner(P).kill()
        self.server.wait_for_role(self.server.replica, "master")
        self.assertPromiseKept()

    def test_a_planned_failover(self):
        self.server.replica.call("CLUSTER", "FAILOVER")
        self.server.wait_for_role(self.server.replica, "master")
        self.assertPromiseKept()


if __name__ == "__main__":
    unittest.main()
