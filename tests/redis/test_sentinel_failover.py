"""The master behind sentinels becomes another one while a semaphore's holders hold and its waiters wait."""

import unittest

from faults.callers import P, PATIENCE, FaultTest, Stage
from support.sentinel import Watched
from support.wait import eventually


class Followed(FaultTest):
    def setUp(self):
        self.server = self.enterContext(Watched())
        self.stage = self.enterContext(Stage())

    def join(self):
        """A holder and two waiters, with all they did at the replica too."""
        self.crowd = [self.holder("holder"), self.waiter("waiter-0"), self.waiter("waiter-1")]
        self.ids = [self.id_of(caller) for caller in self.crowd]
        eventually(lambda: self.server.replica.call("ZCARD", f"{P}:waiters") == 2, PATIENCE, "the queue at the replica")

    def assertFollowed(self):
        """All are known at the new master, as they were, and end there one after the other."""
        eventually(lambda: self.live_holders() == {self.ids[0]}, PATIENCE, "the holder at the new master")
        fresh = {}

        def asked_again():
            """Liveness that only a question to the new master can have written."""
            alive = self.server.replica.call("ZRANGE", f"{P}:alive", 0, -1, "WITHSCORES")
            now = dict(zip(alive[::2], map(int, alive[1::2])))
            for id in self.ids[1:]:
                fresh.setdefault(id, now.get(id, 0))
            return all(now.get(id, 0) > fresh[id] for id in self.ids[1:])
        eventually(asked_again, PATIENCE, "the waiters at the new master")
        self.assertEqual(self.waiters(), self.ids[1:])
        for code, caller in enumerate(self.crowd, 1):
            self.assertEndedAs(caller.wait_for_start().finish(code), code)
        self.assertEqual(self.stage.started(), ["holder", "waiter-0", "waiter-1"])
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertFree()

    def test_when_it_was_killed(self):
        self.join()
        self.server.master.kill()
        self.server.wait_for_promotion()
        self.assertFollowed()

    def test_when_another_was_made_master_and_it_lives(self):
        self.join()
        self.server.fail_over()
        self.assertFollowed()

    def test_a_newcomer_finds_the_new_one(self):
        self.server.master.kill()
        newcomer = self.caller("newcomer", "--redis-timeout", "2m")
        self.server.wait_for_promotion()
        self.assertEndedAs(newcomer.wait_for_start().finish(3), 3)


if __name__ == "__main__":
    unittest.main()
