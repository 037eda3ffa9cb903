"""What becomes of the command when its lease is gone, lost, or out of reach."""

import signal
import time
import unittest

from cli.case import PATIENCE
from lua.scripts import Semaphore
from process.case import ProcessTest, alive
from support.proxy import Proxy
from support.server import Server
from support.wait import eventually


def told(text):
    """When the reporter said `alive` for the last time, by the wall clock."""
    return max(float(line.split()[1]) for line in text.splitlines() if line.startswith("alive ") and len(line) > 20)


class Gone(ProcessTest):
    def test_a_flushed_lease_is_asked_for_again_with_one_warning(self):
        holder = self.holder("--expiry", "1s")
        before = self.holders()
        self.server.call("FLUSHALL")
        holder.running.wait_for_err("CMD goes on", PATIENCE)
        self.assertEqual(self.holders(), before)
        result = holder.finish(5)
        self.assertEndedAs(result, 5, "started\n")
        self.assertOneLine(result.err, "warning", self.name, "lost the lease")


class Lost(ProcessTest):
    def test_the_command_gets_term_and_kill_after_it_and_the_code_is_79(self):
        running = self.start_sem("--expiry", "1s", "--kill-after", "300ms", command=self.reporter("beat"))
        self.give_to_another()
        result = running.wait(PATIENCE)
        self.assertEqual(result.code, 79, result.err)
        [(number, at, sender)] = self.reported(running)[:1]
        self.assertEqual((number, sender), (signal.SIGTERM, running.pid))
        self.assertGreater(told(result.out), at + 0.2)
        why, killing = result.err.splitlines()
        self.assertIn("the lease is lost", why)
        self.assertIn("killing it", killing)

    def test_one_line_says_why_when_term_is_enough(self):
        holder = self.holder("--expiry", "2s")
        self.give_to_another()
        result = holder.running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertOneLine(result.err, self.name, "the lease is lost", "CMD is being stopped")

    def test_on_lost_keep_warns_once_and_keeps_the_code(self):
        holder = self.holder("--expiry", "1s", "--on-lost", "keep")
        self.give_to_another()
        holder.running.wait_for_err("--on-lost keep", PATIENCE)
        result = holder.finish(6)
        self.assertEqual(result.code, 6)
        self.assertOneLine(result.err, "warning", "goes on without one")
        self.assertEqual(self.holders(), ["f" * 32])

    def test_a_released_id_never_comes_back(self):
        holder = self.holder("--expiry", "1s")
        [id] = self.holders()
        ticket, fence = self.record(id)[4:6]
        self.take_away()
        self.assertEqual(holder.running.wait(PATIENCE).code, 79)
        with self.server.client() as client:
            late = Semaphore(client, self.name).acquire(id, ticket=ticket, fence=fence)
        self.assertTrue(late.barred)
        self.assertFree()

    def test_a_stopped_limiters_notices_at_once_when_it_is_continued(self):
        holder = self.holder("--expiry", "1s")
        holder.running.signal(signal.SIGSTOP)
        waiter = self.waiter("--expiry", "1s")
        waiter.wait_for_start()
        before = time.monotonic()
        holder.running.signal(signal.SIGCONT)
        result = holder.running.wait(PATIENCE)
        self.assertEqual(result.code, 79)
        self.assertLess(time.monotonic() - before, 5)
        self.assertOneLine(result.err, "the lease is lost")
        self.assertEqual(waiter.finish().code, 0)


class Outage(ProcessTest):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server())
        self.redis = self.server.unix_url

    def test_a_hang_longer_than_the_expiry_is_kept_with_one_warning_and_the_lease_renewed(self):
        holder = self.holder("--expiry", "1s")
        before = self.holders()
        self.server.pause()
        holder.running.wait_for_err("does not serve", PATIENCE)
        self.server.resume()
        eventually(lambda: self.end_of_lease() > self.server_now(), PATIENCE, "a renewal")
        self.assertEqual(self.holders(), before)
        result = holder.finish(3)
        self.assertEqual(result.code, 3)
        self.assertEqual(result.err.count("does not serve"), 1)
        self.assertNotIn("stopped", result.err)

    def test_a_restart_without_data_is_outlived(self):
        holder = self.holder("--expiry", "1s")
        before = self.holders()
        self.server.kill()
        holder.running.wait_for_err("does not serve", PATIENCE)
        self.server.start(empty=True)
        eventually(lambda: self.holders() == before, PATIENCE, "the lease")
        result = holder.finish(3)
        self.assertEqual(result.code, 3)
        self.assertEqual(result.err.count("does not serve"), 1)

    def test_a_lease_that_was_taken_away_meanwhile_is_noticed(self):
        for policy, told in (("stop", "CMD is being stopped"), ("keep", "--on-lost keep")):
            with self.subTest(policy), Proxy(self.server.url) as proxy:
                holder = self.holder("--expiry", "1s", "--on-lost", policy, redis=proxy.url)
                proxy.blackhole()
                holder.running.wait_for_err("does not serve", PATIENCE)
                self.take_away()
                proxy.heal()
                holder.running.wait_for_err(told, PATIENCE)
                if policy == "stop":
                    self.assertEqual(holder.running.wait(PATIENCE).code, 79)
                else:
                    self.assertEqual(holder.finish(5).code, 5)

    def end_of_lease(self):
        return int(self.server.call("ZRANGE", f"{self.key}:holders", 0, 0, "WITHSCORES")[1])

    def test_on_outage_stop_sends_term_before_the_end_of_the_lease_and_kill_at_it(self):
        for expiry, away in ((1, self.server.pause), (3, self.server.kill)):
            with self.subTest(expiry=expiry):
                running = self.start_sem("--expiry", f"{expiry}s", "--on-outage", "stop", "--redis-timeout", "1s",
                                         command=self.reporter("beat"))
                [command] = running.children()
                end = self.end_of_lease() / 1e6
                away()
                # A renewal may have come between the two lines above: the lease then ends that much later.
                latest = max(end, time.time() + expiry)
                result = running.wait(PATIENCE)
                self.assertEqual(result.code, 79, result.err)
                self.assertFalse(alive(command))
                [(number, term, _)] = self.reported(running)[:1]
                self.assertEqual(number, signal.SIGTERM)
                self.assertLess(term, latest)
                self.assertLess(told(result.out), latest + 0.2)
                self.assertGreater(told(result.out), term)  # it was given time
                self.assertIn("does not serve", result.err.splitlines()[0])
                self.server.resume()


    def test_the_lease_counts_from_the_sending_of_a_renewal_and_not_from_its_answer(self):
        with Proxy(self.server.url) as proxy:
            running = self.start_sem("--expiry", "6s", "--on-outage", "stop", "--redis-timeout", "2s", command=self.reporter("beat"),
                                     redis=proxy.url)
            first = self.end_of_lease()
            eventually(lambda: self.end_of_lease() > first, PATIENCE, "a renewal, after which the server knows the script")
            second = self.end_of_lease()
            proxy.latency(300)
            eventually(lambda: self.end_of_lease() > second, PATIENCE, "a renewal")
            answered = proxy.bytes_down
            proxy.wait_for(lambda p: p.bytes_down > answered, PATIENCE)
            proxy.blackhole()
            result = running.wait(PATIENCE)
            self.assertEqual(result.code, 79, result.err)
            # 300 ms before the server's own end of it; from the answer on it would be 300 ms after it.
            self.assertLess(told(result.out), self.end_of_lease() / 1e6)


class FailedRelease(ProcessTest):
    def test_it_is_a_warning_and_the_code_is_the_commands(self):
        with Server() as server:
            command = ["sh", "-c", 'mkfifo "$0"; echo ready; read -r x <"$0"; exit 7', self.folder / "fifo"]
            running = self.start(*self.sem_words("--redis-timeout", "200ms", command=command), redis=server.url)
            running.wait_for_out("ready", PATIENCE)
            server.kill()
            (self.folder / "fifo").write_text("\n")
            result = running.wait(PATIENCE)
            self.assertEqual(result.code, 7)
            self.assertOneLine(result.err, "warning", "could not be given back")


if __name__ == "__main__":
    unittest.main()
