"""What a run costs with a server that is far away, in round trips of 20 ms beyond the connecting."""

import logging
import statistics
import subprocess
import tempfile
import time

from figures import Table
from runs import SEM
from support.certificates import Authority, TlsServer
from support.proxy import Proxy
from support.server import Server

ROUND_TRIP = 20  # ms
TIMES = 9


def milliseconds(command):
    def once():
        began = time.monotonic()
        subprocess.run(command, check=True)
        return (time.monotonic() - began) * 1000
    return statistics.median(once() for _ in range(TIMES))


def measure(bench):
    # The end of a connection that its other side has closed is no news here.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    table = Table(f"sem run with a server {ROUND_TRIP} ms away, after it has connected")
    run = [*SEM, "/bin/true"]
    with (Authority() as authority, TlsServer(authority, authority.issue("server"), real_clock=True) as tls,
          Server({"requirepass": "x"}, real_clock=True) as closed, tempfile.NamedTemporaryFile("w") as password):
        password.write("x\n")
        password.flush()
        ways = [("plain", tls.url, [], "2"), ("TLS", tls.tls_url, ["--tls-ca", str(authority.certificate)], "3"),
                ("with a password", closed.url, ["--password-file", password.name], "3")]
        for name, url, options, aim in ways:
            with Proxy(url) as proxy:
                there = proxy.url.replace("redis://", "rediss://") if options[:1] == ["--tls-ca"] else proxy.url
                command = [bench.limiters, "--redis", there, *options, *run]
                near = milliseconds(command)
                proxy.latency(ROUND_TRIP / 2)
                far = milliseconds(command)
            table.add(name, (far - near) / ROUND_TRIP, "trips", aim=aim)
    yield table
