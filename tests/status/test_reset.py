"""limiters reset: a limiter as if it had never been used, for who holds it, who waits and who asks on a terminal."""

import unittest

from cli.case import PATIENCE
from status.case import StatusTest, Tty
from support.tool import limiters
from support.wait import eventually


class ResetTest(StatusTest):
    def reset(self, *words, **more):
        return limiters("reset", *words, redis=more.pop("redis", self.redis), timeout=PATIENCE, **more)

    def ask(self, kind="sem"):
        """A reset on a terminal that has asked its question."""
        tty = Tty(self, "reset", kind, self.name, streams=("stdin", "stderr"))
        tty.wait_for("[y/N]")
        return tty


class Semaphores(ResetTest):
    def test_a_holder_is_told_and_its_command_is_stopped(self):
        holder = self.holder("--expiry", "1s")
        self.assertSilent(self.reset("sem", self.name, "--yes"))
        result = holder.running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertOneLine(result.err, "the lease is lost", "CMD is being stopped")
        self.assertFree()

    def test_a_holder_that_keeps_its_command_goes_on(self):
        holder = self.holder("--expiry", "1s", "--on-lost", "keep")
        self.reset("sem", self.name, "--yes")
        holder.running.wait_for_err("--on-lost keep", PATIENCE)
        self.assertFree()
        self.assertEqual(holder.finish(7).code, 7)

    def test_waiters_go_on_waiting_and_are_served(self):
        self.holder("--expiry", "1d")
        waiters = [self.waiter("--expiry", "1d") for _ in range(3)]
        self.reset("sem", self.name, "--yes")
        while waiters:
            started = eventually(lambda: [waiter for waiter in waiters if waiter.started()], PATIENCE, "the next holder")
            self.assertEqual(started[0].finish(3).code, 3)
            waiters.remove(started[0])

    def test_the_end_of_a_command_that_had_lost_its_slot_takes_nothing_from_others(self):
        before = self.holder("--expiry", "1d")
        self.reset("sem", self.name, "--yes")
        after = self.holder("--expiry", "1d")
        held = self.holders()
        self.assertEndedAs(before.finish(4), 4, "started\n")
        self.assertEqual(self.holders(), held)
        self.assertEqual(after.finish().code, 0)

    def test_one_that_is_not_there_is_silence(self):
        for words in (("sem", self.name), ("bucket", self.name)):
            self.assertSilent(self.reset(*words, "--yes"))
        self.assertEqual(self.server.call("EXISTS", self.key, self.bucket_key), 0)

    def test_another_of_the_same_name_is_left_alone(self):
        holder = self.holder("--expiry", "1d")
        self.bucket()
        self.reset("bucket", self.name, "--yes")
        self.assertEqual(len(self.holders()), 1)
        self.bucket()
        self.reset("sem", self.name, "--yes")
        self.assertEqual(self.bucket_state()["level"], "0")
        holder.finish()


class Buckets(ResetTest):
    def test_it_is_full_again(self):
        self.bucket()
        self.assertEqual(self.bucket("--no-wait").code, 75)
        self.assertSilent(self.reset("bucket", self.name, "--yes"))
        self.assertSilent(self.bucket("--no-wait"))


class Refused(ResetTest):
    def test_without_a_terminal_it_wants_a_yes(self):
        self.bucket()
        self.assertRefused(self.reset("bucket", self.name), 64, f"bucket '{self.name}'", "--yes")
        self.assertEqual(self.bucket("--no-wait").code, 75)

    def test_with_half_a_terminal_too(self):
        for streams in (("stdin",), ("stderr",), ("stdout",), ("stdin", "stdout")):
            tty = Tty(self, "reset", "sem", self.name, streams=streams)
            self.assertEqual(tty.wait().code, 64)

    def test_another_kind_or_a_bad_name_is_64(self):
        for words in ((), ("sem",), ("lock", "x"), ("sem", ""), ("sem", "a{b}"), ("sem", "x", "y"), ("sem", "x", "--", "true")):
            with self.subTest(words=words):
                self.assertRefused(self.reset("--yes", *words), 64)

    def test_a_key_of_another_type_is_70_and_left_alone(self):
        for key, kind in ((self.key, "sem"), (self.bucket_key, "bucket")):
            self.server.call("SET", key, "x")
            self.addCleanup(self.server.call, "DEL", key)
            self.assertRefused(self.reset(kind, self.name, "--yes"), 70, "WRONGTYPE", key)
            self.assertEqual(self.server.call("GET", key), "x")

    def test_without_the_right_to_write_it_is_77(self):
        self.server.call("ACL", "SETUSER", "looker", "on", "nopass", "~*", "+@all", "-@write")
        self.bucket()
        redis = f"redis://looker:x@127.0.0.1:{self.server.port}"
        self.assertRefused(self.reset("bucket", self.name, "--yes", redis=redis), 77)


class Asking(ResetTest):
    def test_it_says_what_it_would_do_to_a_semaphore(self):
        self.holder("--capacity", "2", "--expiry", "1d")
        self.holder("--capacity", "2", "--expiry", "1d")
        self.waiter("--capacity", "2")
        tty = self.ask()
        for part in (f"limiters: sem '{self.name}' on {self.redis}", "2 holders would lose", "1 waiter would"):
            self.assertIn(part, tty.text())

    def test_it_says_what_it_would_do_to_a_bucket(self):
        self.tokens(3)
        self.assertIn("-2 of 1 tokens, 2 of them promised", self.ask("bucket").text())

    def test_yes_does_it_and_says_no_more(self):
        self.bucket()
        tty = self.ask("bucket")
        tty.type("y\n")
        self.assertEqual((tty.wait().code, tty.text().count("\n")), (0, 1))
        self.assertEqual(self.server.call("EXISTS", self.bucket_key), 0)

    def test_anything_else_does_nothing(self):
        self.bucket()
        for answer in ("n\n", "\n", " y\n", "\x04"):
            with self.subTest(answer=answer):
                tty = self.ask("bucket")
                tty.type(answer)
                self.assertEqual(tty.wait().code, 0)
                self.assertIn("nothing was reset", tty.text())
                self.assertEqual(self.server.call("EXISTS", self.bucket_key), 1)

    def test_one_that_is_not_there_is_not_asked_about(self):
        tty = Tty(self, "reset", "sem", self.name, streams=("stdin", "stderr"))
        self.assertEqual((tty.wait().code, tty.text()), (0, ""))

    def test_a_signal_ends_the_question(self):
        self.bucket()
        tty = self.ask("bucket")
        tty.running.signal(2)
        self.assertEqual(tty.wait().code, -2)
        self.assertEqual(self.server.call("EXISTS", self.bucket_key), 1)


if __name__ == "__main__":
    unittest.main()
