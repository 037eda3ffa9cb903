"""Five holders and ten waiters on one semaphore, and a server that goes away and comes back under them."""

from lua.scripts import LEASE, SECOND, ScriptTest

SPARE = 2 * SECOND  # how long those who were cut off have to come back to a server that has its data
SETTLING = LEASE // 3 + LEASE // 6 + SPARE  # a beat, the time in which a holder notices that nobody answers, and that


class Crowd(ScriptTest):
    def setUp(self):
        super().setUp()
        self.make_crowd()

    def make_crowd(self):
        self.s = self.semaphore()
        self.holders = self.holding(5, capacity=5)
        self.queue = self.waiting(10, capacity=5)
        self.fences = [h.fence for h in self.holders]

    def lose_data(self):
        self.client.call("DEL", *self.s.keys)

    def become_another_process(self):
        self.s.become_another_process()

    def snapshot(self):
        """Takes it, and returns what brings it back on another server."""
        for key in self.s.keys:
            self.client.call("COPY", key, f"saved {key}", "REPLACE")

        def restore():
            self.lose_data()
            for key in self.s.keys:
                self.client.call("COPY", f"saved {key}", key)
            self.s.become_another_process()
        return restore

    def come_back(self, order):
        for caller in order:
            caller.beat()

    def assertAllAsBefore(self):
        self.assertHolders(self.holders)
        self.assertEqual([h.fence for h in self.holders], self.fences)
        self.assertQueue(self.queue)
        self.assertEqual(self.s.in_use(), 5)

    def assertGoesOn(self):
        """Slots that come free go on to the queue, in its order, and nothing is left over."""
        self.live(SETTLING, self.holders + self.queue)
        self.assertAllAsBefore()
        running, left = self.holders, self.queue
        while left:
            for holder in running:
                holder.release()
            running, left = left[:5], left[5:]
            self.assertHolders(running)
            for caller in running:
                self.assertTrue(caller.ask().holds)
