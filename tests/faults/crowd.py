"""Five commands that run and ten that wait, and a server that goes away under them: nobody is stopped, nobody runs too
many, nobody passes anybody."""

import threading

from faults.callers import PATIENCE, FaultTest
from support.wait import eventually

HOLDERS = [f"holder-{i}" for i in range(5)]
WAITERS = [f"waiter-{i}" for i in range(10)]


class CrowdTest(FaultTest):
    expiry = "3s"

    def setUp(self):
        super().setUp()
        self.crowd = {}

    def join(self, *tags):
        for tag in tags:
            make = self.holder if tag in HOLDERS else self.waiter
            self.crowd[tag] = make(tag, capacity=5, expiry=self.expiry)

    def newcomer(self, tag, *options):
        """Not waited for: the server may be away."""
        self.crowd[tag] = self.caller(tag, "--redis-timeout", "2m", *options, capacity=5, expiry=self.expiry)

    def let_pass(self, seconds):
        """The length of an outage is what these tests are about: here time itself is the event."""
        threading.Event().wait(seconds)

    def assertAllComeBack(self, waiters=tuple(WAITERS), holders=tuple(HOLDERS)):
        """The server knows them all again: each held slot is leased, and the queue is as it was."""
        def known():
            ids = {words[9]: id for id, words in self.records().items()}
            held = {ids.get(str(self.crowd[tag].pid)) for tag in holders}
            queue = [ids.get(str(self.crowd[tag].pid)) for tag in waiters]
            return held <= self.live_holders() and [id for id in self.waiters() if id in queue] == queue

        def over():
            return set(self.running()) != set(holders) or known()
        eventually(over, PATIENCE, "all of the crowd to be known again")
        self.assertEqual(set(self.running()), set(holders), self.sayings())

    def running(self):
        """Tags of the commands that run, in the order of their starts."""
        ended = self.stage.ended()
        return [tag for tag in self.stage.started() if tag not in ended]

    def assertFinishInOrder(self, waiters=tuple(WAITERS), running=tuple(HOLDERS)):
        """Commands end one by one; each time the next of the queue starts, and never more than five run."""
        order = self.stage.started() + list(waiters)
        for i in range(len(running) + len(waiters)):
            first = self.running()[0]
            result = self.crowd[first].finish(40 + i)
            self.assertEqual(result.code, 40 + i, f"{first}: {result}")
            if i < len(waiters):
                eventually(lambda: len(self.running()) == 5, PATIENCE, f"a start in the place of {first}")
        self.assertEqual(self.stage.started(), order)
        self.assertLessEqual(self.stage.most_at_once(), 5)
        self.assertFree()
        self.assertAllKeysExpire()

    def sayings(self):
        return "".join(f"{tag}: {caller.running.err()}" for tag, caller in self.crowd.items())

