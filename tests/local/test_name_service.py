"""The static binary and host names: whatever nsswitch.conf says, no module of another glibc is loaded into it."""

import unittest

from cli.case import CliTest
from support.machine import TOOL, Machine

HOST, ALIAS = "redis-of-the-test.example", "redis-of-the-test"
RUN = ["sem", "run", "--name", "x", "-j", "1", "--", "echo", "ran"]
RUN_BUCKET = ["bucket", "run", "--name", "x", "--rate", "1000/1s", "--", "echo", "ran"]


class NameService(CliTest):
    def setUp(self):
        super().setUp()
        self.machine = Machine.make()
        if self.machine is None:
            self.skipTest("needs root, or users that may make namespaces")
        self.addCleanup(self.machine.close)
        self.replace("/etc/hosts", f"127.0.0.1 localhost\n127.0.0.1 {HOST} {ALIAS}\n")

    def replace(self, path, text):
        """A file of the machine in the place of this host's."""
        copy = "/run/test/" + path.replace("/", "-")
        self.machine.path(copy).write_text(text)
        self.machine.path(copy).chmod(0o644)
        self.assertEqual(self.machine.run("mount", "--bind", copy, path).code, 0)

    def assertResolves(self, hosts):
        if hosts is not None:
            self.replace("/etc/nsswitch.conf", f"passwd: files systemd\nhosts: {hosts}\n")
        for host in (HOST, ALIAS, "localhost", "127.0.0.1"):
            for words in (RUN, RUN_BUCKET):
                result = self.machine.run(TOOL, "--redis", f"redis://{host}:{self.server.port}", *words)
                self.assertSilent(result, 0, "ran\n")

    def test_files_and_dns(self):
        self.assertResolves("files dns")

    def test_files_resolve_dns(self):
        self.assertResolves("files resolve [!UNAVAIL=return] dns")
        self.assertResolves("files resolve dns")

    def test_files_myhostname_dns(self):
        self.assertResolves("files myhostname dns")

    def test_modules_that_no_machine_has(self):
        self.assertResolves("mdns4_minimal [NOTFOUND=return] nosuchmodule files dns")

    def test_no_dns_and_no_files_at_all(self):
        self.assertResolves("nosuchmodule")

    def test_an_unknown_name_is_told(self):
        self.replace("/etc/resolv.conf", "nameserver 127.0.0.99\n")  # nobody there: it is refused at once
        for hosts in ("files dns", "files myhostname resolve dns", "mymachines resolve [!UNAVAIL=return] files myhostname dns"):
            self.replace("/etc/nsswitch.conf", f"hosts: {hosts}\n")
            result = self.machine.run(TOOL, "--redis", "redis://no-such-host.invalid", "--redis-timeout", "200ms", *RUN)
            self.assertRefused(result, 69, "no-such-host.invalid", "host name")


if __name__ == "__main__":
    unittest.main()
