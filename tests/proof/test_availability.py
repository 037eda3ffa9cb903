"""How long a slot stood empty, in histories made by hand, and for what reasons."""

import unittest

from availability import availability
from by_hand import HistoryTest, ID


class Availability(HistoryTest):
    def setUp(self):
        super().setUp()
        self.h.end, self.h.last_fault = 10.0, 10.0

    def share(self):
        return availability(self.h)["faults"]

    def empty_for_two_seconds(self, **more):
        self.ran("a", 1, 3)
        self.ran("b", 5, 6, spawned=2, **more)

    def test_a_slot_that_somebody_waits_for_stands_empty_from_the_hand_over_on(self):
        self.empty_for_two_seconds()
        self.assertAlmostEqual(self.share().reachable, 1.75, delta=0.03)

    def test_nobody_waits_and_nothing_stands_empty(self):
        self.ran("a", 1, 3)
        self.ran("b", 5, 6)
        self.assertEqual(self.share().all, 0)

    def test_that_it_stands_empty_for_longer_than_a_rule_says_is_a_violation(self):
        self.h.end = 20.0
        self.ran("a", 1, 2)
        self.ran("b", 10.5, 11, spawned=2)
        self.assertViolation("stood empty")
        self.h.away.append([5, 6, "pause"])
        self.assertSeen()

    def test_an_outage_is_told_apart(self):
        self.empty_for_two_seconds(path="own 1")
        self.h.away.append([3, 4, "pause"])
        self.assertAlmostEqual(self.share().reachable, 1, delta=0.03)
        self.h.closed.append(["own 1", 0, 10, "blackhole"])
        self.assertEqual(self.share().reachable, 0)
        self.assertAlmostEqual(self.share().all, 1.75, delta=0.03)

    def test_a_gap_that_is_too_small_for_the_first_is_not_empty(self):
        self.h.limiters[0].capacity = 2
        self.ran("a", 1, 8)
        self.ran("b", 8, 9, spawned=2, weight=2)
        self.ran("c", 9, 9.5, spawned=3)
        self.assertEqual(self.share().all, 0)

    def test_the_first_is_the_one_whom_redis_names(self):
        self.h.limiters[0].capacity = 2
        self.ran("a", 1, 8)
        self.ran("c", 9, 9.5, spawned=2)
        self.ran("b", 8, 9, spawned=2, weight=2)
        for n in range(50):
            self.h.samples.append({"t": n / 5, "name": "x", "now": 0, "counters": {}, "holders": {}, "waiters": {ID: 2, ID[::-1]: 1},
                                   "tags": {ID: "c", ID[::-1]: "b"}, "weights": {}})
        self.assertEqual(self.share().all, 0)

    def test_a_settling_has_its_end_and_begins_anew_where_the_data_are_lost_again(self):
        self.h.end = 40.0
        self.waited("a", 1, 31, expiry=30, max_sleep=29)
        for n in range(200):
            self.h.samples.append({"t": n / 5, "name": "x", "now": 0, "counters": {"settle": 1, "rule": 1}, "holders": {}, "waiters": {ID: 1},
                                   "tags": {ID: "a"}, "weights": {}})
        self.assertViolation("stood empty")
        self.h.events.append([3, 3, "flushall"])
        self.assertViolation("stood empty")
        self.h.events.append([16, 16, "flushall"])
        self.assertSeen()

    def test_a_dead_waiter_that_does_not_fit_yet_keeps_its_place(self):
        self.h.end = 16.0
        self.waited("a", 0, 1, status=-9, hits=[[1, 9, "limiters"]])
        self.waited("b", 2, 13, max_sleep=10)
        for n in range(80):
            self.h.samples.append({"t": n / 5, "name": "x", "now": 0, "counters": {}, "holders": {}, "waiters": {ID: 1, ID[::-1]: 2},
                                   "tags": {ID: "a", ID[::-1]: "b"}, "weights": {}})
        self.assertSeen()
        self.h.callers[0].ended, self.h.callers[0].hits = None, []
        self.assertViolation("stood empty")

    def test_the_lease_of_one_that_was_killed_is_told_apart(self):
        self.empty_for_two_seconds()
        for n in range(50):
            self.h.samples.append({"t": n / 5, "name": "x", "now": 0, "counters": {}, "holders": {ID: 1}, "waiters": {},
                                   "tags": {ID: "a"}, "weights": {ID: 1}})
        self.assertAlmostEqual(self.share().dead, 1.75, delta=0.03)


if __name__ == "__main__":
    unittest.main()
