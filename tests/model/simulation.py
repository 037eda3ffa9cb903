"""Simulated clients of one semaphore, in simulated time, and the faults that befall them and their server.

Clients do what real ones do: a waiter asks every 2 s or when woken, a holder renews every third of its lease and
asks for a lost lease back, both try again soon after a failure and say that they were away. The clock of the server
is moved to the next thing that happens, so that hours pass in seconds.
"""

import heapq
import itertools
import time

from lua.scripts import MILLISECOND, SECOND, Answer, Caller, Semaphore
from model.invariants import Invariants

_order = itertools.count()


class Client(Caller):
    def __init__(self, world, name, waits=True, max_sleep=None, hold=0, **options):
        super().__init__(world.semaphore, **options)
        self.world, self.name, self.waits, self.hold = world, name, waits, hold
        self.gives_up_at = None if max_sleep is None else world.now() + max_sleep
        self.running = self.reclaiming = self.gone = self.given_up = False
        self.away = Semaphore.CANNOT_KNOW  # then: whether it was cut off since the last answer, or Semaphore.LATE
        self.unheard = False        # it has not reached the server since the last fault
        self.held_until = 0         # by its minimum hold
        self.stopped_until = 0
        self.stopped = False        # and it has not reached the server since
        self.job_ends = self.lease_ends = self.appointment = None

    def __repr__(self):
        return f"{self.name} (weight {self.options['weight']})"

    def act(self):
        """Ask the server, and decide when to ask again."""
        if self.world.is_down():
            return self.fail()
        self.unheard = self.stopped = False
        if not self.running:
            self.ask_for_slot()
        elif self.world.now() >= self.job_ends:
            self.end()
        elif self.reclaiming or not self.renewed():
            self.reclaim()

    def fail(self):
        """No answer: the question is lost, or lies in the socket of a server that hangs."""
        world = self.world
        if world.hangs and not self.away and world.rng.random() < 0.3:
            world.in_sockets.append(self.duplicate())
        self.away = True
        world.plan(self, world.down_until + world.rng.randrange(SECOND))

    def duplicate(self):
        """What it would send now, for the server to do later, when nobody reads the answer any more."""
        ticket, fence, hold = self.ticket, self.fence, self.hold_left()
        if self.running and self.world.now() >= self.job_ends:
            return lambda: self.semaphore.release(self.id, lease=self.lease)
        if self.running and not self.reclaiming:
            return lambda: self.semaphore.renew(self.id, ticket=ticket, lease=self.lease)
        return lambda: self.semaphore.acquire(self.id, ticket=ticket, fence=fence, hold=hold, **self.options)

    def send(self, call, **options):
        self.world.maybe_duplicate(self)
        away, self.away = self.away, False
        return call(away=away, **options)

    def ask_for_slot(self):
        world, sent = self.world, self.world.now()
        last_try = not self.waits or self.gives_up_at is not None and sent >= self.gives_up_at
        answer = self.send(self.ask, wait=not last_try, hold=self.hold)
        world.check(not answer.barred, f"{self} was barred while it waited")
        if answer.holds:
            self.running, self.held_until = True, world.now() + self.hold
            self.job_ends = world.now() + world.job_length()
            self.lease_is_good(sent)
        elif answer.state == Answer.WAITS_BRIEFLY:
            world.plan(self, world.now() + answer.settling)
        elif last_try:
            self.gone = self.given_up = True
        else:
            world.plan(self, world.now() + world.rng.randint(1600, 2400) * MILLISECOND)

    def end(self):
        self.world.maybe_duplicate(self)
        self.running, self.gone, self.given_up = False, True, True
        self.release(hold=self.hold_left())

    def hold_left(self):
        return max(0, self.held_until - self.world.now()) if self.running or self.gone else self.hold

    def is_void(self):
        """It has not been told yet that a reset took its ticket back."""
        return 0 < self.ticket <= self.world.void

    def renewed(self):
        sent = self.world.now()
        state = self.send(self.renew)
        self.world.check(state != Semaphore.BARRED or self.is_void(), f"{self} was barred while it ran")
        if state == Semaphore.RENEWED:
            self.lease_is_good(sent)
        return state == Semaphore.RENEWED

    def reclaim(self):
        world, sent = self.world, self.world.now()
        answer = self.send(self.ask, hold=self.hold_left())
        world.check(not answer.barred or self.is_void(), f"{self} was barred while it reclaimed")
        self.reclaiming = not answer.holds
        if answer.barred:
            self.end()
        elif answer.holds:
            self.lease_is_good(sent)
        elif sent >= self.lease_ends and answer.settling == 0:
            world.check(world.may_lose, f"{self} lost its lease and was stopped")
            self.end()
        else:
            world.plan(self, world.now() + SECOND // 2)

    def lease_is_good(self, sent):
        self.world.check(not self.is_void(), f"{self} holds by a ticket that a reset took back")
        self.lease_ends = sent + self.lease
        beat = min(self.lease // 3, 60 * SECOND) * self.world.rng.uniform(0.9, 1)
        self.world.plan(self, max(self.world.now(), min(self.world.now() + int(beat), self.job_ends)))


class Duplicate:
    """A message that reaches the server late, from a connection whose client has gone on."""

    def __init__(self, world, client, call):
        self.world, self.client, self.call = world, client, call

    def __call__(self):
        if not self.world.is_down():
            self.world.note(f"a late duplicate of {self.client}")
            self.call()


class World:
    def __init__(self, test, rng, capacity, lease, may_lose=False):
        self.test, self.rng, self.capacity, self.lease, self.may_lose = test, rng, capacity, lease, may_lose
        self.semaphore = Invariants(test.client, test.semaphore().name, self)
        self.clients, self.agenda, self.story = [], [], []
        self.down_until, self.hangs, self.in_sockets = 0, False, []
        self.void = 0  # a reset took back all tickets up to this
        self.data_are_whole = True  # since the last time that everybody was heard
        self._passed, self._began = 0, time.monotonic_ns() // 1000

    def now(self):
        """True time, whatever the server's clock shows."""
        return self._passed + time.monotonic_ns() // 1000 - self._began

    def note(self, text):
        self.story.append(f"{self.now() / SECOND:10.3f}  {text}")

    def check(self, condition, claim):
        if not condition:
            raise AssertionError("\n".join([claim, *self.story[-80:]]))

    def plan(self, what, when):
        """A client's next act replaces the one before; anything else is called."""
        if isinstance(what, Client):
            when = max(when, what.stopped_until)
        entry = (when, next(_order), what)
        if isinstance(what, Client):
            what.appointment = entry
        heapq.heappush(self.agenda, entry)

    def step(self):
        """Do the next thing. False: there is none."""
        if not self.agenda:
            return False
        entry = heapq.heappop(self.agenda)
        when, _, what = entry
        if isinstance(what, Client) and (what.gone or what.appointment is not entry):
            return True
        span = when - self.now()
        if span > 0:
            self.test.let_pass(span)
            self._passed += span
        if not self.is_down():
            self.drain_sockets()
        if isinstance(what, Client):
            self.note(f"{what} {'runs' if what.running else 'waits'}{', was away' if what.away else ''}")
            what.act()
        else:
            what()
        self.semaphore.check_commands_running()
        self.wake_clients()
        return True

    def is_down(self):
        return self.now() < self.down_until

    def drain_sockets(self):
        """A server that hung does first what lies in its sockets."""
        calls, self.in_sockets = self.in_sockets, []
        self.rng.shuffle(calls)
        for call in calls:
            self.note("a call from a socket")
            call()

    def maybe_duplicate(self, client):
        if self.rng.random() < 0.03:
            call, delay = client.duplicate(), self.rng.randrange(int(0.9 * min(client.lease, 60 * SECOND)))
            self.plan(Duplicate(self, client, call), self.now() + delay)

    def wake_clients(self):
        """Those who were handed a slot are woken, or their wake-up is lost."""
        if not self.is_down():
            for client in self.live():
                if not client.running and self.test.client.call("DEL", self.semaphore.wake_key(client.id)):
                    if self.rng.random() < 0.8:
                        self.plan(client, self.now() + MILLISECOND)

    def job_length(self):
        return self.rng.choice((100 * MILLISECOND, 2 * SECOND, 2 * SECOND, 10 * SECOND, self.lease, 2 * self.lease))

    def arrive(self, **options):
        options = {"capacity": self.capacity, "lease": self.lease, "weight": 1} | options
        client = Client(self, f"client {len(self.clients)}", **options)
        self.clients.append(client)
        self.plan(client, self.now())

    def live(self):
        return [client for client in self.clients if not client.gone]

    def waiting(self):
        return [client for client in self.live() if not client.running]

    # Faults.

    def kill(self, client):
        self.note(f"kill -9 of {client}")
        client.running, client.gone = False, True

    def stop(self, client, span):
        """SIGSTOP, and SIGCONT after a while: the waiter finds the answer to its last question on its connection."""
        self.note(f"{client} stops for {span / SECOND:.1f} s")
        client.stopped_until = self.now() + span
        client.away = client.away or Semaphore.LATE
        client.stopped = client.unheard = True
        self.plan(client, client.stopped_until)

    def reset(self):
        self.note("a reset")
        self.semaphore.reset()
        self.void = self.semaphore.counter("void")

    def hang(self, span):
        self.note(f"the server hangs for {span / SECOND:.1f} s")
        self.down_until, self.hangs = self.now() + span, True
        self.nobody_was_heard(data_are_whole=True)

    def crash(self, span, lose_data=None, start=None):
        """lose_data(), if given, makes what the server starts with, and start() starts it."""
        self.note(f"the server crashes, for {span / SECOND:.1f} s")
        self.down_until, self.hangs, self.in_sockets = self.now() + span, False, []
        self.agenda = [entry for entry in self.agenda if not isinstance(entry[2], Duplicate)]
        heapq.heapify(self.agenda)
        if lose_data:
            lose_data()
        if start:
            self.plan(start, self.down_until)
        self.nobody_was_heard(data_are_whole=not lose_data)
        for client in self.live():  # its connection broke
            client.away = not client.running or client.away is True or self.rng.random() < 0.8
            self.plan(client, self.down_until + self.rng.randrange(SECOND))

    def restart(self):
        self.test.restart()
        self.semaphore.client = self.test.client

    def step_clock(self, span):
        self.note(f"the server's clock steps by {span / SECOND:.1f} s")
        self.test.let_pass(span)
        self.semaphore.clock_stepped(span)
        self.nobody_was_heard()

    def nobody_was_heard(self, data_are_whole=False):
        self.data_are_whole = data_are_whole and (self.data_are_whole or self.everybody_was_heard())
        for client in self.live():
            client.unheard = True

    def everybody_was_heard(self):
        return not any(client.unheard for client in self.live())
