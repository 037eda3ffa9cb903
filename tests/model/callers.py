"""A simulated caller of one semaphore: what it asks, and what it does after the answer.

A waiter asks when it is woken and as often as it was told to, and tells the longest lease that it was told of; a holder
renews every third of its lease and asks for a lost lease back.
"""

import functools

from lua.scripts import MILLISECOND, MINUTE, SECOND, Answer, Semaphore, new_id
from model.paths import FIRST_PAUSE, Path

BAR = 2 * MINUTE  # no question that was given up comes later than this


class Client(Path):
    def __init__(self, world, name, *, lease, weight=1, waits=True, max_sleep=None, hold=0, forgets=None, job=None):
        super().__init__(world, forgets)
        self.name, self.id = name, new_id()
        self.lease, self.weight, self.waits, self.hold = lease, weight, waits, hold
        self.job = job or world.job_length(lease)
        self.began = world.now
        self.gives_up_at = None if max_sleep is None else world.now + max_sleep
        self.ticket = self.fence = self.longest = 0
        self.running = self.reclaiming = self.gone = False
        self.given_up = False       # for good, and no question of it may bring it back
        self.unheard = False        # it has not reached the server since the last fault of that
        self.overtaken = False      # the clock jumped over the end of its lease
        self.lost_at = None         # when the data were lost or went back, until it has its lease again
        self.held_until = 0         # by its minimum hold
        self.job_ends = self.lease_ends = self.appointment = None
        self.delay = self.troubles = 0  # see Delays

    def __repr__(self):
        return f"{self.name} (weight {self.weight}, lease {self.lease / SECOND:g} s)"

    # Its questions.

    def question(self, sent):
        world = self.world
        world.maybe_duplicate(self)
        if self.running and world.now >= self.job_ends:
            return self.end()
        ask = self.renew if self.running and not self.reclaiming else self.acquire
        heed = ask(sent)
        self.unheard, self.used_at, self.heard_at, self.pause = False, world.now, world.now, FIRST_PAUSE
        if self.stops_next:
            span, self.stops_next = self.stops_next, False
            world.stop(self, span)
            world.plan(self, None)
            world.plan(lambda: self.gone or heed(), self.stopped_until)
        else:
            heed()

    def duplicate(self):
        """What it would send now, for the server to do later, when nobody reads the answer any more."""
        semaphore = self.world.semaphore
        if self.running and self.world.now >= self.job_ends:
            return functools.partial(semaphore.release, self.id, ticket=self.ticket, bar=BAR)
        if self.running and not self.reclaiming:
            return functools.partial(semaphore.renew, self.id, ticket=self.ticket, lease=self.lease)
        return functools.partial(semaphore.acquire, self.id, **self.words(wait=self.waits or self.reclaiming))

    def words(self, wait):
        return {"ticket": self.ticket, "fence": self.fence, "weight": self.weight, "capacity": self.world.capacity,
                "lease": self.lease, "wait": wait, "hold": self.hold_left(), "longest": self.longest, "bar": self.bar()}

    def bar(self):
        return BAR if self.abandoned else 0

    def hold_left(self):
        return max(0, self.held_until - self.world.now) if self.running or self.gone else self.hold

    def acquire(self, sent):
        overdue = self.gives_up_at is not None and sent >= self.gives_up_at
        last = not self.running and (not self.waits or overdue)
        free = last and self.world.delays.has_room_for(self)
        answer = self.world.semaphore.acquire(self.id, **self.words(wait=not last))
        free = free and self.world.delays.no_rule_is_in_the_way()  # of which this question may be the cause
        self.world.note(self.name, "asks for its lease back:" if self.running else "asks:", answer)
        return functools.partial(self.reclaimed if self.running else self.answered, answer, sent, last, free)

    def answered(self, answer, sent, last, free):
        world = self.world
        world.check(not answer.barred, self, "was barred while it waited")
        self.remember(answer)
        if answer.holds and sent + self.lease <= world.now:
            self.fence = 0  # the answer came so late that the lease has ended: this was no grant
            world.plan(self, world.now)
        elif answer.holds:
            self.running, self.held_until = True, world.now + self.hold
            self.job_ends = world.now + self.job
            self.lease_is_good(sent)
        elif answer.state == Answer.NOT_YET:
            world.plan(self, world.now + max(answer.closed, MILLISECOND))
        elif last:
            self.gone = self.given_up = True
            world.check(not free, self, "was refused although there was room for it")
        else:
            self.listen(answer)

    def remember(self, answer):
        self.ticket, self.fence = answer.ticket, answer.fence
        self.longest = answer.longest

    def listen(self, answer):
        world = self.world
        span = int(answer.span * world.rng.uniform(0.8, 1.2))
        if answer.until > 0:
            span = min(span, answer.until + SECOND // 10)
        if self.gives_up_at is not None:
            span = min(span, max(self.gives_up_at - world.now, 10 * MILLISECOND))
        self.listens_until = world.now + span
        world.plan(self, self.listens_until)

    def renew(self, sent):
        state = self.world.semaphore.renew(self.id, ticket=self.ticket, lease=self.lease)
        self.world.note(self.name, "renews:", state)
        return functools.partial(self.renewed, state, sent)

    def renewed(self, state, sent):
        world = self.world
        world.check(state != Semaphore.BARRED or self.may_be_barred(), self, "was barred while it ran")
        if state == Semaphore.RENEWED:
            self.lease_is_good(sent)
        else:
            self.reclaiming = True
            world.plan(self, world.now)

    def reclaimed(self, answer, sent, *_):
        world = self.world
        world.check(not answer.barred or self.may_be_barred(), self, "was barred while it reclaimed")
        self.remember(answer)
        self.reclaiming = not answer.holds
        if answer.barred:
            self.end()
        elif answer.holds:
            self.lease_is_good(sent)
        elif sent >= self.lease_ends and answer.rule != Answer.ANOTHER_LIFE:
            excused = self.overtaken or self.troubled_until >= self.lease_ends - self.lease
            world.check(excused, self, "lost its lease and was stopped")
            self.end()
        else:
            world.plan(self, world.now + SECOND // 2)

    def lease_is_good(self, sent):
        world = self.world
        world.check(not self.is_void(), self, "holds by a ticket that a reset took back")
        self.lease_ends, self.overtaken, self.lost_at = sent + self.lease, False, None
        beat = world.now + min(self.lease // 3, MINUTE)
        world.plan(self, world.now if self.lease_ends <= world.now else max(world.now, min(beat, self.job_ends)))

    def end(self):
        self.world.maybe_duplicate(self)
        self.running, self.gone, self.given_up = False, True, True
        self.world.note(self.name, "ends")
        self.world.semaphore.release(self.id, ticket=self.ticket, bar=self.bar(), hold=self.hold_left())

    def may_be_barred(self):
        """Where its lease has ended, a late duplicate of its first question, which would not wait, leaves in its name."""
        return self.is_void() or not self.waits and self.world.now >= self.lease_ends

    def is_void(self):
        """It has not been told yet that a reset took its ticket back."""
        return 0 < self.ticket <= self.world.void

    def outlives_its_lease(self):
        """As it may: it could not reach the server for so long, or not after the data were lost, or the clock jumped."""
        return (self.overtaken or self.world.now >= self.lease_ends and self.troubled_until >= self.lease_ends - self.lease
                or self.lost_at is not None and self.troubled_until > self.lost_at)
