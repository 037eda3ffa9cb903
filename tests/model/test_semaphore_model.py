"""Random callers and random faults of one semaphore, for hours of simulated time: what must always hold, holds."""

import unittest

from lua.scripts import SECOND, ScriptTest
from model.plays import Play
from model.seeds import run_seeds

TIMEOUT = 600  # s; a play takes a second, and twenty on a machine that is busy


class SemaphoreModel(ScriptTest):
    worker = None

    def connect(self, name):
        """A new connection in the place of an old one."""
        if getattr(self, name):
            getattr(self, name).close()
        setattr(type(self), name, self.server.client())
        return getattr(self, name)

    @classmethod
    def tearDownClass(cls):
        for connection in (cls.client, cls.worker):
            if connection:
                connection.close()

    def server_time(self):
        seconds, micros = self.client.call("TIME")
        return int(seconds) * SECOND + int(micros)

    def play(self, *faults, seconds=2, **options):
        run_seeds(self, lambda rng: Play(self, rng, *faults, **options).play(), seconds)

    def test_without_faults(self):
        self.play()

    def test_with_callers_that_die_at_any_moment(self):
        self.play("kill")

    def test_with_callers_in_trouble_of_their_own(self):
        self.play("kill", "stop", "cut", "deafen")

    def test_with_one_caller_whose_trouble_delays_nobody_else(self):
        self.play("trouble_one", watch=True, seconds=4)

    def test_with_stops_of_callers_and_of_the_server(self):
        self.play("stop", "suspend", "crash", "crash_older")

    def test_with_a_server_that_comes_back_with_its_data(self):
        self.play("kill", "crash", "crash_silently")

    def test_with_another_server_that_has_all_data(self):
        self.play("kill", "fail_over")

    def test_with_a_server_that_comes_back_empty(self):
        self.play("kill", "crash_empty")

    def test_with_a_server_that_comes_back_empty_and_callers_that_notice_late(self):
        self.play("kill", "crash_empty_silently")

    def test_with_a_server_that_comes_back_with_older_data(self):
        self.play("kill", "crash_older")

    def test_with_newcomers_that_are_the_first_to_reach_an_empty_server(self):
        self.play("kill", "restart_empty", newcomers_first=True)

    def test_with_newcomers_that_are_the_first_to_reach_a_server_that_loaded_for_long(self):
        self.play("kill", "restart_loading", newcomers_first=True)

    def test_with_a_server_that_hangs(self):
        self.play("kill", "hang")

    def test_with_a_clock_that_steps(self):
        self.play("kill", "clock_back", "clock_forward")

    def test_with_resets(self):
        self.play("kill", "reset", "crash", "hang")

    def test_with_everything_at_once(self):
        self.play("kill", "stop", "cut", "deafen", "crash", "crash_silently", "fail_over", "crash_empty", "crash_older",
                  "hang", "clock_back", seconds=4)


if __name__ == "__main__":
    unittest.main()
