"""Waiters of leases of every length keep their order over any absence of the server."""

import unittest

from faults.callers import PATIENCE, FaultTest
from support.wait import eventually

LEASES = ["1s", "12s", "3s", "6s", "1s", "12s"]


class Order(FaultTest):
    def setUp(self):
        super().setUp()
        self.held = self.holder("holder", expiry="2s")
        self.queue = []

    def join(self, leases):
        for lease in leases:
            self.queue.append(self.waiter(f"{len(self.queue)}-of-{lease}", expiry=lease))

    def assertFinishInOrder(self):
        """All are known again, and then served one by one in the order in which they came."""
        pids = [str(waiter.pid) for waiter in self.queue]
        eventually(lambda: [self.records()[id][9] for id in self.waiters()] == pids, PATIENCE, "the queue as it was")
        for caller in [self.held, *self.queue]:
            self.assertEndedAs(caller.wait_for_start().finish(5), 5)
        self.assertEqual(self.stage.started(), ["holder", *(waiter.tag for waiter in self.queue)])
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertFree()

    def test_a_restart_without_data(self):
        self.join(LEASES)
        self.server.kill()
        self.server.start(empty=True)
        self.assertFinishInOrder()

    def test_a_restart_with_its_data(self):
        self.join(LEASES)
        self.server.save()
        self.server.kill()
        self.server.start()
        self.assertFinishInOrder()

    def test_a_restart_with_data_that_lack_the_second_half_of_the_queue(self):
        self.join(LEASES[:3])
        self.server.save()
        self.join(LEASES[3:])
        self.server.kill()
        self.server.start()
        self.assertFinishInOrder()

    def test_a_hang(self):
        self.join(LEASES)
        self.server.pause()
        self.held.running.wait_for_err("the lease has ended", PATIENCE)
        self.server.resume()
        self.assertFinishInOrder()


if __name__ == "__main__":
    unittest.main()
