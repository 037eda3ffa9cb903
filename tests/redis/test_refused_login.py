"""A user, a database or a role that the server refuses: what was asked is not done as another user or somewhere else."""

import unittest

from cli.case import PATIENCE
from faults.callers import P, FaultTest
from in_a_cluster import ClusterTest
from lease.case import LeaseTest
from support.proxy import Proxy
from support.resp import script_text, verbs
from support.sentinel import SERVICE, Sentinel
from support.server import Server
from support.tool import limiters
from support.wait import eventually

SCRIPTS = verbs()


def know_scripts(*servers):
    """A server that does not know a script would do nothing for EVALSHA."""
    for server in servers:
        for script in SCRIPTS:
            server.call("SCRIPT", "LOAD", script_text(script))


def everything(server):
    """Each key and its value."""
    with server.client() as client:
        return {key: client.call("DUMP", key) for key in client.call("KEYS", "*")}


class RefusedLogin(LeaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The default user may do everything without a password.
        cls.server.call("ACL", "SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", "-select")
        know_scripts(cls.server)

    def setUp(self):
        super().setUp()
        self.server.call("FLUSHALL")

    def refused_users(self):
        """URLs that this server refuses, and the code of each."""
        return {self.server.url.replace("//", f"//{login}@"): 77 for login in (":secret", "nobody:secret", "nobody", "nobody:")}

    def refused_databases(self):
        return {self.server.url.replace("//", "//narrow:secret@") + "/1": 77, f"{self.server.url}/99": 70,
                f"{self.server.unix_url}?db=99": 70}

    def assertChangesNothing(self, *words, urls=None, stdin=None):
        before = everything(self.server)
        for url, code in (urls or self.refused_users() | self.refused_databases()).items():
            with self.subTest(url=url):
                self.assertRefused(limiters(*words, redis=url, stdin=stdin, timeout=PATIENCE), code)
                self.assertEqual(everything(self.server), before)

    def test_no_semaphore_is_reset_and_no_command_stopped(self):
        holder = self.holder("--expiry", "1d")
        self.assertChangesNothing("reset", "--yes", "sem", self.name)
        self.assertEqual(holder.finish(3).code, 3)

    def test_no_bucket_is_reset(self):
        self.bucket()
        self.assertChangesNothing("reset", "--yes", "bucket", self.name)

    def test_no_lease_is_released(self):
        lease = self.lease("--expiry", "1d", redis=self.server.url)
        self.assertChangesNothing("sem", "release", lease, urls=self.refused_users())

    def test_no_lease_is_renewed(self):
        lease = self.lease("--expiry", "1h", redis=self.server.url)
        self.assertChangesNothing("sem", "renew", "--expiry", "1d", lease, urls=self.refused_users())

    def test_no_slot_is_taken(self):
        self.assertChangesNothing(*self.sem_words("--no-wait"))
        self.assertChangesNothing(*self.acquire_words("--expiry", "1d"))

    def test_no_place_in_the_queue_is_taken(self):
        holder = self.holder("--expiry", "1d")
        self.assertChangesNothing(*self.sem_words())
        holder.finish()

    def test_no_token_is_taken(self):
        words = ("--name", self.name, "--rate", "100/1h", "--capacity", "100")
        self.assertChangesNothing("bucket", "run", *words, "--", "true")
        self.assertChangesNothing("bucket", "acquire", *words)
        self.assertChangesNothing("bucket", "pipe", *words, stdin="a line\n")

    def test_no_slot_is_taken_on_any_of_several_hosts(self):
        with Server() as other:
            know_scripts(other)
            url = f"redis://:secret@127.0.0.1:{self.server.port},127.0.0.1:{other.port}"
            self.assertRefused(self.sem("--no-wait", redis=url), 77)
            self.assertEqual((everything(self.server), everything(other)), ({}, {}))


class InACluster(ClusterTest):
    def test_no_token_is_taken_for_another_database(self):
        know_scripts(*self.server.masters)
        for node in self.server.masters:
            result = limiters("bucket", "run", "--name", "t", "--rate", "9/1h", "--", "echo", "ran",
                              redis=f"{self.server.url_of(node)}/1")
            self.assertEqual((result.code, result.out), (70, ""), result)
            self.assertEqual([everything(node) for node in self.server.masters], [{}, {}])


class BehindASentinel(unittest.TestCase):
    def test_no_token_is_taken_without_the_right_to_ask_for_the_role(self):
        with Server() as server, Sentinel() as sentinel:
            know_scripts(server)
            sentinel.watch(server, 1, 60000)
            server.call("ACL", "SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", "-role")
            url = f"redis+sentinel://narrow:secret@127.0.0.1:{sentinel.port}/{SERVICE}"
            result = limiters("bucket", "run", "--name", "t", "--rate", "9/1h", "--", "echo", "ran", redis=url)
            self.assertEqual((result.code, result.out), (77, ""), result)
            self.assertEqual(everything(server), {})


class Renewals(FaultTest):
    def setUp(self):
        super().setUp()
        self.set_password("secret")

    def set_password(self, password):
        self.server.call("ACL", "SETUSER", "job", "on", "resetpass", f">{password}", "~*", "&*", "+@all")

    def job(self, url):
        return url.replace("//", "//job:secret@") + "/2"

    def scores(self):
        with self.server.client() as client:
            client.call("SELECT", 2)
            return client.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")

    def failed_logins(self):
        stats = self.server.call("INFO", "commandstats").partition("cmdstat_auth:")[2]
        return int(stats.partition("failed_calls=")[2].split()[0]) if stats else 0

    def test_they_go_on_over_a_new_connection(self):
        with Proxy(self.server.url) as proxy:
            holder = self.holder("holder", redis=self.job(proxy.url))
            for _ in range(3):
                before = self.scores()
                proxy.reset()
                eventually(lambda: self.scores() > before, PATIENCE, "a renewal")
            self.assertEqual(holder.finish(3).code, 3)
        self.assertEqual(self.scores(), [])

    def test_they_renew_nothing_as_another_user(self):
        holder = self.holder("holder", "-v", redis=self.job(self.server.url).removesuffix("/2"), expiry="1h")
        know_scripts(self.server)
        before = everything(self.server)
        self.set_password("another")
        self.server.call("CLIENT", "KILL", "USER", "job")  # a holder looks at once
        eventually(lambda: self.failed_logins() >= 3, PATIENCE, "refused logins")
        self.assertEqual(everything(self.server), before)
        self.set_password("secret")
        self.assertEqual(holder.finish(3).code, 3)


if __name__ == "__main__":
    unittest.main()
