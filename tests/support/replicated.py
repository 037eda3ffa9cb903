"""A real server for a test with replicas that follow it."""

from support.server import Server, Servers
from support.wait import eventually

PATIENCE = 60


class Replicated(Servers):
    """.primary and .replicas, which have caught up."""

    def __init__(self, replicas=1, config=None):
        self._count = replicas
        self._config = {"repl-diskless-sync": "yes", "repl-diskless-sync-delay": 0} | (config or {})
        super().__init__()

    def _start(self):
        self.primary = self.add(Server(self._config))
        self.replicas = [self.add(Server(self._config)) for _ in range(self._count)]
        for replica in self.replicas:
            replica.call("REPLICAOF", "127.0.0.1", self.primary.port)
        with self.primary.client(PATIENCE) as client:
            eventually(lambda: client.call("WAIT", 0, 1) == self._count, PATIENCE, "the replicas to follow")
            client.call("SET", "first", "1")  # they have nothing to acknowledge before, and are slow to begin
            client.call("DEL", "first")
            client.call("WAIT", self._count, PATIENCE * 1000)
