"""The limiters of all masters of a cluster, and of the master that sentinels name."""

import unittest

from cli.case import PATIENCE
from status.case import parsed
from support.cluster import Cluster
from support.sentinel import SERVICE, Watched
from support.tool import limiters, spawn
from support.wait import eventually

SEM, BUCKET = "limiters:2:sem:{{{}}}", "limiters:2:bucket:{{{}}}"


class InACluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(masters=2, followed="limiters:2:sem:{x}"))

    def setUp(self):
        self.cluster.empty()
        self.names = [self.cluster.name_on(node, SEM) for node in self.cluster.masters]
        for name in self.names:
            limiters("sem", "run", "--name", name, "-j", "1", "--", "true", redis=self.cluster.url)
        self.bucket = self.cluster.name_on(self.cluster.masters[1], BUCKET)
        limiters("bucket", "run", "--name", self.bucket, "--rate", "1/1h", "--", "true", redis=self.cluster.url)

    def test_every_seed_shows_all_of_them(self):
        for seed in self.cluster.servers:
            url = self.cluster.url_of(seed)
            result = limiters("status", "--json", redis=url)
            self.assertEqual((result.code, result.err), (0, ""))
            report = parsed(result.out)
            self.assertEqual(report["server"], url)
            self.assertEqual(sorted((row["kind"], row["name"]) for row in report["limiters"]),
                             sorted([("bucket", self.bucket), *(("sem", name) for name in self.names)]))

    def test_holders_waiters_and_labels_of_each_master_are_shown(self):
        for name in self.names:
            acquire = ["sem", "acquire", "--name", name, "-j", "1", "--label"]
            self.assertEqual(limiters(*acquire, "first", redis=self.cluster.url).code, 0)
            self.enterContext(spawn(*acquire, "second", redis=self.cluster.url))
        def queues():
            report = parsed(limiters("status", "--json", redis=self.cluster.url).out)
            return {row["name"]: [[one["label"] for one in row[part]] for part in ("holders", "waiting")]
                    for row in report["limiters"] if row["kind"] == "sem"}
        eventually(lambda: queues() == {name: [["first"], ["second"]] for name in self.names}, PATIENCE, "the waiters")

    def test_each_master_is_connected_to_once(self):
        before = [node.connections_so_far() for node in self.cluster.masters]
        limiters("status", redis=self.cluster.url_of(self.cluster.masters[0]))
        after = [node.connections_so_far() for node in self.cluster.masters]
        self.assertEqual([now - then for now, then in zip(after, before)], [2, 1])

    def test_a_reset_finds_the_owner(self):
        for seed in self.cluster.servers:
            limiters("bucket", "run", "--name", self.bucket, "--rate", "1/1h", "-n", "--", "true", redis=self.cluster.url)
            result = limiters("reset", "bucket", self.bucket, "--yes", redis=self.cluster.url_of(seed))
            self.assertEqual((result.code, result.out, result.err), (0, "", ""))
            self.assertEqual(self.cluster.call("EXISTS", BUCKET.format(self.bucket)), 0)


class BehindSentinels(unittest.TestCase):
    def test_the_master_is_looked_at_and_reset(self):
        with Watched(sentinels=1) as watched:
            url = f"redis+sentinel://127.0.0.1:{watched.sentinels[0].port}/{SERVICE}"
            limiters("bucket", "run", "--name", "b", "--rate", "1/1h", "--", "true", redis=url)
            self.assertIn("bucket  b", limiters("status", redis=url).out)
            self.assertEqual(limiters("reset", "bucket", "b", "--yes", redis=url).err, "")
            self.assertEqual(limiters("status", redis=url).out, "")


if __name__ == "__main__":
    unittest.main()
