"""limiters sem renew and sem release: what is done to a lease by its name."""

import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from support.server import Server
from support.wait import eventually

HOUR = 3600 * 1_000_000
FOR_LONG = ["--expiry", "1h"]  # nothing but a release frees such a slot in a test


class Renew(LeaseTest):
    def test_a_lease_lasts_one_expiry_from_then(self):
        lease = self.lease("--expiry", "1m")
        first = self.lease_end()
        self.assertSilent(self.renew(lease))
        self.assertGreater(self.lease_end(), first)
        self.assertLess(self.lease_end(), first + PATIENCE * 1_000_000)

    def test_with_another_expiry_it_lasts_that_long(self):
        lease = self.lease("--expiry", "1m")
        self.assertSilent(self.renew("--expiry", "1d", lease))
        self.assertGreater(self.lease_end(), self.server_now() + 23 * HOUR)
        self.assertSilent(self.renew(lease, "--expiry", "2h"))
        self.assertLess(self.lease_end(), self.server_now() + 3 * HOUR)

    def test_the_next_one_is_for_the_expiry_it_was_acquired_with(self):
        lease = self.lease("--expiry", "1m")
        self.renew("--expiry", "1d", lease)
        self.assertSilent(self.renew(lease))
        self.assertLess(self.lease_end(), self.server_now() + HOUR)

    def test_one_that_ended_and_whose_slot_another_took_is_79(self):
        lease = self.lease("--expiry", "1s")
        self.assertEqual(self.sem("--expiry", "1h").code, 0)
        self.assertRefused(self.renew(lease), 79, self.name, self.redis, "no longer held")
        self.assertFree()

    def test_one_that_was_released_is_79(self):
        lease = self.lease()
        self.release(lease)
        self.assertRefused(self.renew(lease), 79, self.name, "released")
        self.assertFree()

    def test_one_that_a_reset_took_away_is_79(self):
        lease = self.lease()
        self.assertEqual(self.start("reset", "--yes", "sem", self.name).wait(PATIENCE).code, 0)
        self.assertRefused(self.renew(lease), 79, self.name)
        self.assertFree()

    def test_the_expiry_has_the_limits_of_acquire(self):
        lease = self.lease()
        for expiry in ("0.5", "2d", "soon", ""):
            with self.subTest(expiry=expiry):
                self.assertRefused(self.renew("--expiry", expiry, lease), 64, "--expiry")


class Release(LeaseTest):
    def test_the_slot_is_free_at_once(self):
        lease = self.lease(*FOR_LONG)
        self.assertSilent(self.release(lease))
        self.assertFree()

    def test_the_first_in_the_queue_gets_it(self):
        lease = self.lease(*FOR_LONG)
        first, second = self.waiter(), self.waiter()
        self.assertSilent(self.release(lease))
        first.wait_for_start()
        self.assertFalse(second.started())
        first.finish()
        second.wait_for_start().finish()

    def test_a_waiting_acquire_gets_it_and_can_release_it(self):
        lease = self.lease(*FOR_LONG)
        waiting = self.start(*self.acquire_words(*FOR_LONG))
        eventually(self.waiters, PATIENCE, "the place in the queue")
        self.release(lease)
        result = waiting.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertSilent(self.release(result.out.strip()))
        self.assertFree()

    def test_the_second_one_is_79_and_takes_nothing_from_others(self):
        lease = self.lease()
        self.release(lease)
        other = self.lease()
        self.assertRefused(self.release(lease), 79, self.name, self.redis, "released before")
        self.assertSilent(self.renew(other))

    def test_one_that_ended_and_whose_slot_another_took_is_79(self):
        lease = self.lease("--expiry", "1s")
        other = self.lease(*FOR_LONG)
        self.assertRefused(self.release(lease), 79, self.name, "ended before this")
        self.assertSilent(self.renew(other))

    def test_the_lease_of_a_running_command_can_be_released_by_it(self):
        script = '"$LIMITERS" sem release "$LIMITERS_LEASE" && "$LIMITERS" sem run -n -j 1 --name "$1" -- echo free'
        running = self.shell('exec "$LIMITERS" "$@"', *self.sem_words(command=["sh", "-c", script, "sh", self.name]))
        result = running.wait(PATIENCE)
        self.assertIn("free\n", result.out)
        self.assertFree()

    def test_every_key_that_is_left_expires(self):
        self.release(self.lease())
        keys = self.server.call("KEYS", f"*{self.name}*")
        self.assertTrue(keys)
        self.assertEqual([key for key in keys if self.server.call("PTTL", key) < 0], [])


class NoServer(LeaseTest):
    def test_a_server_that_is_away_is_69(self):
        with Server() as server:
            url = server.url
            lease = self.lease(redis=url)
        for verb in (self.renew, self.release):
            with self.subTest(verb=verb.__name__):
                self.assertRefused(verb("--redis-timeout", "100ms", lease, redis=url), 69, self.name, url)


if __name__ == "__main__":
    unittest.main()
