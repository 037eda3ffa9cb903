"""The local server dies while leases are held: the next caller starts it, and nobody loses a slot."""

import os
import pathlib
import signal
import unittest

from local.case import KEY, PATIENCE, SEM, LocalServerTest
from support.wait import eventually

HOLDERS = f"{KEY}:holders"
STARTED = "started a private server"


class Crash(LocalServerTest):
    def test_one_that_was_killed_is_started_again_by_the_next_caller(self):
        self.machine.sem()
        self.machine.kill_servers()
        self.assertStarts(self.machine.sem("--expiry", "1s", command=["echo", "ran"]), "ran\n")

    def test_the_holder_goes_on_and_none_too_many_run(self):
        gate, holder = self.gate(), self.holder("--expiry", "3s")
        [id] = self.client().call("ZRANGE", HOLDERS, 0, -1)
        self.machine.kill_servers()
        with self.machine.start(*SEM, "--expiry", "3s", "--", "echo", "ran") as newcomer:
            eventually(self.server, PATIENCE, "the next server")
            client = eventually(self.client, PATIENCE, "an answer of it")
            eventually(lambda: client.call("ZRANGE", HOLDERS, 0, -1) == [id], PATIENCE, "the holder again")
            eventually(lambda: client.call("ZCARD", f"{KEY}:waiters") == 1 or not newcomer.running(), PATIENCE,
                       "the newcomer in the queue")
            self.assertEqual((holder.running(), newcomer.out()), (True, ""))
            os.write(gate, b"7\n")
            ended, admitted = holder.wait(PATIENCE), newcomer.wait(PATIENCE)
        self.assertEqual((ended.code, ended.out), (7, "started\nended\n"), ended)
        self.assertEqual((admitted.code, admitted.out), (0, "ran\n"), admitted)
        self.assertEqual((ended.err + admitted.err).count(STARTED), 2, (ended, admitted))  # each server is told once
        self.server()

    def test_a_holder_that_starts_it_again_is_not_its_parent(self):
        gate, holder = self.gate(), self.holder("--expiry", "3s")
        [limiters] = holder.children()
        self.machine.kill_servers()
        eventually(lambda: holder.err().count(STARTED) == 2, PATIENCE, "the next server")
        [_, parent, *_] = pathlib.Path(f"/proc/{self.server()}/stat").read_text().rpartition(") ")[2].split()
        self.assertNotEqual(int(parent), limiters)
        os.write(gate, b"7\n")
        self.assertEqual(holder.wait(PATIENCE).code, 7)

    def test_a_holder_that_was_stopped_gets_its_slot_back_before_the_newcomer_who_started_the_server(self):
        gate, holder = self.gate(), self.holder("-q", "--expiry", "3s")
        [limiters] = holder.children()
        os.kill(limiters, signal.SIGSTOP)  # so that it is the next caller who finds the server gone
        stat = pathlib.Path(f"/proc/{holder.pid}/stat")
        eventually(lambda: stat.read_text().rpartition(") ")[2][0] == "T", PATIENCE, "nsenter, which stops as well")
        self.machine.kill_servers()
        with self.machine.start(*SEM, "--expiry", "3s", "--", "echo", "ran") as newcomer:
            newcomer.wait_for_err(STARTED, PATIENCE)
            holder.signal(signal.SIGCONT)  # which continues limiters
            client = self.client()
            eventually(lambda: client.call("ZCARD", HOLDERS) == 1, PATIENCE, "the reclaim")
            self.assertEqual(newcomer.out(), "")
            os.write(gate, b"7\n")
            self.assertEqual(holder.wait(PATIENCE).code, 7)
            self.assertEqual(newcomer.wait(PATIENCE).out, "ran\n")
        self.assertEqual(client.call("ZCARD", HOLDERS), 0)

    def test_a_caller_who_finds_a_socket_that_nobody_listens_on_replaces_it(self):
        stale = "import socket; socket.socket(socket.AF_UNIX).bind('/run/limiters/redis.sock')"
        self.machine.run("mkdir", "-m", "700", "/run/limiters")
        self.assertEqual(self.machine.run("python3", "-c", stale).code, 0)
        self.assertStarts(self.machine.sem("--expiry", "1s"))
        self.assertSilent(self.machine.sem("--expiry", "1s"))


if __name__ == "__main__":
    unittest.main()
