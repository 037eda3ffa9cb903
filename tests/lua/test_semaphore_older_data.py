"""Data that are older than what callers hold: those of a snapshot, or of a replica that was behind."""

import unittest

from lua.crowd import SETTLING, Crowd
from lua.scripts import LEASE, SECOND, Answer


class OlderData(Crowd):
    def test_ghosts_of_an_older_snapshot_give_way_to_those_who_live(self):
        for age in (6 * SECOND, 20 * SECOND, 2 * LEASE):
            with self.subTest(age=age):
                self.make_crowd()
                ghosts, restore = self.holders, self.snapshot()
                self.live(age, ghosts + self.queue)
                for ghost in ghosts:
                    ghost.release()
                living, queue = self.queue[:5], self.queue[5:]
                self.live(2 * SECOND, living + queue)
                self.assertHolders(living)
                restore()
                self.let_pass(SECOND)
                self.come_back(queue + living)
                for _ in range(25):  # a ghost ends within one lease, or with the settling
                    self.live(2 * SECOND, living + queue)
                self.assertHolders(living)
                self.assertQueue(queue)

    def test_a_holder_that_the_snapshot_takes_for_a_waiter_gets_its_slot_back_before_all(self):
        restore = self.snapshot()
        self.holders[2].release()
        promoted = self.queue.pop(0)
        promoted.ask()
        fence = promoted.fence
        restore()
        self.let_pass(6 * SECOND)
        promoted.beat()
        self.assertQueue([promoted, *self.queue])
        alive = [promoted] + self.queue + self.holders[:2] + self.holders[3:]
        self.come_back(alive[1:])
        self.live(LEASE, alive)
        self.assertTrue(promoted.holds)
        self.assertEqual(promoted.fence, fence)

    def test_a_holder_that_asked_for_its_slot_back_and_then_stands_still_has_it_for_one_lease_as_ever(self):
        for ends_by_itself in (True, False):
            with self.subTest(ends_by_itself=ends_by_itself):
                self.s = self.semaphore()
                ghost, = self.holding(1, lease=6 * SECOND)
                restore = self.snapshot()
                ghost.release()
                stopped, = self.holding(1)
                restore()
                self.assertFalse(stopped.ask().holds)
                waiter, = self.waiting(1)
                self.live(LEASE - 2 * SECOND, [waiter])  # the settling is over, and the ghost is gone
                self.assertHolders([stopped])
                if ends_by_itself:
                    self.live(4 * SECOND, [waiter])
                    self.assertHolders([waiter])
                else:
                    self.assertTrue(stopped.beat())

    def test_a_ticket_that_the_data_do_not_know_is_proof_enough(self):
        self.snapshot()
        late, = self.waiting(1, capacity=5)
        self.lose_data()
        for key in self.s.keys:
            self.client.call("COPY", f"saved {key}", key)  # as the same process
        answer = late.ask()
        self.assertEqual(answer.rule, Answer.ANOTHER_LIFE)
        self.assertAbout(answer.closed, SETTLING)


if __name__ == "__main__":
    unittest.main()
