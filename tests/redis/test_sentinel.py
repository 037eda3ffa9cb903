"""A semaphore behind sentinels: the master is found through any of them."""

import unittest

from faults.callers import P
from support.once import OnceTest
from support.resp import Client, script_text
from support.sentinel import SERVICE, Sentinel, Watched
from support.server import Server, free_port
from support.tool import limiters


class SentinelTest(OnceTest):
    def assertEnds(self, code, *parts, redis, never=()):
        """Whoever is reached and refuses ends limiters at once, even one that would run CMD without Redis."""
        result = self.run_once("--redis-timeout", "1m", redis=redis, env={"LIMITERS_ON_UNAVAILABLE": "run"})
        self.assertRefused(result, code, *parts, never=never)
        self.assertLess(result.seconds, 20)


class Found(SentinelTest):
    @classmethod
    def setUpClass(cls):
        cls.watched = cls.enterClassContext(Watched())

    def setUp(self):
        self.watched.call("FLUSHALL")

    def assertAtTheMaster(self, result):
        self.assertRan(result)
        self.assertEqual(self.watched.master.call("EXISTS", P), 1)

    def test_through_each_of_them(self):
        for sentinel in self.watched.sentinels:
            with self.subTest(port=sentinel.port):
                self.watched.call("FLUSHALL")
                self.assertAtTheMaster(self.run_once(redis=self.watched.url_of(sentinel)))

    def test_those_that_are_down_are_passed_and_cost_no_settling_time(self):
        dead = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
        result = self.run_once(redis=f"{dead},127.0.0.1:{self.watched.sentinels[2].port}/{SERVICE}")
        self.assertAtTheMaster(result)
        self.assertLess(result.seconds, 8)  # a third of the expiry and 2 s: 12 s

    def test_one_that_hangs_is_passed_within_the_timeout(self):
        self.watched.sentinels[0].pause()
        self.addCleanup(self.watched.sentinels[0].resume)
        self.assertAtTheMaster(self.run_once("--redis-timeout", "3s", redis=self.watched.url))

    def test_a_database_goes_to_the_master(self):
        self.assertRan(self.run_once(redis=self.watched.url + "/3"))
        with self.watched.client() as client:
            self.assertEqual(client.call("EXISTS", P), 0)
            client.call("SELECT", 3)
            self.assertEqual(client.call("EXISTS", P), 1)

    def test_a_bucket_is_found_as_well(self):
        self.assertRan(limiters("bucket", "run", "--name", "b", "--rate", "9/1s", "--", "echo", "ran", redis=self.watched.url))
        self.assertEqual(self.watched.call("EXISTS", "limiters:2:bucket:{b}"), 1)

    def test_a_service_that_they_do_not_know_is_69_and_named(self):
        url = self.watched.url_of(*self.watched.sentinels, service="another")
        self.assertRefused(self.run_once("--redis-timeout", "300ms", redis=url), 69, "sem 't'", url, "'another'")

    def test_a_server_that_is_no_sentinel_is_told_at_once(self):
        url = self.watched.url_of(self.watched.master)
        self.assertEnds(70, url, "unknown command", "is it a sentinel?", redis=url)

    def test_a_server_that_is_no_sentinel_is_passed_for_one_that_is(self):
        master, sentinel = self.watched.master, self.watched.sentinels[0]
        for url in (self.watched.url_of(master, sentinel), self.watched.url_of(sentinel, master)):
            self.watched.call("FLUSHALL")
            self.assertAtTheMaster(self.run_once(redis=url))

    def test_all_down_is_69_and_names_them_all(self):
        url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{free_port()}/{SERVICE}"
        self.assertRefused(self.run_once("--redis-timeout", "300ms", redis=url), 69, url)

    def test_it_costs_one_connection_to_a_sentinel_and_one_to_the_master_however_long_the_run(self):
        one = self.watched.sentinels[0]
        with Client(one.url) as sentinel, self.watched.client() as master:
            def connections(client):
                lines = client.call("INFO", "stats").splitlines()
                return next(int(line.split(":")[1]) for line in lines if line.startswith("total_connections_received"))
            before = connections(sentinel), connections(master)
            self.assertRan(self.run_once(redis=self.watched.url_of(one), command=["sh", "-c", "sleep 2; echo ran"]))
            self.assertEqual((connections(sentinel) - before[0], connections(master) - before[1]), (1, 1))


class Login(OnceTest):
    def test_user_and_password_are_for_the_master(self):
        server = self.enterContext(Server({"requirepass": "correct horse"}))
        sentinel = self.enterContext(Sentinel())
        sentinel.watch(server, 1, 60000)
        url = f"127.0.0.1:{sentinel.port}/{SERVICE}"
        self.assertRan(self.run_once(redis=f"redis+sentinel://:correct%20horse@{url}"))
        self.assertRefused(self.run_once(redis=f"redis+sentinel://:mistaken@{url}"), 77, "WRONGPASS", never=["mistaken"])

    def test_a_user_without_a_password_is_for_the_master_too(self):
        server = self.enterContext(Server({"requirepass": "correct horse"}))
        server.call("ACL", "SETUSER", "app", "on", "nopass", "~*", "&*", "+@all")
        sentinel = self.enterContext(Sentinel())
        sentinel.watch(server, 1, 60000)
        self.assertRan(self.run_once(redis=f"redis+sentinel://app@127.0.0.1:{sentinel.port}/{SERVICE}"))


class Locked(SentinelTest):
    """Sentinels that want a password, the master's."""

    PASSWORD = "correct horse"
    LOGIN = ":correct%20horse"

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server({"requirepass": cls.PASSWORD}))
        cls.locked, cls.other, cls.open = (cls.enterClassContext(Sentinel()) for _ in range(3))
        for sentinel in (cls.locked, cls.other, cls.open):
            sentinel.watch(cls.server, 1, 60000)
        for sentinel in (cls.locked, cls.other):
            sentinel.call("ACL", "SETUSER", "default", "resetpass", f">{cls.PASSWORD}")

    def url(self, login, *sentinels):
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in sentinels)
        return f"redis+sentinel://{login}{'@' if login else ''}{hosts}/{SERVICE}"

    def test_the_password_of_the_url_opens_them(self):
        url = self.url(self.LOGIN, self.locked)
        self.assertRan(self.run_once(redis=url))
        self.assertEqual(limiters("doctor", redis=url).code, 0)

    def test_without_a_password_it_is_77(self):
        for sentinels in ([self.locked], [self.locked, self.other]):
            url = self.url("", *sentinels)
            self.assertEnds(77, f"127.0.0.1:{self.locked.port}", "NOAUTH", "password", redis=url)
            self.assertEqual(limiters("doctor", redis=url).code, 77)

    def test_with_a_wrong_one_it_is_77_and_not_shown(self):
        url = self.url(":mistaken", self.locked, self.other)
        self.assertEnds(77, "WRONGPASS", redis=url, never=["mistaken"])
        doctor = limiters("doctor", redis=url)
        self.assertEqual(doctor.code, 77)
        self.assertNotIn("mistaken", doctor.out)

    def test_a_sentinel_that_is_down_beside_it_changes_nothing(self):
        dead = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{self.locked.port},127.0.0.1:{free_port()}/{SERVICE}"
        self.assertEnds(77, "NOAUTH", redis=dead)

    def test_one_that_is_open_is_asked_whatever_the_others_say(self):
        with Server() as free, Sentinel() as knows:
            knows.watch(free, 1, 60000)
            for sentinels in ([self.locked, self.other, knows], [knows, self.locked]):
                self.assertRan(self.run_once(redis=self.url("", *sentinels)))

    def test_a_master_that_is_down_is_no_refusal_by_a_sentinel(self):
        with Server() as away, Sentinel() as knows:
            knows.watch(away, 1, 60000)
            away.kill()
            for sentinels in ([self.locked, knows], [knows, self.locked]):
                result = self.run_once("--redis-timeout", "1s", redis=self.url("", *sentinels))
                self.assertRefused(result, 69)

    def test_an_open_one_never_sees_the_password(self):
        self.assertRan(self.run_once(redis=self.url(self.LOGIN, self.open)))
        self.assertNotIn("cmdstat_auth", self.open.call("INFO", "commandstats"))


class Stale(OnceTest):
    """A sentinel that has not heard of the last failover names a master that is none any more."""

    @classmethod
    def setUpClass(cls):
        cls.watched = cls.enterClassContext(Watched(sentinels=1))
        cls.stale = cls.enterClassContext(Sentinel())
        cls.stale.watch(cls.watched.replica, 1, 3600000)

    def setUp(self):
        # It would take writes, and lose them: only its role tells.
        self.watched.replica.call("CONFIG", "SET", "replica-read-only", "no")
        self.watched.replica.call("SCRIPT", "LOAD", script_text("semaphore/acquire"))

    def keys_of_the_replica_alone(self):
        return set(self.watched.replica.call("KEYS", "*")) - set(self.watched.master.call("KEYS", "*"))

    def test_what_it_names_is_refused(self):
        result = self.run_once("--redis-timeout", "500ms", redis=self.watched.url_of(self.stale))
        self.assertRefused(result, 69, f"127.0.0.1:{self.watched.replica.port}", "not a master any more")
        self.assertEqual(self.keys_of_the_replica_alone(), set())

    def test_the_next_one_is_asked(self):
        self.assertRan(self.run_once(redis=self.watched.url_of(self.stale, *self.watched.sentinels)))
        self.assertEqual(self.watched.master.call("EXISTS", P), 1)
        self.assertEqual(self.keys_of_the_replica_alone(), set())


if __name__ == "__main__":
    unittest.main()
