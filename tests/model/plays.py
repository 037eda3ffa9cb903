"""One run of the model: which callers come, and which troubles they and the server have."""

from lua.scripts import HOUR, MINUTE, SECOND
from model.simulation import World

LEASES = [lease * SECOND for lease in (1, 3, 6, 12, 30, 300)]


class Play:
    """One run: callers come, faults happen, and in the end everybody is served and nothing is left.

    A server without its data, or with older ones, is played by changing the keys of the server that is there: its clock,
    its age and its name stay. Where it is to be another process, `run` in P says that another one wrote it. Only the
    two restarts are real, because they are about the age of the server.
    """

    def __init__(self, test, rng, *faults, arrivals=30, newcomers_first=False, watch=False):
        self.rng, self.faults, self.arrivals, self.newcomers_first = rng, faults, arrivals, newcomers_first
        leases = rng.choice((LEASES, LEASES, LEASES[1:4], [rng.choice(LEASES)]))
        test.client.call("FLUSHALL")
        self.world = World(test, rng, capacity=rng.choice((1, 2, 5)), leases=leases, watch=watch)
        self.saved, self.odd = None, None
        self.busy = rng.random() < 0.5
        self.save_something()

    def play(self):
        w = self.world
        w.plan(self.newcomer, w.now)
        w.plan(self.fault, w.now + 5 * SECOND)
        steps = 0
        while w.step():
            steps += 1
            w.check(steps < 30_000, "some still live after so many steps:", steps)
        w.check(not w.live(), "never served:", w.live())
        w.now += 75 * HOUR + w.semaphore.counter("offset")
        w.move_clock()
        w.check(not w.semaphore.all_keys(), "keys were left behind")

    def newcomer(self):
        w, rng = self.world, self.rng
        if self.arrivals:
            w.plan(self.newcomer, w.now + rng.randrange((8 if self.busy else 20) * SECOND))
            self.come()

    def come(self):
        w, rng = self.world, self.rng
        # Before those who know of leases that were lost with the data, or that a step of the clock ended, a newcomer
        # can be granted a slot that is not free: nobody can tell, unless the server itself has just started.
        if not w.is_down() and (w.everybody_was_heard() or self.newcomers_first):
            w.arrive(weight=rng.choice((1, 1, rng.randint(1, w.capacity))), waits=rng.random() < 0.8,
                     max_sleep=rng.choice((None, None, 10 * SECOND, MINUTE)), hold=rng.choice((0, 0, 0, 5 * SECOND, MINUTE)))
            self.arrivals = max(0, self.arrivals - 1)

    def fault(self):
        w, rng = self.world, self.rng
        if self.faults and self.arrivals:
            if not w.is_down():
                getattr(self, rng.choice(self.faults))()
            w.plan(self.fault, w.now + rng.choice((SECOND, 10 * SECOND, MINUTE)))

    def a_while(self):
        lease = self.rng.choice(self.world.leases)
        return self.rng.choice((SECOND // 5, SECOND, 5 * SECOND, lease // 3, lease, 2 * lease, HOUR))

    # The troubles of one caller.

    def anyone(self):
        live = self.world.live()
        return self.rng.choice(live) if live else None

    def trouble(self, kind, client):
        w, rng = self.world, self.rng
        if not client:
            return
        if kind == "kill":
            w.kill(client)
        elif kind == "stop":
            w.stop(client, self.a_while())
        elif kind == "stop_before_next_answer":
            client.stops_next = self.a_while()
        elif kind == "cut":
            w.cut(client, self.a_while(), silently=rng.random() < 0.5)
        elif kind == "deafen":
            w.make_deaf(client)

    def kill(self):
        self.trouble("kill", self.anyone())

    def stop(self):
        self.trouble(self.rng.choice(("stop", "stop_before_next_answer")), self.anyone())

    def cut(self):
        self.trouble("cut", self.anyone())

    def deafen(self):
        self.trouble("deafen", self.anyone())

    def trouble_one(self):
        """There is always one, and only one, that has trouble; all others must not feel it."""
        w, rng = self.world, self.rng
        if self.odd and not self.odd.gone:
            if not self.odd.forgets:
                self.trouble(rng.choice(("kill", "stop", "stop_before_next_answer", "cut", "deafen")), self.odd)
        else:
            forgets = rng.choice((None, (SECOND, False), (SECOND, True), (5 * SECOND, False), (5 * SECOND, True)))
            self.odd = w.arrive(forgets=forgets, job=rng.choice((10 * SECOND, MINUTE, 3 * MINUTE)))
            if rng.random() < 0.5:
                w.cut(self.odd, 300_000, silently=False)

    # The troubles of the server.

    def suspend(self):
        """The machine sleeps, with the server and all on it."""
        span = self.a_while()
        self.world.hang(span)
        for client in self.world.live():
            self.world.stop(client, span + self.rng.randrange(SECOND))

    def reset(self):
        self.world.reset()

    def hang(self):
        self.world.hang(self.a_while())

    def crash(self):
        self.world.crash(self.a_while())

    def crash_silently(self):
        self.world.crash(self.a_while(), silently=True)

    def fail_over(self):
        self.world.crash(self.a_while(), self.be_another, silently=self.rng.random() < 0.3)

    def crash_empty(self):
        self.world.crash(self.a_while(), self.lose_data)

    def crash_empty_silently(self):
        self.world.crash(self.a_while(), self.lose_data, silently=True)

    def crash_older(self):
        if self.saved is not None and self.rng.random() < 0.5:
            self.world.crash(self.a_while(), self.go_back)
        else:
            self.save()

    def restart_empty(self):
        span = self.a_while()
        self.world.crash(span, lambda: self.restart(empty=True))
        self.come_right_after(span)

    def restart_loading(self):
        """It has loaded for longer than it would be young, then it serves."""
        loading = self.rng.choice((SECOND, 5 * SECOND, 20 * SECOND))
        w, span = self.world, self.a_while()
        w.crash(span + loading)
        w.plan(lambda: self.restart(empty=False), w.now + span)
        self.come_right_after(span + loading)

    def come_right_after(self, span):
        self.world.plan(self.come, self.world.now + span + self.rng.randrange(SECOND // 2))

    def clock_back(self):
        self.world.step_clock(-self.a_while())

    def clock_forward(self):
        self.world.step_clock(self.a_while())

    def save_something(self):
        """For the server to load, in which there is nothing of the semaphore."""
        if "restart_loading" in self.faults:
            self.world.test.client.call("SET", "filler", "x")
            self.world.test.client.call("SAVE")

    def restart(self, empty):
        w = self.world
        w.restart(empty)
        self.save_something()
        w.data_lost()

    def be_another(self):
        s = self.world.semaphore
        if s.client.call("EXISTS", s.p):
            s.client.call("HSET", s.p, "run", "%08x" % self.rng.randrange(2**32))
        self.world.life_begins()

    def lose_data(self):
        s = self.world.semaphore
        s.client.call("DEL", *s.keys)
        self.world.data_lost()

    def save(self):
        self.world.note("a snapshot is taken")
        s, self.saved = self.world.semaphore, self.world.now
        for key in s.keys:
            s.client.call("DEL", f"saved {key}")
            s.client.call("COPY", key, f"saved {key}")

    def go_back(self):
        s = self.world.semaphore
        self.lose_data()
        for key in s.keys:
            s.client.call("COPY", f"saved {key}", key)
        s.older_data()
        self.be_another()
