"""Leases and their keepers on servers of every kind: the connection goes from one process to another."""

import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from support.certificates import Authority, TlsServer
from support.cluster import Cluster
from support.machine import TOOL, Machine
from support.sentinel import Watched
from support.wait import eventually

SECOND = 1_000_000


class OtherServers(LeaseTest):
    def assertKept(self, url, *options):
        """It is renewed past its expiry, and released at the end of the process."""
        process, lease, keeper = self.kept("--expiry", "1s", *options, redis=url)
        end = self.lease_end()
        eventually(lambda: self.lease_end() > end + 2 * SECOND, PATIENCE, "the renewals")
        self.assertSilent(self.renew(*options, lease, redis=url))
        process.kill()
        self.assertEnds(keeper)
        self.assertEqual(self.holders(), [])
        self.assertRefused(self.release(*options, lease, redis=url), 79)

    def test_over_tcp(self):
        self.assertKept(self.server.url)

    def test_over_tls(self):
        with Authority() as authority, TlsServer(authority, authority.issue("server")) as self.server:
            self.assertKept(self.server.tls_url, "--tls-ca", str(authority.certificate))

    def test_in_a_cluster(self):
        with Cluster(masters=2) as self.server:
            self.server.followed = self.key
            for node in self.server.masters:
                with self.subTest(owner=node is self.server.owner(self.key)):
                    self.assertKept(node.url)

    def test_behind_sentinels_and_after_a_failover(self):
        with Watched() as self.server:
            url = self.server.url
            self.assertKept(url)
            _, lease, keeper = self.kept("--expiry", "2s", redis=url)
            holders = self.holders()
            self.server.fail_over()
            eventually(lambda: self.holders() == holders and self.lease_end() > self.server_now(), PATIENCE, "a renewal")
            self.assertSilent(self.release(lease, redis=url))
            self.assertEnds(keeper)


class LocalServer(LeaseTest):
    def test_with_no_redis_named_it_is_the_local_server(self):
        machine = Machine.make()
        if machine is None:
            self.skipTest("no namespaces here")
        self.addCleanup(machine.close)
        script = '''lease=$("$1" -q sem acquire --name x -j 1 --expiry 1h --until-exit $$) || exit
            "$1" sem acquire --name x -j 1 -n -E 5; echo $?
            "$1" sem renew "$lease" && "$1" sem release "$lease"; echo $?
            "$1" sem acquire --name x -j 1 -n >/dev/null; echo $?'''
        result = machine.run("sh", "-c", script, "sh", TOOL)
        self.assertEqual((result.code, result.out), (0, "5\n0\n0\n"), result.err)


if __name__ == "__main__":
    unittest.main()
