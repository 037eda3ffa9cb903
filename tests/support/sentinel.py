"""Real sentinels for a test, and the master and replica that they watch."""

import os
import subprocess

from support.resp import Client
from support.server import Server, Servers, find_server
from support.wait import eventually


PATIENCE = 60
SERVICE = "main"


class Sentinel(Server):
    """One sentinel. It watches what watch() tells it."""

    def _launch(self):
        # Whatever the binary is called, under this name it is a sentinel. It keeps its state in its own file.
        command = self.folder / "redis-sentinel"
        if not command.exists():
            command.symlink_to(find_server())
            lines = [f"port {self.port}", "bind 127.0.0.1", f"unixsocket {self.socket_path}", f"dir {self.folder}"]
            (self.folder / "sentinel.conf").write_text("\n".join(lines) + "\n")
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", command, self.folder / "sentinel.conf", "--sentinel"],
                env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def watch(self, master, quorum, down_after):
        with Client(self.url) as client:
            client.call("SENTINEL", "MONITOR", SERVICE, "127.0.0.1", master.port, quorum)
            client.call("SENTINEL", "SET", SERVICE, "down-after-milliseconds", down_after)
            client.call("SENTINEL", "SET", SERVICE, "failover-timeout", 5000)

    def master_port(self):
        with Client(self.url) as client:
            return int(client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])

    def fields(self, *args):
        """The first entry of such an answer as SENTINEL REPLICAS gives, as a dict; empty if there is none."""
        with Client(self.url) as client:
            rows = client.call("SENTINEL", *args)
        return dict(zip(rows[0][::2], rows[0][1::2])) if rows else {}

    def is_ready(self, sentinels):
        with Client(self.url) as client:
            peers = client.call("SENTINEL", "SENTINELS", SERVICE)
            return len(peers) == sentinels - 1 and client.call("SENTINEL", "CKQUORUM", SERVICE).startswith("OK")


class Watched(Servers):
    """.master and .replica, and .sentinels that watch them as SERVICE.

    It stands in for a Server where tests look at one limiter: call() and client() go to the master that the sentinels
    name.
    """

    def __init__(self, sentinels=3, down_after=1000):
        self._count, self._down_after = sentinels, down_after
        super().__init__()

    def _start(self):
        config = {"repl-diskless-sync": "yes", "repl-diskless-sync-delay": 0}
        self.master = self.add(Server(config))
        self.replica = self.add(Server(config))
        self.replica.call("REPLICAOF", "127.0.0.1", self.master.port)
        eventually(lambda: "master_link_status:up" in self.replica.call("INFO", "replication"), PATIENCE)
        self.sentinels = [self.add(Sentinel()) for _ in range(self._count)]
        for sentinel in self.sentinels:
            sentinel.watch(self.master, self._count // 2 + 1, self._down_after)
        for sentinel in self.sentinels:
            eventually(lambda: sentinel.is_ready(self._count), PATIENCE, "the sentinels to know each other")
            eventually(lambda: sentinel.fields("REPLICAS", SERVICE).get("master-link-status") == "ok", PATIENCE)

    @property
    def url(self):
        return self.url_of(*self.sentinels)

    def url_of(self, *sentinels, service=SERVICE):
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in sentinels)
        return f"redis+sentinel://{hosts}/{service}"

    def current(self):
        """The server that the sentinels take for the master."""
        port = self.sentinels[0].master_port()
        return next(server for server in (self.master, self.replica) if server.port == port)

    def call(self, *args):
        return self.current().call(*args)

    def client(self, timeout=10):
        return self.current().client(timeout)

    def fail_over(self):
        """The replica becomes the master, with the old one alive."""
        with Client(self.sentinels[0].url) as client:
            client.call("SENTINEL", "FAILOVER", SERVICE)
        self.wait_for_promotion()

    def wait_for_promotion(self):
        """Wait until the replica is the master, and all sentinels say so."""
        eventually(lambda: self.replica.call("ROLE")[0] == "master", PATIENCE, "the replica to be promoted")
        for sentinel in self.sentinels:
            eventually(lambda: sentinel.master_port() == self.replica.port, PATIENCE, "a sentinel to know it")
