"""limiters sem acquire: what it prints, how long the lease lasts, and how it ends without one."""

import os
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from support.server import free_port
from support.wait import eventually


class Lease(LeaseTest):
    def test_it_prints_one_line_of_one_shell_word_and_holds_a_slot(self):
        result = self.acquire()
        self.assertEqual((result.code, result.err), (0, ""))
        [id] = self.holders()
        self.assertRegex(result.out, rf"\Asem\.[A-Za-z0-9_-]+\.{id}\.[0-9a-f]{{8}}\n\Z")

    def test_a_name_that_a_shell_would_take_apart_is_one_word_too(self):
        self.name = "a b'$(c)\"*;é" + "x" * 150
        lease = self.lease()
        self.assertRegex(lease, r"\A[A-Za-z0-9_.-]+\Z")
        self.assertSilent(self.release(lease))
        self.assertFree()

    def test_two_leases_are_two_slots(self):
        self.assertNotEqual(self.lease("-j", "2"), self.lease("-j", "2"))
        self.assertEqual(len(self.holders()), 2)
        self.assertEqual(self.acquire("-j", "2", "-n").code, 75)

    def test_the_weight_is_what_it_takes(self):
        self.lease("-j", "3", "--weight", "3")
        self.assertEqual(self.acquire("-j", "3", "-n").code, 75)

    def test_it_lasts_one_expiry_and_ends_by_itself(self):
        self.lease("--expiry", "1s")
        end = self.lease_end()
        self.assertSilent(self.sem())
        self.assertGreater(self.server_now(), end)

    def test_it_waits_its_turn_and_prints_then(self):
        holder = self.holder()
        waiting = self.start(*self.acquire_words())
        eventually(self.waiters, PATIENCE, "the place in the queue")
        self.assertEqual(waiting.out(), "")
        holder.finish()
        result = waiting.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertIn(self.holders()[0], result.out)

    def test_status_is_told_the_script_that_asked(self):
        for program in ("bash", "dash"):
            with self.subTest(program=program):
                script = self.script('lease=$("$LIMITERS" sem acquire --name "$1" -j 9) && echo "$lease" && read -r go',
                                     program=program)
                id = script.wait_for_out("sem.", PATIENCE).split(".")[2]
                self.assertEqual(self.record(id)[-2:], [str(script.pid), program])


class NoLease(LeaseTest):
    def test_a_taken_slot_is_75_without_a_wait(self):
        self.lease()
        for options in (["-n"], ["-w", "0"], ["-w", "10ms"]):
            with self.subTest(options=options):
                self.assertRefused(self.acquire(*options), 75, self.name, "1 of 1 in use")
        self.assertEqual(len(self.holders()), 1)
        self.assertEqual(self.waiters(), [])

    def test_another_code_can_be_set(self):
        self.lease()
        self.assertSilent(self.acquire("-n", "-E", "0"))
        self.assertRefused(self.acquire("-n", "-E", "9"), 9)

    def test_a_server_that_is_not_there_is_69(self):
        away = f"redis://127.0.0.1:{free_port()}"
        options = ["--redis-timeout", "100ms"]
        self.assertRefused(self.acquire(*options, redis=away), 69, self.name, away)
        self.assertRefused(self.acquire(*options, "--until-exit", str(os.getpid()), redis=away), 69, self.name, away)
        self.assertEqual(self.keepers(), [])


if __name__ == "__main__":
    unittest.main()
