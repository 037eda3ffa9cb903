"""The lease behind a slot: kept while CMD runs, given back after it, held for a minimum, and counted by its fence."""

import signal
import unittest

from cli.case import PATIENCE, CliTest
from support.wait import eventually


class Lease(CliTest):
    def expiry(self, id):
        return float(self.server.call("ZSCORE", f"{self.key}:holders", id) or 0)

    def test_a_command_that_runs_longer_than_the_expiry_keeps_its_slot(self):
        holder = self.holder("--expiry", "1s")
        [id] = self.holders()
        waiter = self.waiter("--expiry", "1s")
        first_end = self.expiry(id)
        eventually(lambda: self.server_now() > first_end + 500_000, PATIENCE, "the end of the first lease")
        self.assertEqual(self.holders(), [id])
        self.assertGreater(self.expiry(id), first_end)
        self.assertFalse(waiter.started())
        self.assertSilent(holder.finish(), 0, "started\n")
        waiter.wait_for_start()
        # It did not give back more than it took: one slot is still one.
        self.assertRefused(self.sem("-n"), 75, "1 of 1 in use")
        self.assertSilent(waiter.finish(), 0, "started\n")
        self.assertFree()

    def test_a_lease_is_renewed_after_a_third_of_it_so_that_two_more_attempts_fit_in(self):
        self.holder("--expiry", "6s")
        [id] = self.holders()
        first_end = self.expiry(id)
        eventually(lambda: self.expiry(id) > first_end, PATIENCE, "a renewal")
        self.assertLess(self.expiry(id) - first_end, 4_000_000)

    def test_a_holder_that_was_killed_frees_its_slot_within_its_expiry(self):
        holder, first, second = self.holder("--expiry", "1s"), self.waiter("--expiry", "1s"), self.waiter("--expiry", "1s")
        end = self.expiry(*self.holders())
        holder.running.kill()
        first.wait_for_start()
        self.assertGreaterEqual(self.server_now(), end)
        self.assertFalse(second.started())  # and it is one slot, no more and no less
        self.assertRefused(self.sem("-n", "--expiry", "1s"), 75, "1 of 1 in use, 1 waiting")
        first.finish()
        second.wait_for_start()

    def test_the_slot_is_free_for_the_next_line_of_a_script(self):
        script = 'for i in 1 2 3 4 5 6 7 8 9 10; do "$LIMITERS" sem run --name "$1" -j 1 -n -- echo $i || exit; done'
        self.assertSilent(self.shell(script, self.name).wait(PATIENCE), 0, "".join(f"{i}\n" for i in range(1, 11)))

    def test_a_child_that_command_leaves_behind_does_not_hold_the_slot(self):
        gate = self.folder / "gate"
        script = 'mkfifo "$2"; "$LIMITERS" sem run --name "$1" -j 1 -- sh -c \'read -r x <"$1" >/dev/null &\' sh "$2"; echo $?'
        result = self.shell(script, self.name, gate).wait(PATIENCE)
        self.assertSilent(result, 0, "0\n")
        self.assertFree()
        gate.write_text("\n")

    def test_nothing_stays_in_redis_without_a_time_to_live(self):
        self.holder()
        self.waiter()
        self.sem("-n")
        self.bucket("-n")
        with self.server.client() as client:
            keys = client.call("KEYS", f"*{{{self.name}}}*")
            self.assertGreaterEqual(len(keys), 5)
            for key in keys:
                self.assertGreater(client.call("PTTL", key), 0, key)


class MinHold(CliTest):
    def test_the_slot_stays_taken_after_command_has_ended_and_limiters_does_not_wait_for_that(self):
        self.assertSilent(self.sem("--min-hold", "1h", command=["echo", "ran"]), 0, "ran\n")
        self.assertEqual(len(self.holders()), 1)
        self.assertRefused(self.sem("-n"), 75, "1 of 1 in use")

    def test_the_slot_comes_free_when_the_time_is_over(self):
        before = self.server_now()
        self.sem("--min-hold", "1200ms", "--expiry", "1s")
        result = self.sem("--expiry", "1s", command=["sh", "-c", "date +%s%6N"])
        self.assertEqual(result.code, 0, result.err)
        self.assertGreaterEqual(int(result.out), before + 1_200_000)

    def test_a_command_that_runs_longer_than_that_gives_its_slot_back_when_it_ends(self):
        holder = self.holder("--min-hold", "10ms")
        started = self.server_now()  # or a moment before
        eventually(lambda: self.server_now() > started + 10_000, PATIENCE, "the end of the min-hold")
        holder.finish()
        self.assertFree()

    def test_a_failed_command_is_held_like_any_other(self):
        self.sem("--min-hold", "1h", command=["false"])
        self.assertRefused(self.sem("-n"), 75, "1 of 1 in use")

    def test_a_command_that_never_started_is_not_held(self):
        script = self.folder / "script"
        script.write_text("#!/no/such/interpreter\n")
        script.chmod(0o755)
        self.assertEqual(self.sem("--min-hold", "1h", command=[str(script)]).code, 127)
        self.assertFree()

    def test_once_per_tick_on_many_hosts_with_skewed_clocks(self):
        script = ('seq 10 | xargs -P 10 -I{} "$LIMITERS" sem run --name "$1" -j 1 -n -E 0 --min-hold 1h -- echo ran')
        result = self.shell(script, self.name).wait(PATIENCE)
        self.assertSilent(result, 0, "ran\n")


class Fence(CliTest):
    def fence(self, *options):
        result = self.sem(*options, command=["printenv", "LIMITERS_FENCE"])
        self.assertSilent(result, 0, f"{int(result.out)}\n")
        return int(result.out)

    def test_it_grows_with_every_grant(self):
        fences = [self.fence() for _ in range(10)]
        self.assertEqual(fences, sorted(set(fences)))

    def test_it_grows_in_the_order_of_the_grants_among_many_holders(self):
        fences = []
        for _ in range(5):
            self.holder("-j", "5")
            fences.append(int(self.server.call("HGET", self.key, "fence")))
        self.assertEqual(fences, sorted(set(fences)))

    def test_it_grows_over_the_loss_of_all_keys(self):
        before = self.fence()
        self.server.call("DEL", self.key, f"{self.key}:holders", f"{self.key}:alive")
        self.assertGreater(self.fence(), before)


class Nesting(CliTest):
    SHOW = 'printenv LIMITERS_NAME; [ -n "$LIMITERS_LEASE" ] && [ -n "$LIMITERS_FENCE" ] && echo leased; exit 6'

    def test_concurrency_and_rate_together(self):
        script = ('"$LIMITERS" sem run --name "$1" -j 1 -- "$LIMITERS" bucket run --name "$1" --rate 1/1h -- sh -c "$2"; '
                  'echo $?')
        self.assertSilent(self.shell(script, self.name, self.SHOW).wait(PATIENCE), 0, f"{self.name}\nleased\n6\n")
        self.assertFree()

    def test_a_bucket_around_a_semaphore(self):
        script = ('"$LIMITERS" bucket run --name b --rate 1/1h -- "$LIMITERS" sem run --name "$1" -j 1 -- sh -c "$2"; '
                  'echo $?')
        self.assertSilent(self.shell(script, self.name, self.SHOW).wait(PATIENCE), 0, f"{self.name}\nleased\n6\n")

    def test_a_signal_goes_through_both(self):
        script = ('exec "$LIMITERS" sem run --name "$1" -j 1 -- "$LIMITERS" bucket run --name "$1" --rate 1/1h -- '
                  'sh -c "echo ready; exec sleep 1000"')
        running = self.shell(script, self.name)
        running.wait_for_out("ready", PATIENCE)
        running.signal(signal.SIGTERM)
        self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM, "ready\n")
        self.assertFree()

    def inside(self, *options, outer=("-j", "1")):
        """A sem run inside a sem run of the same name."""
        script = ('"$LIMITERS" sem run --name "$1" $2 -- "$LIMITERS" sem run --name "$1" $3 -- echo inside; echo $?')
        return self.shell(script, self.name, " ".join(outer), " ".join(options)).wait(PATIENCE)

    def test_who_would_wait_for_itself_is_told_so(self):
        result = self.inside("-j", "1")
        self.assertEqual(result.out, "64\n")
        self.assertOneLine(result.err, f"'{self.name}' on {self.redis}: ", "itself", "--max-sleep", "--capacity", "more --slots")
        self.assertFree()

    def test_who_would_wait_for_one_further_out_is_told_so(self):
        for capacity, between in (("1", ("between", "1")), ("2", (self.name, "2"))):
            script = ('"$LIMITERS" sem run --name "$1" -j "$2" -- "$LIMITERS" sem run --name "$3" -j "$4" -- '
                      '"$LIMITERS" sem run --name "$1" -j "$2" -- echo inside; echo $?')
            result = self.shell(script, self.name, capacity, *between).wait(PATIENCE)
            self.assertEqual(result.out, "64\n")
            self.assertOneLine(result.err, f"'{self.name}'", "itself")

    def test_who_would_wait_for_itself_by_another_address_is_told_so(self):
        result = self.inside("-j", "1", "--redis", self.server.url)
        self.assertEqual(result.out, "64\n")
        self.assertOneLine(result.err, f"'{self.name}'", "itself")

    def test_with_a_max_sleep_it_is_a_wait_like_any_other(self):
        result = self.inside("-j", "1", "--max-sleep", "50ms")
        self.assertEqual(result.out, "75\n")
        self.assertOneLine(result.err, "no slot within 50ms")

    def test_with_room_for_both_it_runs(self):
        self.assertSilent(self.inside("-j", "2", outer=("-j", "2")), 0, "inside\n0\n")

    def test_with_another_prefix_it_is_another_limiter(self):
        self.assertSilent(self.inside("-j", "1", "--key-prefix", "other"), 0, "inside\n0\n")


if __name__ == "__main__":
    unittest.main()
