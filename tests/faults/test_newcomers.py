"""Callers that come while the server is away must not be admitted before those who hold a slot are back."""

import signal
import unittest

from faults.crowd import HOLDERS, WAITERS, CrowdTest
from support.wait import eventually

NEWCOMERS = [f"newcomer-{i}" for i in range(5)]


class Newcomers(CrowdTest):
    def setUp(self):
        super().setUp()
        self.join(*HOLDERS, *WAITERS[:3])

    def come_all(self):
        for tag in NEWCOMERS:
            self.newcomer(tag)

    def assertNewcomersComeLast(self):
        self.assertAllComeBack(waiters=WAITERS[:3])
        eventually(lambda: len(self.waiters()) == 8, what="the newcomers in the queue")
        pids = [self.records()[id][9] for id in self.waiters()]
        order = sorted(NEWCOMERS, key=lambda tag: pids.index(str(self.crowd[tag].pid)))
        self.assertFinishInOrder(waiters=[*WAITERS[:3], *order])

    def test_those_that_come_while_it_is_dead_queue_behind_when_it_is_back_without_its_data(self):
        self.server.kill()
        self.come_all()
        self.let_pass(4)
        self.server.start(empty=True)
        self.assertNewcomersComeLast()

    def test_those_that_come_while_it_is_dead_queue_behind_when_it_is_back_with_its_data(self):
        self.server.save()
        self.server.kill()
        self.come_all()
        self.let_pass(4)
        self.server.start()
        self.assertNewcomersComeLast()

    def test_one_that_is_quicker_than_all_others_when_it_is_back_without_its_data_queues_behind(self):
        known = [self.crowd[tag].running for tag in (*HOLDERS, *WAITERS[:3])]
        for running in known:
            running.signal(signal.SIGSTOP)
        self.server.kill()
        self.server.start(empty=True)
        self.newcomer(NEWCOMERS[0])
        eventually(self.waiters, what="the newcomer in the queue")
        # By the limiter's own clock no time passes up to here: they have their two seconds from now on.
        self.server.clock_offset(-30)
        for running in known:
            running.signal(signal.SIGCONT)
        self.assertAllComeBack(waiters=WAITERS[:3])
        self.assertFinishInOrder(waiters=[*WAITERS[:3], NEWCOMERS[0]])

    def test_those_that_come_while_it_is_frozen_queue_behind(self):
        self.wait_for_script("semaphore/renew")  # then the renewals that lie in its sockets are good
        self.server.pause()
        self.come_all()
        self.let_pass(4)
        self.server.resume()
        self.assertNewcomersComeLast()

    def test_those_whose_question_it_reads_first_after_a_freeze_queue_behind_too(self):
        # The renewals that lie in its sockets come to nothing: their scripts are not known there.
        self.server.call("SCRIPT", "FLUSH")
        self.server.pause()
        self.come_all()
        self.let_pass(4)
        self.server.resume()
        self.assertNewcomersComeLast()

    def test_one_that_will_not_wait_is_refused_when_the_server_is_back_without_its_data(self):
        self.server.kill()
        hasty = [self.caller(f"hasty-{i}", "-n", "--redis-timeout", "2m", capacity=5) for i in range(3)]
        self.let_pass(4)
        self.server.start(empty=True)
        for caller in hasty:
            result = caller.running.wait(60)
            self.assertEndedAs(result, 75)
            self.assertRegex(result.err, r"was restarted or replaced, and gives earlier holders \d")
        self.assertAllComeBack(waiters=WAITERS[:3])
        self.assertFinishInOrder(waiters=WAITERS[:3])


if __name__ == "__main__":
    unittest.main()
