"""A server that was away, with or without its data, for any time: all who live come back as they were."""

import random
import unittest

from lua.crowd import SETTLING, Crowd
from lua.scripts import DAY, HOUR, LEASE, MILLISECOND, SECOND, Caller


class Away(Crowd):
    AWAY = (500 * MILLISECOND, 5 * SECOND, 2 * LEASE, HOUR, DAY - SECOND)

    def test_without_its_data_all_come_back_in_any_order_to_the_same_slots_and_places(self):
        for seed in range(8):
            for span in self.AWAY:
                with self.subTest(seed=seed, span=span):
                    self.come_back_in_disorder(seed, span, self.lose_data)

    def test_with_its_data_all_come_back_in_any_order_to_the_same_slots_and_places(self):
        for seed in range(8):
            for span in self.AWAY:
                with self.subTest(seed=seed, span=span):
                    self.come_back_in_disorder(seed, span, lambda: None)

    def come_back_in_disorder(self, seed, span, lose):
        lose()
        self.let_pass(span)
        order = self.holders + self.queue
        random.Random(seed).shuffle(order)
        self.come_back(order, away=True)
        self.assertAllAsBefore()
        self.live(SETTLING, order)
        self.assertAllAsBefore()

    def test_after_the_settling_the_limiter_goes_on_as_ever(self):
        self.lose_data()
        self.come_back(self.queue + self.holders, away=True)
        self.assertGoesOn()

    def test_a_waiter_that_comes_back_first_gets_no_slot(self):
        for lose in (self.lose_data, lambda: self.let_pass(2 * LEASE)):
            lose()
            answer = self.queue[3].ask(away=True)
            self.assertEqual(answer.state, 0)
            self.assertAbout(answer.settling, SETTLING)
            self.come_back(self.queue + self.holders, away=True)
            self.live(SETTLING, self.holders + self.queue)
            self.assertAllAsBefore()

    def test_a_newcomer_waits_until_the_settling_has_ended(self):
        for lose in (self.lose_data, lambda: self.let_pass(2 * LEASE)):
            lose()
            self.holders[0].beat(away=True)
            newcomer, hasty = self.callers(2, capacity=5)
            self.assertFalse(newcomer.ask().holds)
            self.assertFalse(hasty.ask(wait=False).holds)
            self.come_back(self.holders[1:] + self.queue)
            self.assertQueue([*self.queue, newcomer])
            newcomer.release()

    def test_the_places_of_those_who_do_not_come_back_are_given_on(self):
        self.lose_data()
        alive, queue = self.holders[:3], self.queue[5:]
        self.come_back(queue + alive, away=True)
        self.assertQueue(queue)
        self.live(SETTLING - 2 * SECOND, alive + queue)
        self.assertHolders(alive)
        self.live(2 * SECOND, alive + queue)
        self.assertHolders(alive + queue[:2])

    def test_holders_that_died_with_the_server_give_up_their_slots_when_the_settling_ends(self):
        self.let_pass(2 * LEASE)
        alive, queue = self.holders[:3], self.queue
        self.come_back(queue + alive, away=True)
        self.live(SETTLING, alive + queue)
        self.assertHolders(alive + queue[:2])

    def test_a_slot_released_while_settling_is_given_on_when_the_settling_ends(self):
        self.lose_data()
        self.come_back(self.holders + self.queue, away=True)
        self.assertEqual(self.holders[0].release(), 1)
        self.assertHolders(self.holders[1:])
        self.live(SETTLING, self.holders[1:] + self.queue)
        self.assertHolders(self.holders[1:] + self.queue[:1])

    def test_a_second_outage_while_settling_is_survived_too(self):
        self.lose_data()
        self.come_back(self.queue[:5] + self.holders[:2], away=True)
        self.lose_data()
        self.let_pass(2 * LEASE)
        self.come_back(self.queue + self.holders, away=True)
        self.assertGoesOn()

    def test_a_settling_ends_by_itself(self):
        self.lose_data()
        self.queue[0].ask(away=True)
        self.live(SETTLING + SECOND, [self.queue[0]])
        self.assertTrue(self.queue[0].holds)
        self.assertEqual(self.queue[0].ask().settling, 0)
        self.assertTrue(Caller(self.s, capacity=5).ask().holds)

    def test_polling_while_settling_does_not_lengthen_it(self):
        self.lose_data()
        first = self.queue[0].ask(away=True).settling
        self.live(SETTLING - 2 * SECOND, self.queue)
        self.assertAbout(self.queue[0].ask(away=True).settling, first - (SETTLING - 2 * SECOND))


if __name__ == "__main__":
    unittest.main()
