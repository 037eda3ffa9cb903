"""A real cluster for a test: masters, and a replica for the first of them if wanted."""

import contextlib

from support.resp import Client, RedisError
from support.server import Server, Servers, free_port
from support.wait import eventually

SLOTS = 16384
PATIENCE = 60
STEADY = 60_000  # ms


class Node(Server):
    """One server of a cluster. `.counts` is a connection of its own that stays, so that it is never counted."""

    def __init__(self, node_timeout):
        super().__init__({
            "cluster-enabled": "yes", "cluster-config-file": "nodes.conf", "cluster-port": free_port(),
            "cluster-node-timeout": node_timeout, "cluster-replica-validity-factor": 0, "repl-diskless-sync": "yes",
            "repl-diskless-sync-delay": 0, "repl-diskless-load": "swapdb"})
        self.keeper = self.client()
        self.id = self.keeper.call("CLUSTER", "MYID")

    def start(self, empty=False):
        super().start(empty)
        if hasattr(self, "keeper"):
            self.keeper = self.client()

    def close(self):
        if hasattr(self, "keeper"):
            self.keeper.close()
        super().close()

    def info(self, section):
        """INFO as a dict of text."""
        lines = self.keeper.call("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def connections_so_far(self):
        return int(self.info("stats")["total_connections_received"])

    def errors_so_far(self, word):
        """How often it has answered with an error of this first word."""
        text = self.info("errorstats").get(f"errorstat_{word}", "count=0")
        return int(text.removeprefix("count="))

    def believe_longer(self):
        """Take no other node for dead, however long this machine keeps them waiting."""
        self.keeper.call("CONFIG", "SET", "cluster-node-timeout", STEADY)

    def cluster_port(self):
        return self._config["cluster-port"]


class Cluster(Servers):
    """Slots are spread evenly over .masters; .replica follows the owner of `followed`.

    A failover after a kill takes some node_timeout; without one the cluster is steady: it stays up on a busy machine.

    It stands in for a Server where tests look at one limiter: call() goes to the owner of the key, client() to the
    owner of `followed`.
    """

    def __init__(self, masters=2, followed=None, node_timeout=None):
        self._count, self.followed, self._node_timeout = masters, followed, node_timeout
        super().__init__()

    def _start(self):
        # A node that joins waits for as long as its timeout, so a steady one has a short one until it is up.
        begin = self._node_timeout or 1000
        self.masters = [self.add(Node(begin)) for _ in range(self._count)]
        self._share_slots()
        self.replica = self.add(Node(begin)) if self.followed else None
        self._introduce()
        if self.replica:
            self._replicate()
        if not self._node_timeout:
            for node in self.servers:
                node.believe_longer()

    @property
    def url(self):
        """All nodes as seeds."""
        return self.url_of(*self.servers)

    def url_of(self, *seeds):
        return "redis://" + ",".join(f"127.0.0.1:{node.port}" for node in seeds)

    def slot(self, key):
        return self._any().keeper.call("CLUSTER", "KEYSLOT", key)

    def owner(self, key):
        """The node that serves this key now: the master that no other contradicts."""
        slot = self.slot(key)
        for node in self._alive():
            if node.keeper.call("ROLE")[0] == "master" and self._serves(node, slot):
                return node
        raise AssertionError(f"nobody serves {key!r}")

    def name_on(self, node, pattern):
        """A name such that the key `pattern` makes of it lives on this node."""
        return next(name for name in (f"t{i}" for i in range(1000)) if self.owner(pattern.format(name)) is node)

    def call(self, *args):
        """One command about the key args[1], or about the `followed` one, at its owner."""
        return self._owner_of(args).call(*args)

    def client(self, timeout=10):
        return self.owner(self.followed).client(timeout)

    def empty(self):
        for node in self.masters:
            node.call("FLUSHALL")

    # Moving a slot, step by step as a resharding tool does it.

    def begin_migration(self, slot, source, target):
        target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)

    def move_keys(self, source, target, *keys):
        source.call("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)

    def end_migration(self, slot, source, target):
        for node in (target, source, *self.masters):
            node.call("CLUSTER", "SETSLOT", slot, "NODE", target.id)

    # The rest.

    def _owner_of(self, args):
        key = args[1] if len(args) > 1 and "{" in str(args[1]) else self.followed
        return self.owner(key)

    def _any(self):
        return self._alive()[0]

    def _alive(self):
        return [node for node in self.servers if node.alive()]

    def _serves(self, node, slot):
        ports = [row[2][1] for row in node.keeper.call("CLUSTER", "SLOTS") if row[0] <= slot <= row[1]]
        return ports == [node.port]

    def _share_slots(self):
        count = len(self.masters)
        for i, node in enumerate(self.masters):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
            node.call("CLUSTER", "ADDSLOTSRANGE", SLOTS * i // count, SLOTS * (i + 1) // count - 1)

    def _introduce(self):
        first = self.servers[0]
        for node in self.servers[1:]:
            first.call("CLUSTER", "MEET", "127.0.0.1", node.port, node.cluster_port())
        for node in self.servers:
            eventually(lambda: self._knows_all(node), PATIENCE, "the nodes of the cluster to know each other")

    def _knows_all(self, node):
        rows = [row.split() for row in node.keeper.call("CLUSTER", "NODES").splitlines()]
        met = [row for row in rows if "handshake" not in row[2] and "fail" not in row[2] and row[7] == "connected"]
        info = node.keeper.call("CLUSTER", "INFO")
        return len(met) == len(self.servers) and "cluster_state:ok" in info

    def _replicate(self):
        master = self.owner(self.followed)
        self.replica.call("CLUSTER", "REPLICATE", master.id)
        eventually(lambda: self.replica.info("replication").get("master_link_status") == "up", PATIENCE)
        for node in self.masters:
            eventually(lambda: f"slave {master.id}" in node.keeper.call("CLUSTER", "NODES"), PATIENCE)

    def wait_for_role(self, node, role):
        """Wait until this node has this role ("master" or "slave") and all others alive know it."""
        def known():
            rows = [row.split() for other in self._alive() for row in other.keeper.call("CLUSTER", "NODES").splitlines()]
            return all(role in row[2].split(",") for row in rows if row[0] == node.id)
        eventually(lambda: node.info("replication")["role"] == role and known(), PATIENCE, f"the role {role}")


def wait_until_refused(url, *args, word):
    """Wait until this command is answered with an error of this first word."""
    def refused():
        with Client(url) as client, contextlib.suppress(RedisError):
            client.call(*args)
            return False
        return True
    return eventually(refused, PATIENCE, word)
