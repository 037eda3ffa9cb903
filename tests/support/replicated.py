"""A real server for a test with replicas that follow it."""

from support.server import Server
from support.wait import eventually

PATIENCE = 60


class Replicated:
    """.primary and .replicas, which have caught up. Use it in a with statement."""

    def __init__(self, replicas=1, config=None):
        self.servers = []
        settings = {"repl-diskless-sync": "yes", "repl-diskless-sync-delay": 0} | (config or {})
        try:
            self.primary = self._add(Server(settings))
            self.replicas = [self._add(Server(settings)) for _ in range(replicas)]
            for replica in self.replicas:
                replica.call("REPLICAOF", "127.0.0.1", self.primary.port)
            with self.primary.client(PATIENCE) as client:
                eventually(lambda: client.call("WAIT", 0, 1) == replicas, PATIENCE, "the replicas to follow")
                client.call("SET", "first", "1")  # they have nothing to acknowledge before, and are slow to begin
                client.call("DEL", "first")
                client.call("WAIT", replicas, PATIENCE * 1000)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for server in reversed(self.servers):
            server.close()

    def _add(self, server):
        self.servers.append(server)
        return server
