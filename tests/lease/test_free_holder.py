"""limiters sem release --name N --holder ID: free what somebody sees in status, for good."""

import signal
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from lua.scripts import Semaphore
from process.case import alive
from support.tool import limiters
from support.wait import eventually

HOUR = 3600 * 1_000_000


class Free(LeaseTest):
    def assertLost(self, result):
        self.assertEqual(result.code, 79, result.err)
        self.assertOneLine(result.err, self.name, "the lease is lost")

    def test_a_running_command_is_stopped_and_the_code_is_79(self):
        holder = self.holder("--expiry", "3s")
        [command] = holder.running.children()
        self.assertSilent(self.free(self.holders()[0]))
        self.assertEqual(self.holders(), [])
        self.assertLost(holder.running.wait(PATIENCE))
        self.assertFalse(alive(command))
        self.assertFree()

    def test_the_first_in_the_queue_has_the_slot_at_once(self):
        self.lease("--expiry", "1h")
        waiter = self.waiter()
        self.free(self.holders()[0])
        waiter.wait_for_start().finish()
        self.assertFree()

    def test_a_late_heartbeat_does_not_bring_it_back(self):
        holder = self.holder("--expiry", "1s")
        [id] = self.holders()
        holder.running.signal(signal.SIGSTOP)
        self.assertSilent(self.free(id))
        other = self.lease("--expiry", "1h")
        self.release(other)  # a free slot: the late one could have it
        holder.running.signal(signal.SIGCONT)
        self.assertLost(holder.running.wait(PATIENCE))
        self.assertFree()
        self.assertRefused(self.free(id), 79, id)

    def test_a_command_that_holds_on_without_its_lease_takes_nothing_at_its_end(self):
        holder = self.holder("--expiry", "1s", "--on-lost", "keep")
        self.free(self.holders()[0])
        other = self.lease("--expiry", "1h")
        holder.running.wait_for_err("the lease is lost", PATIENCE)
        self.assertEqual(holder.finish(4).code, 4)
        self.assertSilent(self.renew(other))

    def test_a_lease_between_commands_is_79_afterwards(self):
        lease = self.lease()
        self.free(self.holders()[0])
        self.assertRefused(self.renew(lease), 79)
        self.assertRefused(self.release(lease), 79)

    def test_a_waiter_leaves_the_queue_and_ends_with_79(self):
        self.lease("--expiry", "1h")
        for words in (self.acquire_words(), self.sem_words(), self.sem_words("--max-sleep", "1h")):
            with self.subTest(words=words):
                running = self.start(*words)
                eventually(self.waiters, PATIENCE, "the place in the queue")
                self.assertSilent(self.free(self.waiters()[0]))
                self.assertEqual(self.waiters(), [])
                self.assertRefused(running.wait(PATIENCE), 79, self.name, self.redis, "place in the queue")

    def test_the_others_stay_as_they_are(self):
        leases = [self.lease("-j", "3") for _ in range(3)]
        self.free(leases[1].split(".")[2])
        self.assertEqual([self.renew(lease).code for lease in leases], [0, 79, 0])


class Which(LeaseTest):
    """Which holder the beginning of an id means."""

    def hold(self, *ids):
        with self.server.client() as client:
            for id in ids:
                self.assertTrue(Semaphore(client, self.name).acquire(id, capacity=9, lease=HOUR).holds)

    def test_eight_digits_are_enough_where_no_other_begins_so(self):
        first, second = "01234567a" + "0" * 23, "01234568a" + "0" * 23
        self.hold(first, second)
        self.assertSilent(self.free(first[:8]))
        self.assertEqual(self.holders(), [second])

    def test_what_several_begin_with_is_64_and_frees_none(self):
        first, second = "01234567a" + "0" * 23, "01234567b" + "0" * 23
        self.hold(first, second)
        self.assertRefused(self.free("01234567"), 64, self.name, self.redis, "2 holders and waiters", "'01234567'")
        self.assertEqual(self.holders(), [first, second])
        self.assertSilent(self.free("01234567a"))
        self.assertEqual(self.holders(), [second])

    def test_a_waiter_counts_too(self):
        holder, waiter = "01234567a" + "0" * 23, "01234567b" + "0" * 23
        with self.server.client() as client:
            for id in (holder, waiter):
                Semaphore(client, self.name).acquire(id, lease=HOUR)
        self.assertRefused(self.free("01234567"), 64, "2 holders and waiters")

    def test_what_none_begins_with_is_79_and_writes_nothing(self):
        self.assertRefused(self.free("01234567"), 79, self.name, self.redis, "'01234567'", "limiters status")
        self.assertEqual(self.server.call("KEYS", f"*{self.name}*"), [])
        self.hold("f" * 32)
        self.assertRefused(self.free("01234567"), 79, "'01234567'")

    def test_the_ids_of_status_are_good(self):
        self.lease()
        shown = limiters("status", self.name, redis=self.redis).out
        [id] = [word for word in shown.split() if len(word) >= 8 and self.holders()[0].startswith(word)]
        self.assertSilent(self.free(id))
        self.assertFree()

    def test_the_limiter_is_that_of_the_key_prefix(self):
        self.lease("--key-prefix", "other")
        id = self.server.call("ZRANGE", self.key.replace("limiters", "other", 1) + ":holders", 0, -1)[0]
        self.assertRefused(self.free(id), 79)
        self.assertSilent(self.release("--key-prefix", "other", "--name", self.name, "--holder", id))


if __name__ == "__main__":
    unittest.main()
