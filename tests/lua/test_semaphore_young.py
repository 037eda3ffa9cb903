"""A server that has just started: newcomers give those who know what it has lost two seconds to return."""

import re
import unittest

from lua.crowd import SETTLING, SPARE
from lua.scripts import HOUR, LEASE, SECOND, Answer, ScriptTest
from support.wait import eventually


class Young(ScriptTest):
    def setUp(self):
        super().setUp()
        self.let_pass(-HOUR)  # the server's earlier life

    def info(self, field):
        return int(re.search(rf"{field}:(-?\d+)", self.client.call("INFO", "server"))[1])

    def become_young(self):
        """To the beginning of the second in which the server was started."""
        start = self.info("server_time_usec") // SECOND - self.info("uptime_in_seconds")
        seconds, micros = self.client.call("TIME")
        self.let_pass((start - int(seconds)) * SECOND - int(micros))
        self.wait_for_age(0)

    def wait_for_age(self, seconds):
        eventually(lambda: self.info("uptime_in_seconds") == seconds, what="the server to look at its clock")

    def restart_empty(self):
        self.client.call("DEL", *self.s.keys)
        self.become_young()

    def test_a_newcomer_waits_until_it_has_run_for_two_seconds(self):
        self.become_young()
        newcomer, = self.callers(1)
        answer = newcomer.ask()
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.YOUNG))
        self.assertAbout(answer.closed, SPARE)
        self.let_pass(SPARE)
        self.assertTrue(newcomer.ask().holds)

    def test_a_hang_meanwhile_makes_it_longer_once(self):
        for hang in (4 * SECOND, HOUR):
            with self.subTest(hang=hang):
                self.s = self.semaphore()
                self.become_young()
                newcomer, = self.callers(1)
                newcomer.ask()
                self.let_pass(hang)
                answer = newcomer.ask()
                self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.YOUNG))
                self.assertAbout(answer.closed, SPARE)
                self.let_pass(4 * SECOND)
                self.assertTrue(newcomer.ask().holds)

    def test_another_process_takes_over_what_is_left_of_it(self):
        self.become_young()
        gone, newcomer = self.callers(2)
        gone.ask()
        gone.release()
        self.s.become_another_process()
        self.let_pass(4 * SECOND)
        self.wait_for_age(4)
        self.assertEqual(newcomer.ask().rule, Answer.YOUNG)
        self.let_pass(SPARE)
        self.assertTrue(newcomer.ask().holds)

    def test_after_a_second_it_waits_for_one_more(self):
        self.become_young()
        self.let_pass(SECOND)
        self.wait_for_age(1)
        self.assertAbout(self.callers(1)[0].ask().closed, SECOND)

    def test_one_that_comes_later_waits_no_longer_than_the_first(self):
        self.become_young()
        first, second = self.callers(2)
        first.ask()
        self.let_pass(SECOND)
        self.assertAbout(second.ask().closed, SECOND)

    def test_those_that_will_not_wait_keep_their_places_that_long(self):
        self.become_young()
        newcomers = self.callers(3, capacity=2)
        for newcomer in newcomers:
            self.assertEqual(newcomer.ask(wait=False).state, Answer.NOT_YET)
        self.let_pass(SPARE)
        self.assertEqual([n.ask(wait=False).state for n in newcomers], [Answer.HOLDS, Answer.HOLDS, Answer.WAITS])

    def test_newcomers_get_in_in_the_order_in_which_they_came(self):
        self.become_young()
        first, second = self.callers(2)
        first.ask()
        second.ask()
        self.let_pass(SPARE)
        self.assertFalse(second.ask().holds)
        self.assertTrue(first.ask().holds)

    def test_a_slot_that_comes_to_a_newcomer_by_the_leaving_of_another_is_taken(self):
        self.become_young()
        first, second, third = self.callers(3)
        for newcomer in (first, second, third):
            newcomer.ask()
        self.let_pass(SPARE)
        first.release()
        answer = second.ask()
        self.assertEqual((answer.state, answer.longest), (Answer.HOLDS, LEASE))

    def test_a_newcomer_to_one_that_has_run_for_longer_waits_for_nobody(self):
        self.become_young()
        self.let_pass(SPARE)
        self.wait_for_age(2)
        self.assertTrue(self.callers(1)[0].ask().holds)

    def test_one_that_was_started_for_its_caller_lets_it_in_at_once(self):
        self.become_young()
        self.assertTrue(self.callers(1)[0].ask(alone=True).holds)

    def test_a_holder_that_comes_back_after_a_newcomer_has_its_slot(self):
        holder, = self.holding(1)
        fence = holder.fence
        self.restart_empty()
        newcomer, = self.callers(1)
        self.assertFalse(newcomer.ask().holds)
        self.assertTrue(holder.beat())
        self.live(SETTLING, [newcomer, holder])
        self.assertHolders([holder])
        self.assertEqual(holder.fence, fence)

    def test_the_first_to_come_back_after_a_newcomer_starts_the_whole_settling_time(self):
        first, second = self.holding(2, capacity=2)
        self.restart_empty()
        newcomer, = self.callers(1, capacity=2)
        newcomer.ask()
        answer = first.ask()
        self.assertEqual(answer.rule, Answer.ANOTHER_LIFE)
        self.assertAbout(answer.closed, SETTLING)
        self.live(2 * SPARE, [first, newcomer])
        self.assertTrue(second.beat())
        self.assertHolders([first, second])
        self.live(SETTLING, [first, second, newcomer])
        self.assertEqual(self.s.status()[3], 0)  # it has ended, whoever asks

    def test_one_that_is_back_with_older_data_without_holders_is_as_one_without(self):
        self.holding(1)[0].release()
        self.client.call("COPY", self.s.p, "older")
        holder, = self.holding(1)
        self.client.call("DEL", *self.s.keys)
        self.client.call("RENAME", "older", self.s.p)
        self.s.become_another_process()
        self.become_young()
        answer = self.callers(1)[0].ask()
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.YOUNG))
        self.assertTrue(holder.beat())

    def test_a_limiter_that_was_in_use_since_the_start_is_not_closed_by_its_youth(self):
        holder, = self.holding(1, capacity=2)
        self.become_young()
        self.assertTrue(self.callers(1, capacity=2)[0].ask().holds)
        self.assertTrue(holder.beat())

    def test_one_that_does_not_tell_is_taken_as_it_is(self):
        self.become_young()
        self.client.call("ACL", "SETUSER", "default", "-info")
        self.addCleanup(self.client.call, "ACL", "SETUSER", "default", "+info")
        self.assertTrue(self.callers(1)[0].ask().holds)


class Started(ScriptTest):
    """A server that has run for ten seconds."""

    def start(self):
        """With a key that is somebody else's, from a file."""
        self.restart()
        self.client.call("SET", "another", "x")
        self.server.save()
        self.server.kill()
        self.server.start()
        type(self).client = self.enterContext(self.server.client())
        self.let_pass_until_its_age_is(10)

    def let_pass_until_its_age_is(self, seconds):
        self.let_pass(seconds * SECOND)
        age = lambda: int(re.search(r"uptime_in_seconds:(-?\d+)", self.client.call("INFO", "server"))[1])
        eventually(lambda: age() >= seconds, what="the server to look at its clock")
        self.s = self.semaphore()


class Loaded(Started):
    """A server counts its age from before it loads its data, which may take longer than its youth."""

    def test_two_seconds_begin_with_the_first_question(self):
        self.start()
        first, second = self.callers(2)
        answer = first.ask()
        self.assertEqual((answer.state, answer.rule), (Answer.WAITS, Answer.YOUNG))
        self.assertAbout(answer.closed, SPARE)
        self.let_pass(SECOND)
        self.assertAbout(second.ask().closed, SECOND)
        self.let_pass(SECOND)
        self.assertTrue(first.ask().holds)

    def test_after_its_first_minute_nobody_waits(self):
        self.start()
        self.let_pass_until_its_age_is(60)
        self.assertTrue(self.callers(1)[0].ask().holds)

    def test_one_that_loaded_nothing_lets_newcomers_in(self):
        self.restart()
        self.let_pass_until_its_age_is(10)
        self.assertTrue(self.callers(1)[0].ask().holds)


class LoadedLog(Started):
    """A server with a log does not tell whether it loaded anything from it."""

    config = {"appendonly": "yes"}

    def test_two_seconds_begin_with_the_first_question(self):
        self.start()
        self.assertAbout(self.callers(1)[0].ask().closed, SPARE)


if __name__ == "__main__":
    unittest.main()
