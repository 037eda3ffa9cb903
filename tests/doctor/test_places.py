"""Several hosts, a cluster, sentinels: doctor asks each server that a caller could meet."""

import unittest

from cli.case import PATIENCE
from doctor.case import DoctorTest, allow, as_job, rule
from support.cluster import Cluster
from support.sentinel import Watched
from support.server import Server, free_port
from support.wait import eventually

FLEETING = {"LIMITERS_REDIS_TIMEOUT": "1s"}


def hosts(*ports):
    return "redis://" + ",".join(f"127.0.0.1:{port}" for port in ports)


class SeveralHosts(DoctorTest):
    def setUp(self):
        self.master, self.other = (self.enterContext(Server()) for _ in range(2))
        self.url = hosts(self.master.port, self.other.port)

    def follow(self):
        self.other.call("REPLICAOF", "127.0.0.1", self.master.port)
        eventually(lambda: "master_link_status:up" in self.other.call("INFO", "replication"), PATIENCE)

    def test_a_master_and_its_replica_are_well_in_any_order(self):
        self.follow()
        for url in (self.url, hosts(self.other.port, self.master.port)):
            self.assertHealthy(url)
            self.assertEqual(sorted(node["role"] for node in self.report["nodes"]), ["master", "replica"])

    def test_two_masters_share_no_limits(self):
        self.assertProblem(70, self.url, self.url, "several", "masters")

    def test_no_master_is_69(self):
        self.follow()
        self.assertProblem(69, hosts(self.other.port, self.other.port), "none", "master")

    def test_a_host_that_is_away_is_a_note_while_another_serves(self):
        away = free_port()
        self.assertNote(hosts(away, self.master.port), f"127.0.0.1:{away}", "cannot reach", env=FLEETING)

    def test_all_away_is_69(self):
        result = self.doctor(hosts(free_port(), free_port()), env=FLEETING)
        self.assertEqual((result.code, len(self.texts("problem"))), (69, 2))

    def test_what_would_endanger_leases_after_a_failover_is_found_on_the_replica(self):
        self.follow()
        self.other.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        self.assertProblem(70, self.url, f"127.0.0.1:{self.other.port}", "allkeys-lru")
        self.other.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
        allow([self.master], rule())
        self.assertProblem(77, as_job(self.url), f"127.0.0.1:{self.other.port}", "WRONGPASS")


class InACluster(DoctorTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(masters=2))

    def test_one_seed_leads_to_every_master(self):
        for seed in self.cluster.servers:
            self.assertHealthy(self.cluster.url_of(seed))
            self.assertEqual(sorted(node["address"] for node in self.report["nodes"]),
                             sorted(f"127.0.0.1:{node.port}" for node in self.cluster.masters))
            self.assertEqual({node["mode"] for node in self.report["nodes"]}, {"cluster"})

    def test_a_seed_that_is_away_is_a_note(self):
        away = free_port()
        self.assertNote(f"{self.cluster.url},127.0.0.1:{away}", f"127.0.0.1:{away}", env=FLEETING)

    def test_each_master_has_rights_and_settings_of_its_own(self):
        first, second = self.cluster.masters
        second.call("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        self.addCleanup(second.call, "CONFIG", "SET", "maxmemory-policy", "noeviction")
        self.assertProblem(70, self.cluster.url_of(first), f"127.0.0.1:{second.port}", "volatile-lru")
        second.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
        allow([first], rule())
        allow([second], [part for part in rule() if part not in ("+hget", "+asking")])
        self.assertProblem(77, as_job(self.cluster.url_of(first)), f"127.0.0.1:{second.port}", "+hget +asking")

    def test_nothing_is_left_behind(self):
        self.doctor(self.cluster.url)
        self.assertEqual([node.call("KEYS", "*") for node in self.cluster.servers], [[], []])

    def test_slots_that_nobody_has_are_a_problem(self):
        first, second = self.cluster.masters
        last = 16383
        first.call("CLUSTER", "DELSLOTS", last)
        second.call("CLUSTER", "DELSLOTS", last)
        result = self.doctor(self.cluster.url_of(first))
        second.call("CLUSTER", "ADDSLOTS", last)
        for node in self.cluster.masters:
            eventually(lambda: "cluster_state:ok" in node.call("CLUSTER", "INFO"), PATIENCE)
        self.assertEqual(result.code, 69)
        self.assertRegex("\n".join(self.texts("problem")), "1 of 16384 slots")


class BehindSentinels(DoctorTest):
    @classmethod
    def setUpClass(cls):
        cls.watched = cls.enterClassContext(Watched(sentinels=2))

    def test_the_master_is_asked(self):
        self.assertHealthy(self.watched.url)
        [node] = self.report["nodes"]
        self.assertEqual((node["address"], node["role"], node["replicas"]),
                         (f"127.0.0.1:{self.watched.master.port}", "master", 1))

    def test_a_sentinel_that_is_away_is_a_note(self):
        away = free_port()
        url = self.watched.url.replace("://", f"://127.0.0.1:{away},")
        self.assertNote(url, f"127.0.0.1:{away}", "cannot reach", env=FLEETING)

    def test_an_unknown_service_is_69(self):
        url = self.watched.url_of(self.watched.sentinels[0], service="nobody")
        self.assertProblem(69, url, "nobody", f"127.0.0.1:{self.watched.sentinels[0].port}")

    def test_the_password_is_for_the_master(self):
        allow([self.watched.master], rule())
        self.assertHealthy(as_job(self.watched.url))
        self.assertProblem(77, as_job(self.watched.url).replace("word", "mistake"), "WRONGPASS")

    def test_a_user_without_a_password_is_for_the_master(self):
        allow([self.watched.master], [*rule(), "nopass"])
        self.assertHealthy(self.watched.url.replace("://", "://job@"))

    def test_a_master_that_has_become_a_replica_is_a_problem(self):
        self.watched.master.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        self.addCleanup(self.watched.master.call, "CONFIG", "SET", "maxmemory-policy", "noeviction")
        self.assertProblem(70, self.watched.url, f"127.0.0.1:{self.watched.master.port}", "allkeys-lru")


if __name__ == "__main__":
    unittest.main()
