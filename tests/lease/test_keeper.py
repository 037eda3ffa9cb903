"""The keeper of --until-exit: it renews the lease while a process lives, and releases it when that has ended."""

import os
import signal
import unittest

from cli.case import PATIENCE, is_root
from lease.case import LeaseTest
from support.wait import eventually

SECOND = 1_000_000
ACQUIRE = 'lease=$("$LIMITERS" sem acquire --name "$1" -j 1 --expiry 1h --until-exit $$) || exit; echo "$lease"; '


class Life(LeaseTest):
    def test_it_renews_the_lease_past_several_expiries(self):
        self.kept("--expiry", "1s")
        before, end = self.holders(), self.lease_end()
        eventually(lambda: self.lease_end() > end + 3 * SECOND, PATIENCE, "the renewals")
        self.assertEqual(self.holders(), before)

    def test_the_others_wait_until_the_process_has_ended(self):
        process, _, keeper = self.kept("--expiry", "1h")
        waiter = self.waiter()
        process.terminate()
        waiter.wait_for_start().finish()
        self.assertEnds(keeper)

    def test_term_makes_it_release_and_end(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                process, _, keeper = self.kept("--expiry", "1h")
                os.kill(keeper, number)
                self.assertEnds(keeper)
                self.assertFree()
                self.assertIsNone(process.poll())

    def test_term_makes_it_release_when_the_caller_ignored_it(self):
        process = self.process()
        script = self.script('trap "" TERM; "$LIMITERS" sem acquire --name "$1" -j 1 --until-exit "$2"', process.pid)
        self.assertEqual(script.wait(PATIENCE).code, 0)
        keeper = self.keeper()
        os.kill(keeper, signal.SIGTERM)
        self.assertEnds(keeper)
        self.assertFree()

    def test_a_release_frees_the_slot_and_ends_it(self):
        process, lease, keeper = self.kept("--expiry", "3s")
        self.assertSilent(self.release(lease))
        self.assertFree()
        self.assertEnds(keeper)
        self.assertIsNone(process.poll())
        self.assertFree()

    def test_kill_9_of_it_frees_the_slot_within_one_expiry(self):
        _, _, keeper = self.kept("--expiry", "1s")
        os.kill(keeper, signal.SIGKILL)
        self.assertEqual(self.sem().code, 0)

    def test_its_process_may_be_another_users(self):
        if not is_root():
            process = 1
        else:
            stranger = self.shell('exec setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1000')
            eventually(lambda: os.stat(f"/proc/{stranger.pid}").st_uid == 65534, PATIENCE, "the other user")
            process = stranger.pid
        self.assertSilent(self.release(self.lease("--until-exit", str(process))))
        self.lease("--until-exit", str(process))
        if is_root():
            stranger.kill()
            self.assertEventuallyFree()


class Script(LeaseTest):
    """A script that holds for itself: --until-exit $$."""

    def begin(self, rest, program="sh", ready="sem."):
        script = self.script(ACQUIRE + rest, program=program)
        script.wait_for_out(ready, PATIENCE)
        return script

    def test_its_end_releases(self):
        for program in ("bash", "dash"):
            with self.subTest(program=program):
                script = self.begin("read -r go; exit 3", program)
                keeper = self.keeper()
                self.go_on(script)
                self.assertEqual(script.wait(PATIENCE).code, 3)
                self.assertEnds(keeper)
                self.assertFree()

    def test_kill_9_of_it_releases(self):
        script = self.begin("read -r go")
        script.signal(signal.SIGKILL)
        script.wait(PATIENCE)
        self.assertEventuallyFree()

    def test_kill_9_of_its_whole_process_group_and_session_releases(self):
        script = self.begin("read -r go")
        script.kill()
        self.assertEventuallyFree()

    def test_a_program_that_it_becomes_holds_on_and_releases_when_it_ends(self):
        script = self.begin("exec sh -c 'echo became; read -r go'", ready="became")
        self.assertRefused(self.acquire("-n"), 75)
        self.go_on(script)
        script.wait(PATIENCE)
        self.assertEventuallyFree()

    def test_it_can_release_before_its_end_and_acquire_again(self):
        again = '"$LIMITERS" sem release "$lease" || exit; ' + ACQUIRE + "echo again; read -r go"
        script = self.begin(again, ready="again")
        self.assertEqual(len(self.holders()), 1)
        self.go_on(script)
        script.wait(PATIENCE)
        self.assertEventuallyFree()

    def test_it_can_renew_the_lease_as_well(self):
        script = self.begin('"$LIMITERS" sem renew "$lease" && echo renewed')
        result = script.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertIn("renewed", result.out)
        self.assertEventuallyFree()


if __name__ == "__main__":
    unittest.main()
