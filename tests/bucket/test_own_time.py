"""A caller whose answer is lost, or whose server is away or sets its clock: it pays once, and waits no longer than it may."""

import unittest

from bucket.case import PATIENCE, BucketTest
from support.proxy import Proxy

HOUR = 3600


class OwnTime(BucketTest):
    def setUp(self):
        super().setUp()
        self.server.clock_offset(0)
        self.acquire("-j", "9")  # so that no question is asked twice for want of a script
        self.server.call("DEL", self.bucket_key)

    def caller(self, *options, lose=lambda proxy: proxy.cut_reply(0)):
        """Behind a network that loses all answers until it is healed."""
        proxy = self.enterContext(Proxy(self.server.url))
        lose(proxy)
        return self.start(*self.words("acquire", "--redis-timeout", "2m", *options), redis=proxy.url), proxy

    def after_its_question_was_repeated(self, proxy):
        proxy.wait_for(lambda p: p.connections > 2, PATIENCE)

    def test_a_lost_answer_costs_one_token_however_many_came_between(self):
        running, proxy = self.caller("-j", "9", "--tokens", "2")
        self.after_its_question_was_repeated(proxy)
        for _ in range(6):
            self.assertSilent(self.acquire("-j", "9", "-n"))
        for _ in range(40):
            self.start(*self.words("acquire", "-j", "9"))
        self.wait_for_level(9 - 2 - 6 - 40)
        proxy.heal()
        self.assertSilent(running.wait(PATIENCE))
        self.assertEqual(self.level(), 9 - 2 - 6 - 40)

    def test_a_token_that_was_there_is_not_waited_for_though_the_clock_was_set(self):
        for step, level in ((-9 * HOUR, -1), (HOUR, 0)):
            with self.subTest(step=step):
                self.server.call("DEL", self.bucket_key)
                self.server.clock_offset(0)
                running, proxy = self.caller("-j", "9", "-n")
                self.after_its_question_was_repeated(proxy)
                self.server.clock_offset(step)
                for _ in range(9):
                    self.start(*self.words("acquire", "-j", "9"))
                self.wait_for_level(level)
                proxy.heal()
                self.assertSilent(running.wait(PATIENCE))

    def test_a_clock_that_is_set_back_makes_a_wait_no_longer_than_for_all_that_is_promised(self):
        self.acquire()
        running, proxy = self.caller("-w", "61m", "-v")
        self.after_its_question_was_repeated(proxy)
        self.server.clock_offset(-9 * HOUR)
        proxy.heal()
        self.assertRegex(running.wait_for_err("due in "), r"due in (1h00m|59m\d\ds)")

    def test_where_others_asked_meanwhile_a_wait_that_became_longer_than_allowed_is_refused(self):
        self.acquire()
        running, proxy = self.caller("-w", "61m")
        self.after_its_question_was_repeated(proxy)
        self.server.clock_offset(-9 * HOUR)
        self.start(*self.words("acquire"))
        self.wait_for_level(-2)
        proxy.heal()
        self.assertRefused(running.wait(PATIENCE), 75, "later than --max-sleep 61m")

    def test_the_time_that_the_server_was_away_counts(self):
        rate = ("--rate", "1/20m", "-w", "20m")
        running, proxy = self.caller(*rate, lose=Proxy.refuse)
        proxy.wait_for(lambda p: p.connections > 2, PATIENCE)
        self.assertSilent(self.acquire(*rate))
        proxy.heal()
        self.assertRefused(running.wait(PATIENCE), 75, "the tokens are due in", "the server took a part of --max-sleep 20m")
        self.assertEqual(self.level(), 0)


if __name__ == "__main__":
    unittest.main()
