"""Servers that answer but take no writes: OOM, MISCONF, NOREPLICAS, READONLY, MASTERDOWN."""

import unittest

from faults.trouble import AtEachStep, TroubleTest
from support.server import free_port
from support.wait import eventually


class OutOfMemory(AtEachStep, TroubleTest):
    word = "OOM"

    def begin(self):
        self.control.call("CONFIG", "SET", "maxmemory", "1")

    def end(self):
        self.control.call("CONFIG", "SET", "maxmemory", "0")


class FailedSave(AtEachStep, TroubleTest):
    word = "MISCONF"
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
    word = "NOREPLICAS"

    def begin(self):
        self.control.call("CONFIG", "SET", "min-replicas-to-write", "1")

    def end(self):
        self.control.call("CONFIG", "SET", "min-replicas-to-write", "0")


class Demoted(AtEachStep, TroubleTest):
    word = "READONLY"

    def begin(self):
        self.control.call("REPLICAOF", "127.0.0.1", free_port())

    def end(self):
        self.control.call("REPLICAOF", "NO", "ONE")


class DemotedWithoutItsMaster(Demoted):
    word = "MASTERDOWN"
    config = {"replica-serve-stale-data": "no"}


if __name__ == "__main__":
    unittest.main()
