"""Jobs that run long over TLS, and what TLS costs those who do not use it."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from faults.callers import P, PATIENCE, FaultTest, Stage
from support.certificates import Authority, TlsServer
from support.server import Server
from support.tool import BINARY, environment
from support.wait import eventually


class Jobs(FaultTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.pair = cls.authority.issue("server")

    def setUp(self):
        self.server = self.enterContext(TlsServer(self.authority, self.pair))
        self.stage = self.enterContext(Stage())

    def caller(self, tag, *options, **more):
        tls = ("--tls-ca", str(self.authority.certificate))
        return super().caller(tag, *options, *tls, redis=self.server.tls_url, **more)

    def lease_end(self):
        scores = self.server.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")
        return int(scores[1]) if len(scores) == 2 else 0

    def wait_for_renewals(self, count):
        for _ in range(count):
            last = self.lease_end()
            eventually(lambda: self.lease_end() > last, PATIENCE, "a renewal")

    def test_a_lease_is_renewed_over_one_connection(self):
        with self.server.client() as client:
            def connections():
                return int(re.search(r"total_connections_received:(\d+)", client.call("INFO", "stats"))[1])
            before = connections()
            holder = self.holder("holder", expiry="12s")  # an answer may take a sixth of it
            with self.server.client() as watcher:  # one connection more, for all that is looked up in between
                seen = 0
                last = 0
                while seen < 2:
                    end = int(eventually(lambda: watcher.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES"), PATIENCE)[1])
                    seen, last = seen + (end > last), max(end, last)
            self.assertEndedAs(holder.finish(3), 3)
            self.assertEqual(connections() - before, 2)
        self.assertEqual(holder.running.err(), "")

    def test_a_waiter_is_woken_over_tls(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter")
        self.assertEndedAs(holder.finish(1), 1)
        self.assertEndedAs(waiter.wait_for_start().finish(2), 2)
        self.assertFree()

    def test_a_server_that_goes_and_comes_back_stops_nobody(self):
        holder = self.holder("holder", expiry="2s")
        waiter = self.waiter("waiter", "-v", expiry="2s")
        waiter.running.wait_for_err("place 1 of 1 in the queue", PATIENCE)
        self.server.kill()
        waiter.running.wait_for_err("the place in the queue is kept", PATIENCE)
        self.server.start()
        eventually(lambda: len(self.live_holders()) == 1 and len(self.waiters()) == 1, PATIENCE, "both to be back")
        self.wait_for_renewals(2)
        self.assertEndedAs(holder.finish(7), 7)
        self.assertEndedAs(waiter.wait_for_start().finish(8), 8)

    def test_a_server_that_is_gone_for_good_ends_neither_limiters_nor_cmd(self):
        holder = self.holder("holder", "--redis-timeout", "500ms", expiry="1s")
        self.server.kill()
        holder.running.wait_for_err("warning", PATIENCE)  # the lease is over, and could not be renewed
        self.assertEndedAs(holder.finish(9), 9)

    def test_cmd_has_the_signals_it_would_have_without_tls(self):
        status = ["grep", "^Sig[BIC]", "/proc/self/status"]
        plain = subprocess.run(status, capture_output=True, text=True, env=environment()).stdout
        over_tls = self.caller("caller", command=status).running.wait(PATIENCE)
        self.assertEqual(over_tls.out, plain)

    def test_cmd_inherits_no_file_of_tls(self):
        listing = self.caller("caller", command=["ls", "/proc/self/fd"]).running.wait(PATIENCE)
        self.assertEqual(listing.out.split(), ["0", "1", "2", "3"])  # 3: the folder that ls reads


@unittest.skipIf("ASAN_OPTIONS" in os.environ, "under strace no leaks can be looked for")
class PlainRuns(unittest.TestCase):
    def calls(self, url, *options):
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "trace"
            subprocess.run(["strace", "-f", "-o", trace, BINARY, "--redis", url, *options, "sem", "run", "--name", "t",
                            "--capacity", "1", "--", "/bin/true"], env=environment(), timeout=60, check=True)
            text = trace.read_text()
        return text[:text.index('execve("/bin/true"')]  # what CMD opens is its own affair

    def test_without_tls_no_certificate_is_opened_and_no_openssl_file_looked_for(self):
        with Server() as server:
            before_cmd = self.calls(server.url)
        self.assertNotRegex(before_cmd, r"ssl|\.pem|\.crt|/certs|urandom")

    def test_with_tls_the_system_bundle_is_not_read_when_an_authority_is_given(self):
        with Authority() as authority, TlsServer(authority, authority.issue("server")) as server:
            before_cmd = self.calls(server.tls_url, "--tls-ca", str(authority.certificate))
        self.assertIn(str(authority.certificate), before_cmd)  # so that the test above can fail
        self.assertNotIn("/etc/ssl/certs", before_cmd)


if __name__ == "__main__":
    unittest.main()
