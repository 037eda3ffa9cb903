"""A trace of the exhaustive model, done on the real scripts of a server whose clock stands still between its steps.

After each step Redis must hold what the model says: who holds until when, who waits in which order, and until when which
rule of recovery closes the limiter; and the script must have answered the same.
"""

from lua.scripts import HOUR, SECOND, Answer, Semaphore
from model.simulation import World

ANSWERS = {Answer.HOLDS: 1, Answer.WAITS: 0, Answer.NOT_YET: 2, Answer.BARRED: -1, Answer.SUPERSEDED: -3}
RENEWALS = {Semaphore.RENEWED: 1, Semaphore.GONE: 0, Semaphore.MAY_RETURN: 0, Semaphore.BARRED: -1, Semaphore.SUPERSEDED: -1}
REFUSED = -9
LONG_AGO = -11  # the model counts no further


class Caller:
    def __init__(self, number, generation, lease, min_hold):
        self.id = f"{number:x}{generation:031x}"  # in the order of the callers, as the model breaks ties
        self.number, self.lease, self.hold = number, lease * SECOND, min_hold * SECOND
        self.ticket = self.fence = 0
        self.began = None  # to hold


class Replay:
    def __init__(self, test, configuration):
        self.test, self.capacity = test, configuration["CAPACITY"]
        self.leases = [int(lease) for lease in configuration["LEASES"].split(",")]
        self.min_hold = configuration["MIN_HOLD"]
        self.callers, self.generation, self.old, self.empty = {}, 0, {}, False
        World.clock = -(-max(World.clock, test.server_time()) // HOUR + 30) * HOUR
        self.now, self.skew = World.clock, 0
        self.move_clock()
        self.semaphore = test.semaphore()

    def move_clock(self):
        World.clock = max(World.clock, self.now + self.skew)
        self.test.server.freeze_clock(self.now + self.skew)

    def step(self, line):
        verb, number, span, answer, gave_back = line.split("|")[0].split()[1:]
        caller = self.caller(int(number))
        answered = getattr(self, f"do_{verb}")(caller, int(span), int(answer))
        if answered is not None:
            self.test.assertEqual(answered, int(answer), "another answer")
        if int(gave_back):
            self.do_release(caller, 0, 0)
        self.compare(*line.split("|")[1:3])

    def caller(self, number):
        if number not in self.callers:
            self.generation += 1
            self.callers[number] = Caller(number, self.generation, self.leases[number], self.min_hold)
        return self.callers[number]

    # Steps.

    def do_acquire(self, caller, span, expected, wait=True, policies=None):
        # A caller of the model knows of no lease but its own, so none tells the longest that it was told of.
        answer = self.semaphore.acquire(
            caller.id, ticket=caller.ticket, fence=caller.fence, capacity=self.capacity, lease=caller.lease, wait=wait,
            hold=self.hold_left(caller), policies=policies)
        refused = answer.state == Answer.WAITS and not wait
        caller.ticket = answer.ticket
        if answer.holds:
            caller.fence = answer.fence
            caller.began = caller.began or self.now
        if refused or answer.state in (Answer.BARRED, Answer.SUPERSEDED) and not caller.fence:
            del self.callers[caller.number]
        return REFUSED if refused else ANSWERS[answer.state]

    def do_try(self, caller, span, expected):
        return self.do_acquire(caller, span, expected, wait=False)

    def do_supersede(self, caller, span, expected):
        return self.do_acquire(caller, span, expected, policies="supersede=2")

    def do_renew(self, caller, span, expected):
        return RENEWALS[self.semaphore.renew(caller.id, ticket=caller.ticket, lease=caller.lease)]

    def do_release(self, caller, span, left):
        self.semaphore.release(caller.id, ticket=caller.ticket, hold=left * SECOND)
        del self.callers[caller.number]

    def do_die(self, caller, *_):
        self.old[caller.number] = self.callers.pop(caller.number)

    def do_second(self, *_):
        self.now += SECOND
        self.move_clock()

    def do_crash(self, *_):
        """Another server goes on with the data."""
        key = self.semaphore.p
        if self.test.client.call("EXISTS", key):
            self.test.client.call("HSET", key, "run", "0" * 8)

    def do_lose(self, *_):
        self.empty = True

    def do_reset(self, *_):
        self.semaphore.reset()

    def do_limit(self, caller, span, expected):
        self.semaphore.order("limit", span * SECOND, self.capacity - 1)

    def do_back(self, *_):
        self.skew -= HOUR
        self.move_clock()

    def do_ahead(self, caller, span, expected):
        self.skew += span * SECOND
        self.move_clock()

    def do_hint(self, *_):
        pass

    do_stop = do_hang = do_hint

    def hold_left(self, caller):
        return max(0, caller.hold - (self.now - caller.began)) if caller.began else caller.hold

    # What must be the same.

    def compare(self, listed, rules):
        settle, rule, down = map(int, rules.split())
        if self.empty and not down:
            self.test.restart_empty(self)
            self.empty = False
        if self.empty:
            return
        words = listed.split()
        expected = [tuple(words[i:i + 3]) for i in range(0, len(words), 3)]
        self.test.assertEqual(self.found(), self.told(expected))
        fields = dict(zip(["settle", "rule"], self.test.client.call("HMGET", self.semaphore.p, "settle", "rule")))
        left = self.seconds(int(fields["settle"] or 0)) if fields["settle"] else 0
        self.test.assertEqual((max(0, left), int(fields["rule"] or 0) if left > 0 else 0),
                              (settle, rule) if not down else (max(0, left), int(fields["rule"] or 0) if left > 0 else 0))

    def told(self, expected):
        holders = {number: max(LONG_AGO, int(end)) for number, (what, end, _) in enumerate(expected) if what == "holds"}
        queue = sorted((int(rank), number) for number, (what, _, rank) in enumerate(expected) if what == "waits")
        return holders, [number for _, number in queue]

    def found(self):
        held = self.test.client.call("ZRANGE", self.semaphore.holders, 0, -1, "WITHSCORES")
        holders = {int(id[0], 16): max(LONG_AGO, self.seconds(int(end))) for id, end in zip(held[::2], held[1::2])}
        return holders, [int(id[0], 16) for id in self.test.client.call("ZRANGE", self.semaphore.waiters, 0, -1)]

    def seconds(self, at):
        """What is left until then on the limiter's clock, which does not go back."""
        offset, seen = (int(value or 0) for value in self.test.client.call("HMGET", self.semaphore.p, "offset", "seen"))
        left, rest = divmod(at - max(self.now + self.skew + offset, seen), SECOND)
        self.test.assertEqual(rest, 0)
        return left
