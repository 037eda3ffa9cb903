"""The slot of a semaphore moves to another master while its holders hold and its waiters wait."""

import unittest

from faults.callers import NAME, P, PATIENCE
from in_a_cluster import KEYS, ClusterTest
from support.tool import limiters
from support.wait import eventually


class Resharding(ClusterTest):
    def setUp(self):
        super().setUp()
        for node in self.server.masters:
            node.call("CLUSTER", "SETSLOT", self.slot, "STABLE")  # should the last test have ended half-way

    def begin(self):
        self.server.begin_migration(self.slot, self.home, self.other)

    def move(self, *keys):
        self.server.move_keys(self.home, self.other, *keys)

    def end(self):
        self.server.end_migration(self.slot, self.home, self.other)

    def wait_for_error(self, node, word, count=1):
        before = node.errors_so_far(word)
        eventually(lambda: node.errors_so_far(word) >= before + count, PATIENCE, f"{word} from {node.port}")

    def lease_end_at(self, node):
        """At a node that has the key, but not yet the slot."""
        with node.client() as client:
            client.call("ASKING")
            scores = client.call("ZRANGE", f"{P}:holders", 0, -1, "WITHSCORES")
        return int(scores[1])

    def test_leases_are_renewed_at_the_new_place_before_the_slot_is_its_own(self):
        holder = self.holder("holder", expiry="2s")
        self.begin()
        self.move(*KEYS)
        self.wait_for_error(self.home, "ASK")
        last = self.lease_end_at(self.other)
        eventually(lambda: self.lease_end_at(self.other) > last, PATIENCE, "a renewal through ASK")
        self.end()
        self.wait_for_renewals(node=self.other)
        self.assertEndedAs(holder.finish(5), 5)
        self.assertEqual(holder.running.err(), "")
        self.assertFree()

    def test_a_semaphore_torn_in_two_serves_again_when_it_is_whole(self):
        holder = self.holder("holder", expiry="2s")
        waiter = self.queue("waiter", expiry="2s")
        self.begin()
        self.move(KEYS[1])
        newcomer = self.caller("newcomer", "--redis-timeout", "2m", expiry="2s")
        self.wait_for_error(self.home, "TRYAGAIN", 3)
        self.assertEqual(self.stage.events(), [("start", "holder")])
        self.move(*KEYS)
        self.end()
        eventually(lambda: len(self.waiters()) == 2, PATIENCE, "both in the queue at the new place")
        self.wait_for_renewals(node=self.other)
        self.assertEndedAs(holder.finish(1), 1)
        self.assertEndedAs(waiter.wait_for_start().finish(2), 2)
        self.assertEndedAs(newcomer.wait_for_start().finish(3), 3)
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertNotIn("stop", self.errors_of(holder, waiter, newcomer))
        self.assertFree()

    def test_a_torn_one_longer_than_the_lease_stops_nobody(self):
        holder = self.holder("holder", expiry="1s")
        self.begin()
        self.move(KEYS[1])
        holder.running.wait_for_err("warning", PATIENCE)  # the lease is over on its own clock
        self.assertTrue(holder.running.running())
        self.move(*KEYS)
        self.end()
        eventually(lambda: len(self.live_holders()) == 1, PATIENCE, "the holder at the new place")
        self.wait_for_renewals(node=self.other)
        self.assertEndedAs(holder.finish(6), 6)
        self.assertFree()

    def test_waiters_keep_their_order_when_the_slot_moves_at_once(self):
        holder = self.holder("holder", expiry="2s")
        waiters = [self.queue(f"waiter-{i}", expiry="2s") for i in range(3)]
        self.begin()
        self.move(*KEYS)
        self.end()
        eventually(lambda: len(self.waiters()) == 3, PATIENCE)
        self.wait_for_renewals(node=self.other)
        self.assertEndedAs(holder.finish(1), 1)
        for waiter in waiters:
            self.assertEndedAs(waiter.wait_for_start().finish(2), 2)
        self.assertEqual(self.stage.started(), ["holder", "waiter-0", "waiter-1", "waiter-2"])
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertFree()

    def test_a_slot_given_back_during_the_migration_wakes_the_waiter_at_its_end(self):
        holder = self.holder("holder", expiry="2s")
        waiter = self.queue("waiter", expiry="2s")
        self.begin()
        self.move(*KEYS)
        self.assertEndedAs(holder.finish(1), 1)
        self.end()
        self.assertEndedAs(waiter.wait_for_start().finish(2), 2)
        self.assertFree()

    def test_a_slot_given_back_before_anything_has_moved_goes_to_the_first_waiter(self):
        self.assertGoesOnBeforeAnythingHasMoved()

    def test_so_does_one_under_an_order(self):
        """Such questions and releases go the long way."""
        def order():
            result = limiters("limit", "sem", NAME, "--capacity", "7", redis=self.server.url)
            self.assertEqual(result.code, 0, result.err)
        self.assertGoesOnBeforeAnythingHasMoved(order)

    def assertGoesOnBeforeAnythingHasMoved(self, prepare=lambda: None):
        holder = self.holder("holder", expiry="2s")
        prepare()
        first, second = self.queue("first", expiry="2s"), self.queue("second", expiry="2s")
        self.begin()
        self.assertEndedAs(holder.finish(1), 1)
        first.wait_for_start()
        self.move(*KEYS)
        self.end()
        self.assertEndedAs(first.finish(2), 2)
        self.assertEndedAs(second.wait_for_start().finish(3), 3)
        self.assertEqual(self.stage.started(), ["holder", "first", "second"])
        self.assertFree()

    def test_waiters_are_woken_once_the_slot_has_moved(self):
        holder = self.holder("holder", expiry="2s")
        first = self.queue("first", expiry="2s")
        self.queue("second", expiry="2s")
        self.begin()
        holder.finish(1)
        first.wait_for_start()  # by its own question: its wake-up would have been a new key
        self.move(*KEYS)
        self.end()
        # -1 would say that nobody can be woken, and that all shall ask often.
        self.assertGreaterEqual(int(self.server.call("HGET", P, "hold")), 0)

    def test_there_and_back_again(self):
        holder = self.holder("holder", expiry="2s")
        for source, target in ((self.home, self.other), (self.other, self.home)):
            self.server.begin_migration(self.slot, source, target)
            self.server.move_keys(source, target, *KEYS)
            self.server.end_migration(self.slot, source, target)
            self.wait_for_renewals(node=target)
        self.assertEndedAs(holder.finish(8), 8)
        self.assertEqual(holder.running.err(), "")


if __name__ == "__main__":
    unittest.main()
