"""The question arrives and its answer is lost, torn or cut off: asked again with the same id, done once."""

import unittest

from faults.callers import PATIENCE, FaultTest
from support.proxy import Proxy
from support.wait import eventually


class LostAnswers(FaultTest):
    LOSSES = {
        "no answer": Proxy.blackhole_replies,
        "a torn answer": lambda proxy: proxy.cut_reply(1),
        "a reset instead": lambda proxy: proxy.cut_reply(0),
    }

    def caller(self, tag, *options, lose=lambda _: None, **more):
        proxy = self.enterContext(Proxy(self.server.url))
        lose(proxy)
        caller = super().caller(tag, "--redis-timeout", "2m", *options, redis=proxy.url, **more)
        caller.proxy = proxy
        return caller

    def setUp(self):
        super().setUp()
        first = self.holder("first", expiry="1s")  # so that no question is asked twice for want of a script
        self.wait_for_script("semaphore/renew")
        self.assertEndedAs(first.finish(), 0)

    def askers(self, monitor):
        """The ids in the calls of acquire so far."""
        words = [words for words in monitor.commands() if words[0] in ("EVALSHA", "EVAL") and len(words) == 21]
        return [w[7] for w in words]

    def for_each_loss(self, check):
        for name, lose in self.LOSSES.items():
            with self.subTest(loss=name):
                self.server.call("FLUSHDB")
                check(name.replace(" ", "-"), lose)

    def wait_until_asked_again(self, proxy, lose):
        """Where nothing comes back at all, the first attempt is the only one until its time is over."""
        if lose is not Proxy.blackhole_replies:
            proxy.wait_for(lambda p: p.connections > 2, PATIENCE)

    def test_of_an_acquire(self):
        def check(tag, lose):
            with self.server.monitor() as monitor:
                caller = self.caller(tag, lose=lose)
                eventually(lambda: self.askers(monitor), PATIENCE, "the first question")
                self.wait_until_asked_again(caller.proxy, lose)
                caller.proxy.heal()
                caller.wait_for_start()
                ids = set(self.askers(monitor))
            self.assertEqual(len(ids), 1, "asked under more than one name")
            self.assertEqual(self.holders(), ids)
            self.assertEndedAs(caller.finish(5), 5)
            self.assertFree()
        self.for_each_loss(check)

    def test_of_the_confirmation_of_a_hand_off(self):
        def check(tag, lose):
            holder = self.holder(f"holder-{tag}")
            waiter = self.waiter(tag)
            id = self.id_of(waiter)
            eventually(lambda: "blocked_clients:1" in self.server.call("INFO", "clients"), PATIENCE)
            lose(waiter.proxy)
            self.assertEndedAs(holder.finish(), 0)
            eventually(lambda: self.holders() == {id}, PATIENCE, "the hand-off")
            waiter.proxy.wait_for(lambda p: p.connections > 1, PATIENCE)
            waiter.proxy.heal()
            waiter.wait_for_start()
            self.assertEqual(self.holders(), {id})
            self.assertEndedAs(waiter.finish(5), 5)
            self.assertFree()
        self.for_each_loss(check)

    def test_of_the_last_question_of_a_wait(self):
        def check(tag, lose):
            holder = self.holder(f"holder-{tag}")
            waiter = self.waiter(tag, "-w", "1s")
            lose(waiter.proxy)
            eventually(lambda: not self.waiters(), PATIENCE, "an empty queue")
            waiter.proxy.wait_for(lambda p: p.connections > 1, PATIENCE)
            waiter.proxy.heal()
            waiter.proxy.reset()
            result = waiter.running.wait(PATIENCE)
            self.assertEndedAs(result, 75)
            self.assertRegex(result.err, r"no slot within 1s( \(1 of 1 in use, 0 waiting\); held by sh [^;]+)?; try later")
            self.assertEndedAs(holder.finish(), 0)
            self.assertFree()
        self.for_each_loss(check)

    def test_of_a_renewal(self):
        def check(tag, lose):
            holder = self.holder(tag)
            id, fence = self.id_of(holder), self.fence_of(holder)
            lose(holder.proxy)
            holder.proxy.wait_for(lambda p: p.connections > 1, PATIENCE)
            holder.proxy.heal()
            self.wait_for_renewal(id)
            self.assertEqual((self.holders(), self.fence_of(holder)), ({id}, fence))
            result = holder.finish(5)
            self.assertEqual((result.code, result.err), (5, ""))
            self.assertFree()
        self.for_each_loss(check)

    def wait_for_renewal(self, id):
        before = self.server.call("ZSCORE", "limiters:2:sem:{t}:holders", id)
        eventually(lambda: self.server.call("ZSCORE", "limiters:2:sem:{t}:holders", id) != before, PATIENCE, "a renewal")

    def test_of_a_release(self):
        def check(tag, lose):
            holder = self.holder(tag, expiry="1m")
            lose(holder.proxy)
            holder.open_gate(5)
            eventually(lambda: not self.holders(), PATIENCE, "a free slot")
            self.wait_until_asked_again(holder.proxy, lose)
            holder.proxy.heal()
            result = holder.running.wait(PATIENCE)
            self.assertEqual((result.code, result.err), (5, ""))
            self.assertFree()
        self.for_each_loss(check)

    def test_of_a_release_over_a_connection_that_the_path_has_forgotten(self):
        holder = self.holder("holder", expiry="1m")
        holder.proxy.forget()
        result = holder.finish(5)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertFree()

    def test_of_a_release_for_good_is_a_warning_and_the_slot_is_free(self):
        holder = self.holder("holder", "--redis-timeout", "300ms", expiry="1m")
        holder.proxy.blackhole_replies()
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        self.assertOneLine(result.err, "warning", "sem 't'", "could not be given back", "no answer", "in time")
        self.assertFree()


class BrokenConnections(LostAnswers):
    """Connections that end while nothing is under way; the next one is good."""

    LOSSES = {"a reset": Proxy.reset, "an orderly end": Proxy.close_all}
    test_of_an_acquire = test_of_a_release_for_good_is_a_warning_and_the_slot_is_free = None
    test_of_a_release_over_a_connection_that_the_path_has_forgotten = None

    def wait_until_asked_again(self, proxy, lose):
        proxy.wait_for(lambda p: p.connections > 1, PATIENCE)


if __name__ == "__main__":
    unittest.main()
