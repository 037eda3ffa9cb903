"""The path of one simulated caller to the server: what reaches whom, and when a failure is noticed."""

import functools

from lua.scripts import MILLISECOND, SECOND

TIMEOUT = 5 * SECOND  # of a question
SILENCE = SECOND      # so long after its slice a waiter gives up a connection on which nothing came
FIRST_PAUSE, LONGEST_PAUSE = 10 * MILLISECOND, SECOND // 2


class Path:
    """A connection that breaks, dies silently or is forgotten on the way, a caller that is cut off or stands still.

    `forgets`: (after how long without a word the path forgets a connection, whether it does so silently), or None.
    """

    def __init__(self, world, forgets):
        self.world, self.forgets = world, forgets
        self.connected = self.deaf = False  # deaf: its connection has died, and it does not know
        self.abandoned = False      # a question of it was given up, and may come late
        self.listens_until = None   # the end of a waiter's slice
        self.used_at = self.heard_at = 0
        self.pause = FIRST_PAUSE
        self.cut_until = self.stopped_until = self.troubled_until = 0
        self.cut_silently = self.stops_next = False

    def act(self):
        """Its appointment has come: ask, if it can."""
        if self.listens_until is not None and not self.slice_ended():
            return
        self.listens_until = None
        if self.reaches_server():
            self.question(self.world.now)

    def slice_ended(self):
        """Whether its waiting for a wake-up has come to an end. Where nothing comes, it listens for a second more."""
        world, latest = self.world, self.listens_until + SILENCE
        if not self.connected or self.hears():
            return True
        if world.now < latest:
            hung_only = world.hangs and world.down_until <= latest and not (self.deaf or self.is_cut or self.forgotten)
            world.plan(self, max(world.now, world.down_until if hung_only else latest))
            return False
        self.connected = self.deaf = False
        return True

    def hears(self):
        """Whether what the server sends reaches it."""
        return self.connected and not (self.deaf or self.is_cut or self.forgotten or self.world.is_down())

    @property
    def is_cut(self):
        return self.world.now < self.cut_until

    @property
    def forgotten(self):
        return self.forgets is not None and self.world.now > self.used_at + self.forgets[0]

    @property
    def timeout(self):
        return min(TIMEOUT, self.lease // 6) if self.running else TIMEOUT

    @property
    def in_trouble(self):
        """Of its own, since it was last answered: for that the server owes it nothing."""
        return self.troubled_until > self.heard_at

    def reaches_server(self):
        world = self.world
        if self.connected and (self.deaf or self.forgotten and self.forgets[1]):
            self.connected = self.deaf = False
            return self.lose_question(world.now + self.timeout)
        if self.connected and self.forgotten:
            self.connected = False
            return self.try_again()
        if self.is_cut and self.connected and self.cut_silently:
            return self.lose_question_in_cut()
        if self.is_cut or world.is_down() and not world.hangs:
            self.connected = False
            return self.try_again(self.cut_until if self.is_cut else world.down_until)
        self.connected, self.used_at = True, world.now
        if world.hangs:
            return self.lie_in_socket()
        return True

    def try_again(self, hopeless_until=0):
        """The pauses grow to half a second. The attempts of which nothing can come are passed over."""
        world, rng = self.world, self.world.rng
        when = world.now + int(rng.uniform(0.5, 1) * self.pause)
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        if hopeless_until > when:
            when, self.pause = hopeless_until + rng.randrange(LONGEST_PAUSE), LONGEST_PAUSE
        self.go_on_at(when)
        return False

    def go_on_at(self, when):
        """Unless that is too late: a first answer is waited for as long as the last one, that of a release."""
        begun = self.job_ends if self.running else self.began if self.ticket == 0 else when
        if when > begun + TIMEOUT:
            self.world.note(self, "goes without an answer")
            self.running, self.gone = False, True
        self.world.plan(self, when)

    def lose_question(self, when):
        self.abandoned = True
        self.go_on_at(when + self.world.rng.randrange(10 * MILLISECOND))
        return False

    def lose_question_in_cut(self):
        """What was sent into it arrives soon after it, when perhaps nobody waits for the answer any more."""
        world, sent = self.world, self.world.now
        arrives = self.cut_until + world.rng.randrange(SECOND)
        if arrives < sent + self.timeout:
            question = functools.partial(self.question_arrives, sent)
            question.is_message = True
            world.plan(question, arrives)
            world.plan(self, None)
            return False
        self.connected = False
        if world.rng.random() < 0.5:
            world.plan_duplicate(self, self.duplicate(), arrives)
        return self.lose_question(arrives if arrives > sent + self.timeout else sent + self.timeout)

    def lie_in_socket(self):
        """The server hangs: it does all that it was sent when it goes on, also what nobody waits for any more."""
        world, sent, waits = self.world, self.world.now, self.world.down_until - self.world.now
        if waits > self.timeout:
            self.abandoned = True
            world.in_sockets += [self.duplicate() for _ in range(min(2, waits // self.timeout))]
            sent = world.down_until - world.rng.randrange(self.timeout)
            self.go_on_at(sent)
        if not self.gone:
            world.in_sockets.append(functools.partial(self.question_arrives, sent))
            world.plan(self, None)
        return False

    def question_arrives(self, sent):
        if self.gone or self.stopped_until > self.world.now or self.world.is_down():
            self.abandoned = True
            if not self.world.is_down():
                self.duplicate()()
            if not self.gone:
                self.world.plan(self, self.world.now + MILLISECOND)
        else:
            self.question(sent)
