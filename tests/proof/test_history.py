"""The checker on histories made by hand: what must not be is seen, and what the promise names is told apart."""

import contextlib
import io
import unittest

from availability import availability
from by_hand import HistoryTest, ID
from checker import check
from history import Caller, History, Limiter
from report import print_summary
from schedule import Jobs, faults, groups


class Capacity(HistoryTest):
    def test_one_after_the_other_is_nothing(self):
        self.ran("a", 1, 2)
        self.ran("b", 2, 3)
        self.assertSeen()

    def test_two_at_once_are_too_many(self):
        self.ran("a", 1, 3)
        self.ran("b", 2, 4)
        self.assertViolation("too many")

    def test_an_end_that_nobody_wrote_may_be_seen_a_little_late(self):
        self.ran("a", 1, 3.2, end_signal=None, status=-9, hits=[[3, 9, "limiters"]])
        self.ran("b", 3, 4)
        self.assertSeen()
        self.ran("c", 3.7, 5)
        self.assertViolation("too many")
        self.h.callers[1].end_signal = None
        self.assertViolation("too many")

    def test_weights_count(self):
        self.h.limiters[0].capacity = 3
        self.ran("a", 1, 3, weight=2)
        self.ran("b", 2, 4)
        self.assertSeen()
        self.ran("c", 2.5, 4)
        self.assertViolation("too many")

    def test_who_was_stopped_for_longer_than_its_lease_may_run_beside_another(self):
        self.ran("a", 1, 9, stops=[[2, 8, "limiters"]])
        self.ran("b", 7, 8)
        self.assertSeen("too many", excuse="stopped for 6")

    def test_a_short_stop_excuses_nothing(self):
        self.ran("a", 1, 9, stops=[[2, 3, "limiters"]])
        self.ran("b", 7, 8)
        self.assertViolation("too many")

    def test_who_was_cut_off_alone_may_run_beside_another(self):
        self.ran("a", 1, 9, path="own 1")
        self.ran("b", 7, 8)
        self.h.closed.append(["own 1", 2, 8, "blackhole"])
        self.assertSeen("too many", excuse="cut off for 6")
        self.h.closed[0][0] = "own 2"
        self.assertViolation("too many")

    def test_a_failover_excuses_what_is_granted_while_two_may_serve_and_nothing_later(self):
        self.ran("a", 1, 40, expiry=30)
        self.ran("b", 15, 20, expiry=30)
        self.h.events.append([10, 12, "failover after a crash"])
        self.assertSeen("too many", excuse="a failover")
        self.h.callers[1].granted = 18
        self.assertViolation("too many")
        self.h.events.append([14, 17, "oom"])
        self.assertSeen("too many", excuse="a failover")
        self.h.callers[1].granted = 9
        self.assertViolation("too many")

    def test_a_lease_that_nobody_keeps_is_over_when_it_was_not_renewed(self):
        self.ran("a", 1, 7, kind="bare", notes=[[3, "renew", 0]], expiry=3)
        self.ran("b", 5, 8)
        self.assertViolation("too many")
        self.h.callers[1].granted = 6.1
        self.assertSeen("too many", excuse="was over")

    def test_a_restart_that_all_could_reach_excuses_nothing_and_a_flush_does(self):
        self.ran("a", 1, 9)
        self.ran("b", 7, 8)
        self.h.away.append([5, 6, "restart empty"])
        self.h.events.append([5, 6, "restart empty"])
        self.assertViolation("too many")
        self.h.events.append([6, 6, "flushall"])
        self.assertSeen("too many", excuse="FLUSHALL")

    def test_a_flush_excuses_nothing_once_the_holder_must_have_come_back(self):
        self.ran("a", 1, 19)
        self.ran("b", 13, 14)
        self.h.events.append([6, 6, "flushall"])
        self.assertViolation("too many")
        self.h.callers[0].kind = "bare"  # nobody comes back for it
        self.assertSeen("too many", excuse="FLUSHALL")

    def test_a_keeper_that_was_killed_leaves_the_rest_of_its_lease(self):
        self.ran("a", 1, 19, kind="kept", hits=[[6, 9, "keeper"]])
        self.ran("b", 7, 8)
        self.assertViolation("too many")
        self.h.callers[1].granted = 7.6
        self.assertSeen("too many", excuse="killed")


class Order(HistoryTest):
    def test_a_fence_is_given_once(self):
        self.ran("a", 1, 2)
        self.ran("b", 3, 4, spawned=0.5, fence=1000)
        self.assertViolation("one fence twice")

    def test_who_was_started_after_a_grant_has_a_larger_fence(self):
        self.ran("a", 1, 2)
        self.ran("b", 3, 4, fence=900)
        self.assertViolation("a smaller fence")

    def passed(self):
        self.ran("a", 5, 6, spawned=0, lease=f"sem.x.{ID}.0")
        self.ran("b", 3, 4, spawned=1, lease=f"sem.x.{ID[::-1]}.0")
        self.h.samples.append({"t": 2, "name": "x", "now": 0, "counters": {}, "holders": {}, "waiters": {ID: 1, ID[::-1]: 2},
                               "tags": {ID: "a", ID[::-1]: "b"}, "weights": {}})

    def test_who_waits_with_a_lower_ticket_is_not_passed(self):
        self.passed()
        self.assertViolation("passed")

    def test_who_was_away_itself_may_be_passed(self):
        self.passed()
        self.h.callers[0].stops.append([2, 4, "limiters"])
        self.assertSeen("passed", excuse="away itself")

    def test_who_did_not_take_up_what_it_was_handed_first_was_not_passed(self):
        self.passed()
        self.h.samples.append(self.h.samples[0] | {"t": 2.9, "holders": {ID: 1}, "waiters": {ID[::-1]: 2}, "fences": {ID: 2900}})
        self.assertSeen()
        self.h.samples[-1]["fences"][ID] = 3100
        self.assertViolation("passed")

    def test_whose_connection_was_forgotten_may_be_passed(self):
        self.passed()
        self.h.events.append([1, 3.5, "forgetful of own 7"])
        self.assertViolation("passed")
        self.h.callers[0].path = "own 7"
        self.assertSeen("passed", excuse="forgotten")


class Exits(HistoryTest):
    def test_a_server_that_can_be_reached_is_not_out_of_reach(self):
        self.waited("a", 1, 7, status=69, path="own 1")
        self.assertViolation("exit 69")
        self.h.closed.append(["own 1", 0, 6.5, "refuse"])
        self.assertSeen()

    def test_who_was_stopped_learns_later_that_its_connection_was_forgotten(self):
        self.waited("a", 1, 15, status=69, path="own 1")
        self.h.events.append([4, 4, "forget of own 1"])
        self.assertViolation("exit 69", "stood empty")
        self.h.callers[0].stops.append([3, 10, "limiters"])
        self.assertSeen()

    def test_who_got_no_cpu_may_be_late(self):
        self.waited("a", 1, 7, status=69, starved=1.5)
        self.assertSeen("exit 69", excuse="starved")

    def test_no_wait_without_an_end_is_refused(self):
        self.waited("a", 1, 2)
        self.assertViolation("exit 75")

    def test_the_code_is_that_of_cmd(self):
        self.ran("a", 1, 2, code=7)
        self.assertViolation("exit 0")

    def test_a_stop_whose_slot_nobody_had_is_not_needed(self):
        self.ran("a", 1, 5, status=79, end_signal=15)
        self.assertViolation("stopped, and the slot was free")

    def test_a_wait_has_its_end(self):
        self.waited("a", 1, 20, max_sleep=2.0)
        self.assertViolation("overrun", "stood empty")

    def test_cmd_does_not_outlive_limiters(self):
        self.ran("a", 1, 5).ended = 3
        self.assertViolation("orphan")

    def test_what_is_left_is_told(self):
        self.h.eternal.append("k")
        self.h.left.append("a")
        self.assertViolation("a key for ever", "left over")


    def test_who_came_before_a_newer_one_may_be_sent_away_by_it_alone(self):
        self.waited("a", 1, 3, stderr="limiters: sem 'x' on …: superseded by b")
        self.assertViolation("exit 75")
        self.ran("b", 4, 5, spawned=2, supersede="waiting")
        self.assertSeen()


class Orders(HistoryTest):
    def order(self, verb, sent, *value):
        self.h.callers.append(Caller(tag=verb, name="x", kind="order", path="tcp", spawned=sent, ended=sent + 0.1, status=0, order=[verb, *value]))

    def test_a_pause_lets_in_nobody_who_comes_in_it(self):
        self.ran("a", 1.2, 2, spawned=0.9)
        self.order("pause", 1, 5)
        self.ran("b", 6.5, 7, spawned=2)
        self.assertSeen()
        self.ran("c", 5, 6)
        self.assertViolation("granted in a pause")

    def test_a_resume_ends_it_and_lost_data_too(self):
        self.order("pause", 1, 5)
        self.order("resume", 2, 0)
        self.ran("b", 3, 4)
        self.assertSeen()
        self.order("pause", 5, 50)
        self.ran("c", 8, 9)
        self.assertViolation("granted in a pause")
        self.h.events.append([6, 7, "restart empty"])
        self.assertSeen()

    def test_a_limit_holds_for_who_comes_after_it(self):
        self.h.limiters[0].capacity = 3
        self.ran("a", 0.5, 5)
        self.ran("b", 0.6, 5)
        self.order("limit", 1, 10, 2)
        self.assertSeen()
        self.ran("c", 3, 4)
        self.assertViolation("above the limit")
        self.order("limit", 2, 0.5, 3)
        self.assertSeen()

    def test_a_name_is_of_one_at_a_time(self):
        self.h.limiters[0].capacity = 2
        self.ran("a", 1, 3, slot="left")
        self.ran("b", 2, 4, slot="right")
        self.ran("c", 3, 4, slot="left")
        self.assertSeen()
        self.ran("d", 4.5, 6, slot="left")
        self.ran("e", 5, 6, slot="left")
        self.assertViolation("one name twice")


class Buckets(HistoryTest):
    def test_a_window_has_no_more_than_the_bucket_gives(self):
        self.h.limiters = [Limiter("x", "bucket", 1, rate=5)]
        for n in range(20):
            self.ran(f"a{n}", 10 + n / 5, 10 + n / 5, kind="bucket")
        self.assertSeen()
        for n in range(6):
            self.ran(f"b{n}", 11, 11, kind="bucket")
        self.assertViolation("too many tokens")

    def test_a_token_is_not_kept_back_from_who_can_reach_the_server(self):
        self.h.limiters = [Limiter("x", "bucket", 1, rate=5)]
        self.ran("a", 12, 12, spawned=4, kind="bucket")
        self.assertViolation("token kept back")
        self.h.away.append([5, 6, "pause"])
        self.assertSeen()


class Schedule(unittest.TestCase):
    def test_a_seed_always_does_the_same(self):
        self.assertEqual(faults(7, 60, "usual"), faults(7, 60, "usual"))
        self.assertNotEqual(faults(7, 60, "usual"), faults(8, 60, "usual"))
        first, second = (Jobs(7, groups()[1], 3) for _ in range(2))
        self.assertEqual([first.next() for _ in range(20)], [second.next() for _ in range(20)])

    def test_the_end_of_a_run_is_calm(self):
        for seed in range(20):
            self.assertLess(max(f.at + f.span for f in faults(seed, 60, "named")), 40)


class Summary(HistoryTest):
    def test_all_runs_together_tell_what_is_documented_and_the_worst_seed(self):
        results = []
        for seed, wait in ((1, 2), (2, 4)):
            self.h = History(seed, "usual", begin=0.0, last_fault=0.0, end=60.0, limiters=[Limiter("x", "sem", 1)])
            self.waited("a", 30, 30.25 + wait, max_sleep=9)
            self.ran("b", 1, 9, stops=[[2, 8, "limiters"]])
            self.ran("c", 7, 8)
            shares = availability(self.h)
            results.append((self.h, check(self.h, shares), shares))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            print_summary(results)
        self.assertRegex(said.getvalue(), r"(?m)^2 runs of 120 s in all, 6 calls by 6 callers, 4 grants, 0 faults$")
        self.assertRegex(said.getvalue(), r"(?m)^the longest .* nobody settling: 4\.\d\d s \(x from 30\.\d\d on, seed 2\)$")
        self.assertRegex(said.getvalue(), r"(?m)^documented: 2 × too many: its limiters was stopped$")
        self.assertRegex(said.getvalue(), r"(?m)^2 passed, 0 failed$")
        self.assertRegex(said.getvalue(), r"calm: 5\.\d\d % / 5\.\d\d %")


if __name__ == "__main__":
    unittest.main()
