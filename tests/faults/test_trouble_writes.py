"""Servers that answer but take no writes: OOM, MISCONF, NOREPLICAS, READONLY, MASTERDOWN."""

import unittest

from faults.callers import PATIENCE, P
from faults.trouble import AtEachStep, TroubleTest
from support.server import free_port
from support.wait import eventually


class OutOfMemory(AtEachStep, TroubleTest):
    said = "it has no memory left: maxmemory is reached"

    def begin(self):
        self.control.call("CONFIG", "SET", "maxmemory", "1")

    def end(self):
        self.control.call("CONFIG", "SET", "maxmemory", "0")


    test_a_command_outlives_it_and_its_lease_comes_back = None  # it has never gone: see below

    def test_a_lease_goes_on_for_longer_than_it_is_and_nobody_gets_in_beside_it(self):
        holder = self.holder("holder", expiry="1s")
        id = self.id_of(holder)
        self.begin()
        newcomer = self.caller("newcomer", "--redis-timeout", "2m", expiry="1s")
        first = self.lease_end(id)
        eventually(lambda: self.lease_end(id) > first + 3_000_000, PATIENCE, "renewals for three times the lease")
        self.assertEqual(self.live_holders(), {id})
        self.end()
        eventually(self.waiters, PATIENCE, "the newcomer in the queue")
        self.assertEqual(self.stage.started(), ["holder"])
        result = holder.finish(5)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertEndedAs(newcomer.wait_for_start().finish(), 0)
        self.assertEqual(self.stage.most_at_once(), 1)

    def test_a_release_passes(self):
        holder = self.holder("holder", expiry="1m")
        self.begin()
        result = holder.finish(5)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertFree()
        self.end()

    def lease_end(self, id):
        return int(self.server.call("ZSCORE", f"{P}:holders", id))


class FailedSave(AtEachStep, TroubleTest):
    said = "it could not save its data to disk and takes no writes"
    config = {"save": "3600 1", "dbfilename": "taken"}

    def setUp(self):
        super().setUp()
        (self.server.folder / "taken" / "by a folder").mkdir(parents=True)

    def begin(self):
        self.control.call("CONFIG", "SET", "save", "3600 1")
        self.control.call("BGSAVE")
        eventually(lambda: "rdb_last_bgsave_status:err" in self.control.call("INFO", "persistence"))

    def end(self):
        self.control.call("CONFIG", "SET", "save", "")


class TooFewReplicas(AtEachStep, TroubleTest):
    said = "it has fewer replicas than min-replicas-to-write and takes no writes"

    def begin(self):
        self.control.call("CONFIG", "SET", "min-replicas-to-write", "1")

    def end(self):
        self.control.call("CONFIG", "SET", "min-replicas-to-write", "0")


class Demoted(AtEachStep, TroubleTest):
    said = "it is a replica and takes no writes"

    def begin(self):
        self.control.call("REPLICAOF", "127.0.0.1", free_port())

    def end(self):
        self.control.call("REPLICAOF", "NO", "ONE")


class DemotedWithoutItsMaster(Demoted):
    said = "it is a replica that has lost its master"
    config = {"replica-serve-stale-data": "no"}


if __name__ == "__main__":
    unittest.main()
