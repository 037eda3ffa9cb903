"""How long sem run waits, and what it leaves when it gives up."""

import re
import signal
import unittest

from cli.case import PATIENCE, CliTest
from support.wait import eventually


class Wait(CliTest):
    def test_0_does_not_wait_and_leaves_nothing_in_the_queue(self):
        self.holder()
        for form in (["--max-sleep", "0"], ["-n"]):
            self.assertRefused(self.sem(*form), 75, f"sem '{self.name}' on {self.redis}: no slot is free",
                               "1 of 1 in use, 0 waiting", "try later, or raise --max-sleep")
        self.assertEqual((len(self.holders()), self.waiters()), (1, []))

    def test_0_takes_a_slot_that_is_free(self):
        self.assertSilent(self.sem("-n", command=["echo", "ran"]), 0, "ran\n")

    def test_a_short_wait_lasts_as_long_as_it_was_told_and_leaves_the_queue(self):
        holder = self.holder()
        result = self.sem("--max-sleep", "250ms")
        self.assertRefused(result, 75, "no slot within 250ms")
        self.assertGreaterEqual(result.seconds, 0.25)
        self.assertEqual(self.waiters(), [])
        holder.finish()
        self.assertFree()

    def test_the_first_in_the_queue_looks_again_when_a_min_hold_ends(self):
        self.sem("--min-hold", "500ms")
        with self.server.monitor() as monitor:
            self.assertSilent(self.sem())
            waits = [float(words[2]) for words in monitor.commands() if words[0] == "BLPOP"]
        self.assertLessEqual(sum(waits), 0.7)

    def test_wake_ups_for_nothing_do_not_shorten_the_wait(self):
        self.holder()
        waiter = self.start(*self.sem_words("--max-sleep", "1500ms"))
        [id] = eventually(self.waiters, PATIENCE, "a place in the queue")
        woken = 0
        while waiter.running():
            self.server.call("RPUSH", f"{self.key}:wake:{id}", "1")
            eventually(lambda: not waiter.running() or not self.server.call("EXISTS", f"{self.key}:wake:{id}"), PATIENCE)
            woken += 1
        result = waiter.wait()
        self.assertRefused(result, 75, "no slot within 1500ms")
        self.assertGreaterEqual(result.seconds, 1.5)
        self.assertGreater(woken, 10)

    def test_a_slot_that_comes_free_in_time_is_taken(self):
        holder, waiter = self.holder(), self.waiter("--max-sleep", "1h")
        holder.finish()
        waiter.wait_for_start()
        self.assertSilent(waiter.finish(3), 3, "started\n")

    def test_without_max_sleep_it_waits_on(self):
        holder, waiter = self.holder(), self.waiter()
        asked = self.server.call("INFO", "commandstats").split("cmdstat_blpop:calls=")[1].split(",")[0]
        eventually(lambda: self.server.call("INFO", "commandstats").split("cmdstat_blpop:calls=")[1].split(",")[0] != asked,
                   PATIENCE, "another question of the waiter")
        self.assertFalse(waiter.started())
        holder.finish()
        waiter.wait_for_start()

    def test_a_slot_is_given_within_the_wait_even_if_the_wake_up_is_lost(self):
        holder, waiter = self.holder(), self.waiter()
        [id] = self.waiters()
        self.server.call("ACL", "SETUSER", "default", "-rpush")  # the script's, not ours
        try:
            holder.finish()
            waiter.wait_for_start()
        finally:
            self.server.call("ACL", "SETUSER", "default", "+rpush")
        self.assertEqual(self.holders(), [id])
        self.assertSilent(waiter.finish(), 0, "started\n")

    def test_the_message_counts_holders_and_waiters(self):
        self.holder("-j", "2")
        self.holder("-j", "2")
        for _ in range(3):
            self.waiter("-j", "2")
        self.assertRefused(self.sem("-j", "2", "-n"), 75, "2 of 2 in use, 3 waiting")
        self.assertRefused(self.sem("-j", "2", "-w", "50ms"), 75, "2 of 2 in use, 3 waiting")


class WhoHolds(CliTest):
    """Whoever is refused, or asks with -v, is told who holds."""

    def test_a_refusal_names_the_holder_its_process_its_host_and_its_label(self):
        holder = self.holder("--label", "https://ci.example/76")
        [id] = self.holders()
        who = rf"held by sh {holder.pid} on {re.escape(self.record(id)[8])} for \d[.\dms]* \(https://ci\.example/76\); try later"
        for words in (["-n"], ["-w", "50ms"]):
            result = self.sem(*words)
            self.assertRefused(result, 75, "1 of 1 in use, 0 waiting); held by sh")
            self.assertRegex(result.err, who)

    def test_of_several_it_names_the_one_that_has_held_longest(self):
        first = self.holder("-j", "2")
        self.holder("-j", "2")
        self.assertRefused(self.sem("-j", "2", "-n"), 75, f"held longest by sh {first.pid} on ")

    def test_the_server_looks_for_the_holder_only_if_it_is_told(self):
        self.holder()
        for options, told in (([], "1"), (["-E", "0"], "0"), (["-E", "0", "-v"], "1")):
            with self.server.monitor() as monitor:
                self.sem("-n", *options)
                [question] = [words for words in monitor.commands() if words[0] == "EVALSHA"]
                self.assertEqual(question[18], told, options)

    def test_verbose_tells_a_change_and_not_every_question(self):
        holder, first = self.holder(), self.waiter("-v")
        second = self.waiter("-v")
        second.running.wait_for_err("place 2 of 2", PATIENCE)
        for _ in range(3):
            self.ask_again(self.waiters()[1])
        holder.finish()
        second.running.wait_for_err("place 1 of 1", PATIENCE)
        first.wait_for_start()
        told = [line for line in second.running.err().splitlines() if "place" in line]
        self.assertEqual(len(told), 2, told)
        self.assertIn(f"held by sh {first.pid} on ", told[1])

    def test_verbose_tells_no_place_to_one_that_does_not_stay(self):
        self.holder()
        self.assertRefused(self.sem("-n", "-v"), 75, "no slot is free (1 of 1 in use, 0 waiting); held by sh ")

    def ask_again(self, id):
        before = self.server.call("ZSCORE", f"{self.key}:alive", id)
        self.server.call("RPUSH", f"{self.key}:wake:{id}", "1")
        eventually(lambda: self.server.call("ZSCORE", f"{self.key}:alive", id) != before, PATIENCE, "a question")


class Signals(CliTest):
    def test_a_signal_during_the_wait_leaves_the_queue_and_is_what_limiters_dies_of(self):
        self.holder()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM,
                       signal.SIGPIPE, signal.SIGRTMIN + 3):
            waiter = self.waiter()
            waiter.running.signal(number)
            self.assertSilent(waiter.running.wait(PATIENCE), -number)
            self.assertEqual(self.waiters(), [])

    def test_a_signal_that_ends_nothing_does_not_end_the_wait(self):
        holder, waiter = self.holder(), self.waiter()
        for number in (signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT):
            waiter.running.signal(number)
        holder.finish()
        waiter.wait_for_start()
        self.assertSilent(waiter.finish(), 0, "started\n")

    def test_the_command_gets_the_signal_and_its_own_code_counts(self):
        result = self.start(*self.sem_words(command=["sh", "-c", 'trap "exit 9" TERM; echo ready; while :; do sleep 0.01; '
                                                                'done']))
        result.wait_for_out("ready", PATIENCE)
        result.signal(signal.SIGTERM)
        self.assertSilent(result.wait(PATIENCE), 9, "ready\n")
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
