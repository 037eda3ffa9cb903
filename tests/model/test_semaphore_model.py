"""Random clients and random faults of one semaphore, for hours of simulated time: what must always hold, holds."""

import unittest

from lua.scripts import DAY, HOUR, MINUTE, SECOND, ScriptTest
from model.seeds import run_seeds
from model.simulation import World


class SemaphoreModel(ScriptTest):
    def test_without_faults(self):
        run_seeds(self, lambda rng: Play(self, rng).play(), 3)

    def test_with_clients_that_die_at_any_moment(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill").play(), 4)

    def test_with_clients_that_are_stopped_for_a_while(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "stop").play(), 4)

    def test_with_stops_of_clients_and_of_the_server(self):
        run_seeds(self, lambda rng: Play(self, rng, "stop", "suspend", "crash", "crash_older").play(), 4)

    def test_with_a_server_that_comes_back_with_its_data(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "crash").play(), 4)

    def test_with_a_server_that_comes_back_empty(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "crash_empty").play(), 4)

    def test_with_newcomers_that_are_the_first_to_reach_a_server_that_comes_back_empty(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "restart_empty").play(), 4)

    def test_with_a_server_that_comes_back_with_older_data(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "crash_older").play(), 4)

    def test_with_a_server_that_hangs(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "hang").play(), 4)

    def test_with_a_clock_that_steps(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "clock_back", "clock_forward").play(), 4)

    def test_with_resets(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "reset").play(), 4)

    def test_with_resets_and_a_server_that_comes_back_with_its_data(self):
        run_seeds(self, lambda rng: Play(self, rng, "kill", "reset", "crash", "hang").play(), 4)

    def test_with_everything_at_once(self):
        faults = "kill", "crash", "crash_empty", "crash_older", "hang", "clock_back"
        run_seeds(self, lambda rng: Play(self, rng, *faults).play(), 6)


class Play:
    """One run: clients come, faults happen, and in the end everybody is served and nothing is left."""

    def __init__(self, test, rng, *faults, arrivals=30):
        self.rng, self.faults, self.arrivals = rng, faults, arrivals
        capacity = rng.choice((1, 2, 5))
        self.world = World(test, rng, capacity, lease=rng.choice((12, 30, 60)) * SECOND)
        self.saved = None

    def play(self):
        w = self.world
        w.plan(self.newcomer, w.now())
        w.plan(self.fault, w.now() + 5 * SECOND)
        steps = 0
        while w.step():
            steps += 1
            w.check(steps < 20_000, f"after {steps} steps they still live: {w.live()}")
        w.check(not w.live(), f"never served: {w.live()}")
        w.test.let_pass(3 * DAY + w.semaphore.counter("offset"))
        w.check(not w.semaphore.all_keys(), "keys were left behind")

    def newcomer(self):
        w, rng = self.world, self.rng
        # Before those who know of leases that were lost with the data, or that a step of the clock ended, a newcomer
        # can be granted a slot that is not free: nobody can tell, unless the server itself has just started.
        if not w.is_down() and (w.everybody_was_heard() or "restart_empty" in self.faults):
            w.arrive(weight=rng.choice((1, 1, rng.randint(1, w.capacity))), waits=rng.random() < 0.8,
                     max_sleep=rng.choice((None, None, 10 * SECOND, MINUTE)), hold=rng.choice((0, 0, 0, 5 * SECOND, MINUTE)))
            self.arrivals -= 1
        if self.arrivals:
            w.plan(self.newcomer, w.now() + rng.randrange(8 * SECOND))

    def fault(self):
        w, rng = self.world, self.rng
        if self.faults and self.arrivals:
            if not w.is_down():
                getattr(self, rng.choice(self.faults))()
            w.plan(self.fault, w.now() + rng.choice((SECOND, 10 * SECOND, MINUTE)))

    def a_while(self):
        lease = self.world.lease
        return self.rng.choice((SECOND // 5, SECOND, 5 * SECOND, lease // 3, lease, 2 * lease, HOUR))

    def kill(self):
        live = self.world.live()
        if live:
            self.world.kill(self.rng.choice(live))

    def stop(self):
        waiting = self.world.waiting()
        if waiting:
            self.world.stop(self.rng.choice(waiting), self.a_while())

    def suspend(self):
        """The machine sleeps, with the server and all on it."""
        span = self.a_while()
        self.world.hang(span)
        for client in self.world.waiting():
            self.world.stop(client, span + self.rng.randrange(SECOND))

    def reset(self):
        self.world.reset()

    def crash(self):
        self.world.crash(self.a_while())

    def crash_empty(self):
        self.world.crash(self.a_while(), self.lose_data)

    def restart_empty(self):
        """For real, so that the server can tell how young it is."""
        self.world.crash(self.a_while(), self.lose_data, self.world.restart)

    def crash_older(self):
        if self.saved and self.rng.random() < 0.5:
            self.world.crash(self.a_while(), self.go_back)
        else:
            self.save()

    def hang(self):
        self.world.hang(self.a_while())

    def clock_back(self):
        self.world.step_clock(-self.a_while())

    def clock_forward(self):
        self.world.step_clock(self.a_while())

    def lose_data(self):
        s = self.world.semaphore
        s.client.call("DEL", *s.keys)
        s.data_lost()

    def save(self):
        self.world.note("a snapshot is taken")
        s, self.saved = self.world.semaphore, self.world.now()
        for key in s.keys:
            s.client.call("DEL", f"saved {key}")
            s.client.call("COPY", key, f"saved {key}")

    def go_back(self):
        s = self.world.semaphore
        self.lose_data()
        for key in s.keys:
            s.client.call("COPY", f"saved {key}", key)
        s.older_data()


if __name__ == "__main__":
    unittest.main()
