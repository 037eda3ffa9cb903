"""Callers of a semaphore that lives in a cluster."""

from faults.callers import P, PATIENCE, FaultTest, Stage
from support.cluster import Cluster
from support.wait import eventually

KEYS = (P, f"{P}:holders", f"{P}:waiters", f"{P}:alive")


class ClusterTest(FaultTest):
    """One cluster for a class. .home owns the semaphore's slot when a test begins, .other is another master.

    .server is the cluster: what the tests of one server ask it goes to the owner of the semaphore.
    """

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Cluster(masters=2))
        cls.server.followed = P

    def setUp(self):
        self.server.empty()
        self.home = self.server.owner(P)
        [self.other] = [node for node in self.server.masters if node is not self.home]
        self.slot = self.server.slot(P)
        self.stage = self.enterContext(Stage())

    def lease_end(self, node=None):
        """When the only lease ends, as a number; 0 if there is none or it is somewhere else."""
        scores = (node or self.server).call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")
        return int(scores[1]) if len(scores) == 2 else 0

    def wait_for_renewals(self, count=2, node=None):
        for _ in range(count):
            last = self.lease_end(node)
            eventually(lambda: self.lease_end(node) > last, PATIENCE, "a renewal")

    def existing(self, node):
        """The keys of the semaphore that this node has."""
        with node.client() as client:
            return [key for key in client.call("KEYS", "*") if key in KEYS]

    def queue(self, tag, *options, **more):
        """A waiter that knows that it waits."""
        waiter = self.waiter(tag, "-v", *options, **more)
        waiter.running.wait_for_err("in the queue", PATIENCE)
        return waiter

    def errors_of(self, *callers):
        return "".join(caller.running.err() for caller in callers)
