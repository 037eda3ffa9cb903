"""A keeper while the server is away, has lost its data, or has given its lease to others."""

import os
import signal
import time
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from process.case import alive
from support.proxy import Proxy
from support.server import Server
from support.wait import eventually

SECOND = 1_000_000


class Away(LeaseTest):
    """A server of its own for each test."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server())
        self.redis = self.server.unix_url
        self.addCleanup(self.kill_keepers)

    def assertHoldsOn(self, keeper, holders):
        eventually(lambda: self.holders() == holders and self.lease_end() > self.server_now(), PATIENCE, "a renewal")
        self.assertTrue(alive(keeper))
        self.assertRefused(self.acquire("-n"), 75)

    def test_it_outlives_a_hang_longer_than_the_expiry(self):
        self.kept("--expiry", "1s")
        holders, end = self.holders(), self.lease_end()
        self.server.pause()
        eventually(lambda: now() > end + 2 * SECOND, PATIENCE, "the end of the lease")
        self.server.resume()
        self.assertHoldsOn(self.keeper(), holders)

    def test_it_outlives_a_restart_with_the_data(self):
        _, _, keeper = self.kept("--expiry", "2s")
        holders = self.holders()
        self.server.save()
        self.server.kill()
        self.server.start()
        self.assertHoldsOn(keeper, holders)

    def test_it_outlives_a_restart_without_data(self):
        _, lease, keeper = self.kept("--expiry", "2s")
        holders = self.holders()
        self.server.kill()
        self.server.start(empty=True)
        self.assertHoldsOn(keeper, holders)
        self.assertSilent(self.release(lease))
        self.assertEnds(keeper)
        self.assertSilent(self.sem("--max-sleep", "30s"))  # when the server has waited for other holders

    def test_it_outlives_a_restart_with_older_data(self):
        self.assertSilent(self.sem())
        self.server.save()
        _, lease, keeper = self.kept("--expiry", "2s")
        holders = self.holders()
        self.server.kill()
        self.server.start()
        self.assertHoldsOn(keeper, holders)
        self.assertSilent(self.release(lease))
        self.assertEnds(keeper)

    def test_it_outlives_a_clock_that_went_to_and_fro(self):
        _, _, keeper = self.kept("--expiry", "2s")
        holders = self.holders()
        for offset in (-3600, 0, 1, -1, 0):
            self.server.clock_offset(offset)
            before = self.lease_end()
            eventually(lambda: self.lease_end() != before, PATIENCE, "a renewal")
        self.assertEqual(self.holders(), holders)
        self.assertTrue(alive(keeper))

    def test_a_flushed_lease_is_asked_for_again(self):
        _, _, keeper = self.kept("--expiry", "2s")
        holders = self.holders()
        self.server.call("FLUSHALL")
        self.assertHoldsOn(keeper, holders)

    def test_a_connection_that_was_closed_is_made_again(self):
        with Proxy(self.server.url) as proxy:
            _, _, keeper = self.kept("--expiry", "2s", redis=proxy.url)
            holders, end = self.holders(), self.lease_end()
            proxy.reset()
            eventually(lambda: self.lease_end() > end + 2 * SECOND, PATIENCE, "a renewal")
            self.assertHoldsOn(keeper, holders)
            self.kill_keepers()

    def test_a_process_that_ends_while_the_server_hangs_is_released_when_it_is_back(self):
        process, _, keeper = self.kept("--expiry", "1h")
        self.server.pause()
        process.kill()
        process.wait()
        self.server.resume()
        self.assertEnds(keeper)
        self.assertFree()

    def test_a_process_that_ends_while_the_server_is_away_ends_the_keeper_with_the_lease(self):
        process, _, keeper = self.kept("--expiry", "1s", "--redis-timeout", "1s")
        self.server.kill()
        process.kill()
        self.assertEnds(keeper)

    def test_term_ends_it_while_the_server_is_away(self):
        _, _, keeper = self.kept("--expiry", "1h")
        self.server.kill()
        os.kill(keeper, signal.SIGTERM)
        self.assertEnds(keeper)


class NotBackYet(LeaseTest):
    """The server was restarted without the lease, and its keeper has not come back to it yet, or there is none."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server())
        self.redis = self.server.unix_url
        self.addCleanup(self.kill_keepers)

    def lose_all(self):
        self.server.kill()
        self.server.start(empty=True)

    def lose_what_is_newer(self):
        self.server.kill()
        self.server.start()

    def for_each_loss(self, check, acquire):
        """With a lease that acquire() returns, and the keeper, if there is one: it is stopped."""
        for lose in (self.lose_all, self.lose_what_is_newer):
            with self.subTest(lose.__name__):
                self.server.call("FLUSHALL")
                self.assertSilent(self.sem())
                self.server.save()
                lease, *keepers = acquire("--expiry", "30s")
                for keeper in keepers:
                    os.kill(keeper, signal.SIGSTOP)
                lose()
                check(lease, *keepers)
                self.kill_keepers()

    def with_keeper(self, *options):
        return self.kept(*options)[1:]

    def without(self, *options):
        return [self.lease(*options)]

    def test_a_renewal_waits_for_the_keeper(self):
        self.for_each_loss(self.assertRenewalWaits, self.with_keeper)

    def test_so_it_does_where_no_restart_made_the_server_forget_the_lease(self):
        lease, keeper = self.with_keeper("--expiry", "3s")
        os.kill(keeper, signal.SIGSTOP)
        self.assertSilent(self.sem("--max-sleep", "30s"))
        self.assertRenewalWaits(lease, keeper)

    def assertRenewalWaits(self, lease, keeper):
        before = self.asked()
        renewal = self.start("sem", "renew", lease)
        eventually(lambda: self.asked() >= before + 3, PATIENCE, "a question that is asked again")
        self.assertTrue(renewal.running())
        os.kill(keeper, signal.SIGCONT)
        self.assertSilent(renewal.wait(PATIENCE))
        self.assertEqual(len(self.holders()), 1)

    def test_a_release_is_done_and_the_keeper_does_not_bring_the_lease_back(self):
        def check(lease, keeper):
            self.assertSilent(self.release(lease))
            os.kill(keeper, signal.SIGCONT)
            self.assertEnds(keeper)
            self.assertEqual(self.holders(), [])
        self.for_each_loss(check, self.with_keeper)

    def test_without_a_keeper_both_are_79(self):
        def check(lease):
            self.assertRefused(self.renew(lease), 79, "ended before this")
            self.assertRefused(self.release(lease), 79, "ended before this")
        self.for_each_loss(check, self.without)

    def asked(self):
        """How many scripts the server has run."""
        lines = self.server.call("INFO", "commandstats").splitlines()
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in lines if line.startswith("cmdstat_eval"))


class TakenAway(LeaseTest):
    def assertTakenAway(self, process, keeper, lease):
        self.assertEnds(keeper)
        self.assertIsNone(process.poll())
        self.assertRefused(self.renew(lease), 79, self.name)
        self.assertFree()

    def test_a_reset_ends_it(self):
        process, lease, keeper = self.kept("--expiry", "3s")
        self.assertEqual(self.start("reset", "--yes", "sem", self.name).wait(PATIENCE).code, 0)
        self.assertTakenAway(process, keeper, lease)

    def test_a_release_of_the_holder_ends_it(self):
        process, lease, keeper = self.kept("--expiry", "3s")
        self.assertSilent(self.free(self.holders()[0]))
        self.assertTakenAway(process, keeper, lease)

    def test_a_keeper_that_was_stopped_while_another_took_the_slot_ends(self):
        process, lease, keeper = self.kept("--expiry", "1s")
        os.kill(keeper, signal.SIGSTOP)
        other = self.lease("--expiry", "1h")
        os.kill(keeper, signal.SIGCONT)
        self.assertEnds(keeper)
        self.assertRefused(self.renew(lease), 79)
        self.assertSilent(self.release(other))
        self.assertFree()
        self.assertIsNone(process.poll())

    def test_one_that_was_stopped_during_the_release_does_not_take_the_slot_back(self):
        _, lease, keeper = self.kept("--expiry", "1s")
        os.kill(keeper, signal.SIGSTOP)
        self.assertSilent(self.release(lease))
        other = self.lease("--expiry", "1h")
        os.kill(keeper, signal.SIGCONT)
        self.assertEnds(keeper)
        self.assertSilent(self.renew(other))


def now():
    """µs on this host's clock, which is the server's."""
    return time.time() * SECOND


if __name__ == "__main__":
    unittest.main()
