"""Signals that others send to limiters, or to its command."""

import os
import resource
import signal
import subprocess
import time
import unittest

from cli.case import PATIENCE
from process.case import ProcessTest, alive, names_below
from support.proxy import Proxy
from support.tool import BINARY, environment
from support.wait import eventually

CATCHABLE = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Forwarded(ProcessTest):
    def test_every_catchable_signal_reaches_the_command_once_and_from_limiters(self):
        running = self.start_sem(command=self.reporter())
        for count, number in enumerate(CATCHABLE, 1):
            running.signal(number)
            self.wait_for_report(running, count)
        self.assertEqual([(number, sender) for number, _, sender in self.reported(running)],
                         [(int(number), running.pid) for number in CATCHABLE])

    def test_a_signal_of_the_command_to_its_parent_is_not_sent_back(self):
        running = self.start_sem(command=self.reporter("poke"))
        running.signal(signal.SIGUSR2)
        self.assertEqual(self.wait_for_report(running, 1), [signal.SIGUSR2])

    def test_nor_is_one_that_it_sends_before_limiters_looks_for_signals(self):
        running, limiters = self.held_sem(command=self.reporter("poke"))
        limiters.go_to_fork().let_go()
        eventually(lambda: "ready" in running.out(), PATIENCE, "the command")
        limiters.let_go()
        running.signal(signal.SIGUSR2)
        self.assertEqual(self.wait_for_report(running, 1), [signal.SIGUSR2])

    def test_the_slot_is_free_at_once_when_the_command_died_of_it(self):
        holder = self.holder()
        holder.running.signal(signal.SIGTERM)
        self.assertEqual(holder.running.wait(PATIENCE).code, -signal.SIGTERM)
        self.assertFree()


class DeathBySignal(ProcessTest):
    def test_the_caller_sees_the_signal_that_the_command_died_of(self):
        for number in (1, 2, 3, 6, 8, 9, 11, 13, 14, 15, 24, signal.SIGRTMIN, signal.SIGRTMAX):
            with self.subTest(number=number):
                self.assertSilent(self.sem(command=["sh", "-c", 'ulimit -c 0; kill -"$1" $$', "sh", str(int(number))]),
                                  -number)
        self.assertFree()

    def test_a_shell_sees_128_and_the_number(self):
        words = self.sem_words(command=["sh", "-c", "kill -SEGV $$"])
        running = self.shell('ulimit -c 0; "$LIMITERS" "$@"; echo "code $?"', *words)
        self.assertIn("code 139", running.wait(PATIENCE).out)

    def status_of(self, *command):
        with subprocess.Popen(command, cwd=self.folder, env=environment(), stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, self.all_cores())) as process:
            status = os.waitpid(process.pid, 0)[1]
            process.returncode = status
        return status

    def all_cores(self):
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        return hard, hard

    def test_there_is_no_second_core_file(self):
        dies = ["sh", "-c", "kill -SEGV $$"]
        if not os.WCOREDUMP(self.status_of(*dies)):
            self.skipTest("this machine writes no core files")
        status = self.status_of(BINARY, "--redis", self.redis, *self.sem_words(command=dies))
        self.assertEqual((os.WTERMSIG(status), os.WCOREDUMP(status)), (signal.SIGSEGV, False))


class Orphans(ProcessTest):
    def test_one_that_ends_is_reaped_while_the_command_goes_on(self):
        script = '(sh -c \'read -r x <"$0"\' "$0" &); echo ready; exec sleep 1000'
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        running = self.start_sem(command=["sh", "-c", script, fifo])
        eventually(lambda: names_below(running.pid) == ["sh", "sleep"], PATIENCE, "the orphan")
        fifo.write_text("\n")
        eventually(lambda: names_below(running.pid) == ["sleep"], PATIENCE, "its reaping")


class WhileQueued(ProcessTest):
    def test_a_stop_leaves_the_queue_and_ends_limiters_by_that_signal(self):
        holder = self.holder()
        for number in STOPS:
            with self.subTest(number=number):
                waiter = self.waiter()
                waiter.running.signal(number)
                self.assertSilent(waiter.running.wait(PATIENCE), -number)
                self.assertEqual(self.waiters(), [])
        holder.finish()
        self.assertFree()

    def test_a_second_signal_does_not_wait_for_the_answer_to_leaving(self):
        self.holder()
        took = []
        for _ in range(3):  # the best of three: the machine may be busy
            with Proxy(self.server.url) as proxy:
                waiter = self.waiter(redis=proxy.url)
                connections = proxy.connections
                proxy.blackhole()
                waiter.running.signal(signal.SIGTERM)
                # It was blocked in its wait, so it leaves over a connection of its own.
                proxy.wait_for(lambda p: p.connections > connections or not waiter.running.running(), PATIENCE)
                before = time.monotonic()
                waiter.running.signal(signal.SIGINT)
                self.assertEqual(waiter.running.wait(PATIENCE).code, -signal.SIGTERM)
                took.append(time.monotonic() - before)
                self.server.call("DEL", f"{self.key}:waiters")
        self.assertLess(min(took), 0.5)


class WhileConnecting(ProcessTest):
    def test_the_command_never_starts_once_a_stop_was_asked_for(self):
        for number in STOPS:
            with self.subTest(number=number), Proxy(self.server.url) as proxy:
                proxy.blackhole()
                running = self.start(*self.sem_words(command=["echo", "started"]), redis=proxy.url)
                proxy.wait_for(lambda p: p.connections, PATIENCE)
                running.signal(number)
                self.assertEqual((running.wait(PATIENCE).code, running.out()), (-number, ""))


class WithTheGrant(ProcessTest):
    def test_the_command_never_starts_and_no_min_hold_is_kept(self):
        self.sem()  # the server knows the script: its first answer is the grant
        with Proxy(self.server.url) as proxy:
            proxy.blackhole_replies()
            running = self.start(*self.sem_words("--min-hold", "1h", command=["echo", "started"]), redis=proxy.url)
            eventually(self.holders, PATIENCE, "the grant")
            running.signal(signal.SIGSTOP)
            proxy.heal()
            proxy.wait_for(lambda p: p.bytes_down, PATIENCE)
            running.signal(signal.SIGTERM)
            running.signal(signal.SIGCONT)
            self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM)
        self.assertFree()


class WhileReleasing(ProcessTest):
    def test_a_signal_ends_the_wait_for_the_answer_and_the_code_is_the_commands(self):
        self.sem()  # the server knows the script: its first answer to the release is the last
        with Proxy(self.server.url) as proxy:
            holder = self.holder("--redis-timeout", "50s", redis=proxy.url)
            proxy.blackhole_replies()
            holder.open_gate(7)
            eventually(lambda: not self.holders(), PATIENCE, "the release")
            before = time.monotonic()
            holder.running.signal(signal.SIGTERM)
            self.assertEqual(holder.running.wait(PATIENCE).code, 7)
            self.assertLess(time.monotonic() - before, 20)


class KillNine(ProcessTest):
    def test_the_command_dies_with_limiters_and_the_slot_is_free_within_the_expiry(self):
        holder = self.holder("--expiry", "1s")
        [command] = holder.running.children()
        holder.running.signal(signal.SIGKILL)
        holder.running.wait(PATIENCE)
        [(_, end)] = self.holder_ends()
        self.assertLessEqual(end, self.server_now() + 1_000_000)
        eventually(lambda: not alive(command), PATIENCE, "the end of the command")
        self.assertSilent(self.sem("--expiry", "1s"))

    def holder_ends(self):
        flat = self.server.call("ZRANGE", f"{self.key}:holders", 0, -1, "WITHSCORES")
        return [(id, int(end)) for id, end in zip(flat[::2], flat[1::2])]


if __name__ == "__main__":
    unittest.main()
