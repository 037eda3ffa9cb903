"""A semaphore in a cluster: found through any seed, at the price of one connection."""

import unittest

from faults.callers import P, PATIENCE
from in_a_cluster import ClusterTest
from support.server import free_port
from support.tool import limiters, spawn
from support.wait import eventually

SEM = "limiters:2:sem:{{{}}}"


class InACluster(ClusterTest):
    def run_once(self, seeds, *options, name="t"):
        return limiters(*options, "sem", "run", "--name", name, "--capacity", "1", "--", "echo", "ran", redis=seeds)

    def assertRan(self, result):
        self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""), result)

    def connections(self):
        return self.home.connections_so_far(), self.other.connections_so_far()

    def test_every_seed_leads_to_the_owner(self):
        for seed in self.server.servers:
            self.server.empty()
            self.assertRan(self.run_once(self.server.url_of(seed)))
            self.assertIn(P, self.existing(self.home))
            self.assertEqual(self.existing(self.other), [])

    def test_two_limiters_live_on_two_masters(self):
        names = [self.server.name_on(node, SEM) for node in self.server.masters]
        with spawn("sem", "run", "--name", names[0], "--capacity", "1", "--", "sleep", "1000", redis=self.server.url) as held:
            key = SEM.format(names[0]) + ":holders"
            eventually(lambda: self.server.masters[0].call("ZCARD", key) == 1, PATIENCE)
            self.assertRan(self.run_once(self.server.url, "-q", name=names[1]))
            self.assertEqual(self.server.masters[0].call("EXISTS", SEM.format(names[0])), 1)
            self.assertEqual(self.server.masters[1].call("EXISTS", SEM.format(names[1])), 1)
            held.signal(15)
            self.assertEqual(held.wait().code, -15)

    def test_a_bucket_is_found_as_well(self):
        for seed in self.server.servers:
            result = limiters("bucket", "run", "--name", "b", "--rate", "100/1s", "--", "echo", "ran", redis=self.server.url_of(seed))
            self.assertRan(result)
        self.assertEqual(self.server.call("EXISTS", "limiters:2:bucket:{b}"), 1)

    def test_the_right_seed_costs_one_connection_however_long_the_run(self):
        before = self.connections()
        holder = self.holder("holder", "-v", redis=self.server.url_of(self.home), expiry="6s")
        self.watch_renewals(2)
        self.assertEqual(holder.finish(4).code, 4)
        self.assertEqual(self.difference(before), (1, 0), self.errors_of(holder))

    def test_a_redirection_costs_one_connection_more_however_long_the_run(self):
        before = self.connections()
        holder = self.holder("holder", "-v", redis=self.server.url_of(self.other), expiry="6s")
        self.watch_renewals(2)
        self.assertEqual(holder.finish(4).code, 4)
        self.assertEqual(self.difference(before), (1, 1), self.errors_of(holder))
        self.assertEqual(self.other.errors_so_far("MOVED") > 0, True)

    def test_a_wait_costs_no_connection_more(self):
        holder = self.holder("holder")
        before = self.connections()
        waiter = self.caller("waiter", "-v", redis=self.server.url_of(self.other))
        eventually(lambda: self.home.keeper.call("ZCARD", f"{P}:waiters") == 1, PATIENCE)
        holder.finish()
        self.assertEqual(waiter.wait_for_start().finish(4).code, 4)
        self.assertEqual(self.difference(before), (1, 1), self.errors_of(waiter))

    def watch_renewals(self, count):
        """Over the connection that is there anyway: none must be counted."""
        def end():
            return int(self.home.keeper.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")[1])
        for _ in range(count):
            last = end()
            eventually(lambda: end() > last, PATIENCE, "a renewal")

    def difference(self, before):
        return tuple(now - then for now, then in zip(self.connections(), before))

    def test_seeds_that_are_down_are_passed(self):
        self.run_once(self.server.url)
        dead = f"redis://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
        self.assertRan(self.run_once(f"{dead},127.0.0.1:{self.other.port}"))

    def test_a_seed_that_is_down_costs_a_fresh_limiter_no_settling_time(self):
        result = self.run_once(f"redis://127.0.0.1:{free_port()},127.0.0.1:{self.home.port}")
        self.assertRan(result)
        self.assertLess(result.seconds, 8)  # a third of the expiry and 2 s: 12 s

    def test_another_database_than_0_is_refused(self):
        result = self.run_once(self.server.url + "/1")
        self.assertEqual((result.code, result.out, len(result.err.splitlines())), (70, "", 1), result)


class ClusterDown(ClusterTest):
    def setUp(self):
        super().setUp()
        self.lacking = next(s for s in range(self.slot + 1, self.slot + 3) if self.home_has(s))

    def home_has(self, slot):
        return any(row[0] <= slot <= row[1] and row[2][1] == self.home.port for row in self.home.call("CLUSTER", "SLOTS"))

    def go_down(self):
        """Without all slots it serves none: CLUSTERDOWN."""
        self.home.call("CLUSTER", "DELSLOTS", self.lacking)
        self.addCleanup(self.come_back)
        eventually(lambda: "cluster_state:fail" in self.home.call("CLUSTER", "INFO"), PATIENCE)

    def come_back(self):
        if not self.home_has(self.lacking):
            self.home.call("CLUSTER", "ADDSLOTS", self.lacking)
        eventually(lambda: "cluster_state:ok" in self.home.call("CLUSTER", "INFO"), PATIENCE)

    def refusals(self, beyond=0):
        return self.home.errors_so_far("CLUSTERDOWN") - beyond

    def test_it_is_waited_out_by_holders_waiters_and_newcomers(self):
        holder = self.holder("holder", expiry="2s")
        waiter = self.queue("waiter", expiry="2s")
        before = self.refusals()
        self.go_down()
        newcomer = self.caller("newcomer", "--redis-timeout", "2m", expiry="2s", redis=self.server.url_of(self.home))
        waiter.running.wait_for_err("its cluster is down", PATIENCE)
        eventually(lambda: self.refusals(before) >= 6, PATIENCE, "all three to be refused")
        self.assertFalse(newcomer.started())
        self.come_back()
        self.wait_for_renewals()
        self.assertEndedAs(holder.finish(1), 1)
        self.assertEndedAs(waiter.wait_for_start().finish(2), 2)
        self.assertEndedAs(newcomer.wait_for_start().finish(3), 3)
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertFree()

    def test_one_that_has_never_been_served_gives_up_after_the_timeout(self):
        self.go_down()
        result = limiters("--redis-timeout", "300ms", "sem", "run", "--name", "t", "--capacity", "1", "--", "echo", "ran",
                          redis=self.server.url_of(self.home))
        self.assertEqual((result.code, result.out), (69, ""), result)
        self.assertOneLine(result.err, "sem 't'", "its cluster is down", str(self.home.port))


if __name__ == "__main__":
    unittest.main()
