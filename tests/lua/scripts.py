"""The scripts by name: a semaphore, its callers and a bucket on a private server, with named arguments and results."""

import dataclasses
import itertools
import unittest

from lua.bucket import Bucket, new_id, orders
from support.server import Server

MILLISECOND, SECOND = 1000, 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
YEAR = 365 * DAY
LEASE = 30 * SECOND
BAR = 2 * MINUTE  # a question that was given up comes no later
BRIEF = 2 * SECOND  # how long a newcomer that ends a silence waits for those whose leases ended in it

_names = itertools.count(1)


@dataclasses.dataclass
class Answer:
    """What the semaphore's acquire says."""
    state: int
    ticket: int
    fence: int
    place: int
    waiters: int
    used: int
    other_capacity: int
    closed: int
    rule: int
    until: int
    span: int
    longest: int
    held: int = -1
    holder: str = ""
    about: int = 0
    orders: list = dataclasses.field(default_factory=list)
    slots: str = ""

    WAITS, HOLDS, NOT_YET, BARRED, FOR_ITSELF, SUPERSEDED, FULL, NAMED = 0, 1, 2, -1, -2, -3, -4, -5
    ANOTHER_LIFE, YOUNG, SPARED, PAUSED = 1, 2, 3, 4

    @property
    def holds(self):
        return self.state == Answer.HOLDS

    @property
    def barred(self):
        return self.state == Answer.BARRED


class Semaphore:
    """One semaphore. All times are in µs."""

    RENEWED, GONE, BARRED, SUPERSEDED, MAY_RETURN = 1, 0, -1, -2, 2
    RELEASED, UNKNOWN, RELEASED_BEFORE = 1, 0, -1

    def __init__(self, client, name, prefix="limiters"):
        self.client, self.name = client, name
        self.p = f"{prefix}:2:sem:{{{name}}}"
        self.holders, self.waiters, self.alive = (f"{self.p}:{part}" for part in ("holders", "waiters", "alive"))
        self.keys = [self.p, self.holders, self.waiters, self.alive]

    def acquire(self, id, *, ticket=0, fence=0, weight=1, capacity=1, lease=LEASE, wait=True, hold=0, longest=0, alone=False,
                bar=0, tell=False, who="h 1 t", outer="", policies=None):
        args = (id, ticket, fence, weight, capacity, lease, int(wait), hold, longest, int(alone), bar, int(tell), who, outer)
        args += () if policies is None else (policies,)
        return Answer(*self.client.eval_script("semaphore/acquire", self.keys, args))

    def renew(self, id, *, ticket, lease=LEASE):
        return self.client.eval_script("semaphore/renew", self.keys[:2], (id, ticket, lease))

    def release(self, id, *, ticket=0, bar=0, hold=0):
        return self.client.eval_script("semaphore/release", self.keys, (id, ticket, bar, hold))

    def status(self):
        """(capacity, used, waiters, closed, {id: (weight, held, expires in, released, who)}), or None if it is not there."""
        holders, first = {}, None
        for state, some, _ in self.status_slices():
            first, holders = first or state, holders | some
        return first and (*first, holders)

    def queue(self):
        """[(id, weight, waited, who)] of those who wait, in their order."""
        return [row for _, _, rows in self.status_slices() for row in rows]

    def status_slices(self):
        """The same in its parts, as a reader gets them: ((capacity, used, waiters, closed), {holders}, [waiters]) of each."""
        holders_from = waiters_from = "-inf"
        while holders_from or waiters_from:
            there, *rest = self.client.eval_script("semaphore/status", self.keys, ("", holders_from, waiters_from))
            if not there:
                return
            holders_from, held, waiters_from, waiting = rest[5:9]
            yield (tuple(rest[:4]), {held[i]: tuple(held[i + 1:i + 6]) for i in range(0, len(held), 6)},
                   [tuple(waiting[i:i + 4]) for i in range(0, len(waiting), 4)])

    def in_use(self):
        """The weight that is held, as status tells it."""
        status = self.status()
        return status[1] if status else 0

    def order(self, verb, span, count=0, by="op@h why"):
        """(whether anything has changed, limit, pause), each [count, left, since, by and why] or None."""
        done, told = self.client.eval_script("semaphore/order", self.keys, ("", verb, span, count, by))
        return (done, *orders(told))

    def orders(self):
        return orders(self.client.eval_script("semaphore/status", self.keys, ("", "-inf", "-inf"))[11])

    def reset(self):
        """[holders, waiters] that there were."""
        return self.client.eval_script("semaphore/reset", self.keys)

    # What stands in Redis.

    def wake_key(self, id):
        return f"{self.p}:wake:{id}"

    def counter(self, name):
        return int(self.client.call("HGET", self.p, name) or 0)

    def become_another_process(self):
        """As if another server process had written P: what a restart with the data, or a failover, leaves."""
        self.client.call("HSET", self.p, "run", "0" * 8)
        self.client.call("HINCRBY", self.p, "seen", -100 * MILLISECOND)  # INFO is asked after 50 ms only

    def records(self):
        """The ids that have a record."""
        return {field for field in self.client.call("HKEYS", self.p) if len(field) == 32}

    def entries(self):
        """The ids that are listed anywhere."""
        return {id for key in self.keys[1:] for id in self.client.call("ZRANGE", key, 0, -1)}

    def holder_ids(self):
        return set(self.client.call("ZRANGE", self.holders, 0, -1))

    def waiter_ids(self):
        """In the queue's order."""
        return self.client.call("ZRANGE", self.waiters, 0, -1)

    def all_keys(self):
        return set(self.client.call("KEYS", f"*{{{self.name}}}*"))


class Caller:
    """A client of a semaphore, which remembers its ticket and its fence as the real one does."""

    def __init__(self, semaphore, **options):
        self.semaphore, self.options = semaphore, options
        self.id, self.ticket, self.fence, self.longest, self.holds = new_id(), 0, 0, 0, False

    def __repr__(self):
        return f"<caller {self.id[:6]}>"

    def ask(self, **changes):
        """Ask for a slot, poll, confirm a hand-off, reclaim: the Answer."""
        known = {"ticket": self.ticket, "fence": self.fence, "longest": self.longest}
        answer = self.semaphore.acquire(self.id, **known | self.options | changes)
        if not answer.barred:
            self.ticket, self.fence, self.longest = answer.ticket, answer.fence, answer.longest
        self.holds = answer.holds
        return answer

    def beat(self, **changes):
        """What it does by itself from time to time: renew, ask for a lost lease back, poll. Does it hold afterwards?"""
        if self.holds and self.renew(**changes) == Semaphore.RENEWED:
            return True
        return self.ask(**changes).holds

    def renew(self, **changes):
        options = {"lease": self.lease, "ticket": self.ticket} | changes
        return self.semaphore.renew(self.id, **options)

    def release(self, **changes):
        return self.semaphore.release(self.id, **{"ticket": self.ticket} | changes)

    @property
    def lease(self):
        return self.options.get("lease", LEASE)

    @property
    def in_holders(self):
        return self.id in self.semaphore.holder_ids()

    @property
    def woken(self):
        return self.semaphore.client.call("LLEN", self.semaphore.wake_key(self.id)) > 0

    def lease_left(self):
        """Until the lease ends; negative when it has ended."""
        s = self.semaphore
        seconds, micros = s.client.call("TIME")
        now = int(seconds) * SECOND + int(micros) + s.counter("offset")
        return int(float(s.client.call("ZSCORE", s.holders, self.id))) - now


class ScriptTest(unittest.TestCase):
    """A server for each class, whose clock moves as the test says; each test has its own limiters on it."""

    config = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(cls.config))
        cls.client = cls.enterClassContext(cls.server.client())
        cls.offset = 0

    def restart(self):
        """Start the server again, without its data. Semaphores keep the connection that is broken."""
        self.server.kill()
        self.server.start(empty=True)
        type(self).client = self.enterClassContext(self.server.client())

    def let_pass(self, span):
        """Move the server's clock by so many µs, back where it is negative."""
        type(self).offset += span
        self.server.clock_offset(self.offset / SECOND)

    def live(self, span, callers):
        """Let so many µs pass in which these callers do what callers do."""
        while span > 0:
            self.let_pass(min(span, 2 * SECOND))
            span -= 2 * SECOND
            for caller in callers:
                caller.beat()

    def semaphore(self, name=None):
        """A new one, or that of a name."""
        return Semaphore(self.client, name or f"sem-{next(_names)}")

    def setUp(self):
        self.let_pass(-self.offset)
        self.s = self.semaphore()

    def callers(self, count, **options):
        """New callers of this test's semaphore, which have not asked yet."""
        return [Caller(self.s, **options) for _ in range(count)]

    def holding(self, count, **options):
        """New callers that hold a slot."""
        callers = self.callers(count, **options)
        for caller in callers:
            self.assertTrue(caller.ask().holds, "no free slot")
        return callers

    def replacing_the_dead(self, count, **options):
        """New callers that find leases that ended, give their holders a moment to speak, and hold then."""
        callers = self.callers(count, **options)
        for caller in callers:
            caller.ask()
        self.let_pass(BRIEF)
        for caller in callers:
            self.assertTrue(caller.ask().holds, "no free slot")
        return callers

    def waiting(self, count, **options):
        """New callers that wait in the queue, in this order."""
        callers = self.callers(count, **options)
        for caller in callers:
            self.assertFalse(caller.ask().holds, "there was a free slot")
        return callers

    def bucket(self, capacity=1, amount=1, frequency=SECOND):
        return Bucket(self.client, f"bucket-{next(_names)}", capacity=capacity, amount=amount, frequency=frequency)

    def assertQueue(self, callers):
        self.assertEqual(self.s.waiter_ids(), [caller.id for caller in callers])

    def assertHolders(self, callers):
        self.assertEqual(self.s.holder_ids(), {caller.id for caller in callers})

    def assertAbout(self, span, expected, slack=SECOND):
        """`span` began at `expected` and may have run for a moment since: real time goes on in a test."""
        self.assertLessEqual(span, expected)
        self.assertGreater(span, expected - slack)
