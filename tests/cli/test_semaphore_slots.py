"""How many commands run at a time, and in which order they start."""

import unittest

from cli.case import PATIENCE, CliTest
from support.wait import eventually

# Writes when it starts and ends: appending a line is atomic, so the file's order is the order of events. The first
# ones wait until there are $2 of them, which there would never be if not all slots were used.
WITNESS = ('echo start >>"$1"; until [ "$(grep -c start "$1")" -ge "$2" ]; do sleep 0.01; done; sleep 0.02; '
           'echo end >>"$1"')


class Witness:
    def __init__(self, path):
        self.path = path
        path.touch()

    def events(self):
        return self.path.read_text().split()

    def most_at_once(self):
        running = most = 0
        for event in self.events():
            running += 1 if event == "start" else -1
            most = max(most, running)
        return most


class AtATime(CliTest):
    def crowd(self, of, capacity, *options):
        witness = Witness(self.folder / "witness")
        script = ('seq "$1" | xargs -P "$1" -I{} "$LIMITERS" sem run --name "$2" --capacity "$3" $6 -- '
                  'sh -c "$4" sh "$5" "$3"')
        result = self.shell(script, of, self.name, capacity, WITNESS, witness.path, " ".join(options)).wait(PATIENCE)
        self.assertSilent(result)
        self.assertEqual(witness.events().count("end"), of)
        return witness.most_at_once()

    def test_twenty_at_capacity_3_are_never_more_than_3_and_use_all_3(self):
        self.assertEqual(self.crowd(20, 3), 3)
        self.assertFree()

    def test_twenty_at_capacity_1_run_one_after_another(self):
        self.assertEqual(self.crowd(20, 1), 1)
        self.assertFree()

    def test_twenty_at_capacity_20_run_all_at_once(self):
        self.assertEqual(self.crowd(20, 20), 20)

    def test_a_crowd_over_tcp_keeps_the_limit_too(self):
        self.assertEqual(self.crowd(20, 3, "--redis", self.server.url), 3)

    def test_a_capacity_of_a_million_is_possible(self):
        self.assertSilent(self.sem("-j", "1000000", "-n"))
        self.assertSilent(self.sem("-j", "1000000", "--weight", "1000000", "-n"))

    def test_many_slots_do_not_slow_down_or_block(self):
        for capacity in ("8000", "20000"):  # a list of so many tokens, unpacked, would be too much for Lua
            self.assertSilent(self.sem("-q", "-j", capacity, "-n"))


class Order(CliTest):
    def tags_in_order(self, waiters):
        """Lets holders and waiters end one by one; the order in which the waiters started."""
        order, waiting = [], dict(waiters)
        while waiting:
            eventually(lambda: [t for t, w in waiting.items() if w.started()], PATIENCE, "the next start")
            started = [tag for tag, waiter in waiting.items() if waiter.started()]
            self.assertEqual(len(started), 1)
            order += started
            self.assertSilent(waiting.pop(started[0]).finish(), 0, "started\n")
        return order

    def test_who_came_first_goes_first(self):
        holder = self.holder()
        waiters = [(tag, self.waiter()) for tag in range(6)]
        holder.finish()
        self.assertEqual(self.tags_in_order(waiters), [0, 1, 2, 3, 4, 5])
        self.assertFree()

    def test_a_newcomer_does_not_pass_the_queue(self):
        holder, waiter = self.holder(), self.waiter()
        self.assertRefused(self.sem("-n"), 75, "1 of 1 in use, 1 waiting")
        holder.finish()
        waiter.wait_for_start()
        self.assertSilent(waiter.finish(), 0, "started\n")

    def test_who_leaves_the_queue_lets_the_next_one_up(self):
        holder, first, second = self.holder(), self.waiter(), self.waiter()
        first.running.signal(15)
        self.assertSilent(first.running.wait(PATIENCE), -15)
        holder.finish()
        second.wait_for_start()
        self.assertSilent(second.finish(), 0, "started\n")
        self.assertFree()

    def test_the_release_itself_hands_the_slot_to_the_first_waiter_and_wakes_it(self):
        def wake_ups():
            return self.server.call("INFO", "commandstats").partition("cmdstat_rpush:calls=")[2].partition(",")[0] or "0"
        holder = self.holder()
        waiters = [self.waiter() for _ in range(4)]
        for waiter in waiters:
            first, woken = self.waiters()[0], int(wake_ups())
            holder.finish()
            self.assertEqual(self.holders(), [first])
            self.assertEqual(int(wake_ups()), woken + 1)
            holder = waiter.wait_for_start()


class Weights(CliTest):
    def test_a_weight_takes_so_many_slots(self):
        self.holder("-j", "3", "--weight", "2")
        self.assertRefused(self.sem("-j", "3", "--weight", "2", "-n"), 75, "2 of 3 in use")
        self.assertSilent(self.sem("-j", "3", "-n"))
        self.assertSilent(self.sem("-j", "3", "--weight", "1", "-n"))

    def test_a_light_one_does_not_pass_a_heavy_one_that_came_first(self):
        holder = self.holder("-j", "3", "--weight", "2")
        heavy = self.waiter("-j", "3", "--weight", "2")
        light = self.waiter("-j", "3")
        self.assertEqual(len(self.waiters()), 2)  # although one slot is free
        holder.finish()
        heavy.wait_for_start()
        light.wait_for_start()
        for one in (heavy, light):
            self.assertSilent(one.finish(), 0, "started\n")

    def test_a_heavy_one_gets_all_slots_when_they_are_free(self):
        holders = [self.holder("-j", "3") for _ in range(3)]
        heavy = self.waiter("-j", "3", "--weight", "3")
        for holder in holders:
            self.assertFalse(heavy.started())
            holder.finish()
        heavy.wait_for_start()
        self.assertRefused(self.sem("-j", "3", "-n"), 75, "3 of 3 in use")


class ChangedCapacity(CliTest):
    def test_another_capacity_takes_effect_at_once_with_one_warning(self):
        self.holder()
        result = self.sem("-j", "2", command=["echo", "ran"])
        self.assertEndedAs(result, 0, "ran\n")
        self.assertOneLine(result.err, "warning: ", f"'{self.name}'", "capacity 1", "for 2")

    def test_the_same_capacity_is_no_reason_for_a_warning(self):
        self.holder("-j", "2")
        self.assertSilent(self.sem("-j", "2"))

    def test_another_capacity_is_no_reason_for_a_warning_when_nobody_is_there(self):
        self.assertSilent(self.sem("-j", "2"))
        self.assertSilent(self.sem("-j", "3"))

    def test_a_smaller_capacity_stops_nobody_who_runs(self):
        first, second = self.holder("-j", "2"), self.holder("-j", "2")
        self.assertEqual(self.sem("-j", "1", "-n").code, 75)
        for holder in (first, second):
            self.assertSilent(holder.finish(), 0, "started\n")
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
