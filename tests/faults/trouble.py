"""A server that is there but cannot serve for a while: what that means at each step of a caller's life.

A test class names the trouble: begin() and end(), and what is said of the server meanwhile.
"""

from faults.callers import PATIENCE, FaultTest
from support.proxy import Proxy
from support.tool import limiters
from support.wait import eventually


class TroubleTest(FaultTest):
    said = None
    short = "1s"  # enough for an answer, on a busy machine too

    def setUp(self):
        if self.said is None:
            self.skipTest("the base of others")
        super().setUp()
        self.control = self.enterContext(self.server.client())
        self.proxy = self.enterContext(Proxy(self.server.url))

    def begin(self):
        raise NotImplementedError

    def end(self):
        raise NotImplementedError

    def caller(self, tag, *options, **more):
        return super().caller(tag, *options, redis=self.proxy.url, **more)

    def wait_for_error_answer(self):
        """Someone has been told of the trouble."""
        before = self.proxy.bytes_down
        self.proxy.wait_for(lambda p: p.bytes_down > before, PATIENCE)


class AtEachStep:
    def test_a_new_caller_waits_until_it_is_over(self):
        self.begin()
        caller = self.caller("caller", "--redis-timeout", "2m")
        self.wait_for_error_answer()
        self.assertFalse(caller.started())
        self.end()
        self.assertEndedAs(caller.wait_for_start().finish(5), 5)
        self.assertEqual(caller.running.err(), "")
        self.assertFree()

    def test_a_new_caller_gives_up_with_69_when_its_time_is_over(self):
        self.begin()
        result = limiters("--redis-timeout", self.short, "sem", "run", "--name", "t", "--capacity", "1", "--", "echo", "ran",
                          redis=self.proxy.url)
        self.assertEqual((result.code, result.out), (69, ""), result)
        self.assertOneLine(result.err, f"sem 't': {self.proxy.url} cannot serve: {self.said}; try again later")
        self.end()
        caller = self.caller("caller", "--redis-timeout", "2m")
        self.assertEndedAs(caller.wait_for_start().finish(5), 5)
        self.assertFree()

    def test_waiters_keep_their_places(self):
        holder = self.holder("holder")
        waiters = [self.waiter(f"waiter-{i}") for i in range(3)]
        self.begin()
        for waiter in waiters:
            waiter.running.wait_for_err("the place in the queue is kept", PATIENCE)
        self.end()
        for caller in [holder, *waiters]:
            self.assertEndedAs(caller.wait_for_start().finish(5), 5)
            self.assertLessEqual(len(caller.running.err().splitlines()), 1, "told more than once")
        self.assertEqual(self.stage.started(), ["holder", "waiter-0", "waiter-1", "waiter-2"])
        self.assertEqual(self.stage.most_at_once(), 1)
        self.assertFree()
        self.assertAllKeysExpire()

    def test_a_command_outlives_it_and_its_lease_comes_back(self):
        holder = self.holder("holder", expiry="1s")
        id = self.id_of(holder)
        self.begin()
        holder.running.wait_for_err("the lease has ended; CMD goes on", PATIENCE)
        self.assertIn(f"{self.proxy.url} does not serve ({self.said})", holder.running.err())
        self.end()
        eventually(lambda: self.live_holders() == {id}, PATIENCE, "a renewal")
        self.assertTrue(holder.running.running())
        self.assertEndedAs(holder.finish(5), 5)
        self.assertFree()

    def test_a_release_waits_until_it_is_over(self):
        holder = self.holder("holder", "--redis-timeout", "2m", expiry="1m")
        self.begin()
        holder.open_gate(5)
        eventually(lambda: self.stage.ended() == ["holder"], PATIENCE)
        self.end()
        result = holder.running.wait(PATIENCE)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertFree()

    def test_a_release_that_does_not_succeed_is_a_warning(self):
        holder = self.holder("holder", "--redis-timeout", self.short, expiry="1m")
        self.begin()
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        if result.err:  # some errors do not hit a release
            self.assertOneLine(result.err, "warning", "sem 't'", self.proxy.url, "could not be given back", self.said)
        self.end()
        if not result.err:
            self.assertFree()
