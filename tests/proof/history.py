"""What happened in one run, as plain data: who called, what was done to whom, what Redis held. All times are of CLOCK_MONOTONIC, in seconds."""

import bisect
import dataclasses
import json

REDIS_TIMEOUT = 5.0  # the default of --redis-timeout; no caller of the proof sets another
STARVED = 1.0        # s; who got no CPU for so long may be late with anything
STALL = "the machine stood still"  # in the place of what is done to the server
LATE = 0.3           # s one way; a path that is slower counts as closed
CLOSE = 0.3          # s; a fault is noted so long after it began at most
COME_BACK = 5.0      # s; so long after a failover whoever lost its master has found the other one


@dataclasses.dataclass
class Limiter:
    """kind: "sem", with a capacity, or "bucket", with tokens a second (and a capacity of 1)."""
    name: str
    kind: str
    capacity: int
    rate: float = 0.0


@dataclasses.dataclass
class Caller:
    """One process that the proof started. kind: run, kept (a script with a keeper), bare (a script that renews by itself), bucket,
    pipe, order (an operator's, about the limiter `name`)."""
    tag: str
    name: str
    kind: str
    path: str
    expiry: float = 30.0
    weight: int = 1
    max_sleep: float | None = None
    hold: float = 0.0
    code: int = 0               # what CMD would end with
    slots: str = ""             # the names that it asks for
    supersede: str = ""         # "waiting" or "running": whom it sends away
    order: list = dataclasses.field(default_factory=list)  # verb, for how long, and of a limit the capacity
    pid: int = 0
    spawned: float = 0.0
    ended: float | None = None
    status: int | None = None   # the exit code, or -N after death by signal N
    stderr: str = ""
    starved: float = 0.0        # s; how long in all it could have run and was given no CPU
    cmd_pid: int = 0
    granted: float | None = None
    finished: float | None = None  # the end of CMD
    end_signal: int | None = None  # that CMD wrote down; None if it could not write
    fence: int = 0
    lease: str = ""
    slot: str = ""
    asked_to_end: float | None = None  # by the proof, when its time was over
    stops: list = dataclasses.field(default_factory=list)  # [from, to, who]: limiters, cmd, keeper
    hits: list = dataclasses.field(default_factory=list)   # [when, signal, who]
    notes: list = dataclasses.field(default_factory=list)  # [when, word, exit code]
    lines: list = dataclasses.field(default_factory=list)  # of a pipe: when each came out

    @property
    def id(self):
        """By which Redis knows it, once it was granted."""
        return self.lease.split(".")[2] if self.lease.count(".") == 3 else ""

    def last_renewal(self, t):
        """When the lease of a script that had one was last known to be a whole one, before t."""
        return max([self.granted, *(at for at, word, code in self.notes if word == "renew" and code == 0 and at < t)])

    def running(self, t):
        return self.granted is not None and self.granted <= t and (self.finished is None or t < self.finished)

    def alive(self, t):
        return self.spawned <= t and (self.ended is None or t < self.ended)

    def stopped(self, a, b=None, who=("limiters", "keeper")):
        """Whether it was stopped at a, or at any time from a to b."""
        return any(w in who and s < (a if b is None else b) + 1e-9 and a < e for s, e, w in self.stops)

    def was_hit(self, *signals, who=("limiters", "keeper", "script")):
        return any(s in signals and w in who for _, s, w in self.hits)


@dataclasses.dataclass
class History:
    seed: int
    theme: str
    servers: str = "single"
    seconds: float = 60.0
    begin: float = 0.0
    last_fault: float = 0.0
    end: float = 0.0
    limiters: list = dataclasses.field(default_factory=list)
    callers: list = dataclasses.field(default_factory=list)
    away: list = dataclasses.field(default_factory=list)     # [from, to, why]: the server does not serve
    closed: list = dataclasses.field(default_factory=list)   # [path, from, to, why]
    events: list = dataclasses.field(default_factory=list)   # [when, until, what]: every fault, for the reader
    samples: list = dataclasses.field(default_factory=list)
    eternal: list = dataclasses.field(default_factory=list)  # keys without an expiry
    own_stalls: list = dataclasses.field(default_factory=list)  # [from, to]: the main loop of the proof did nothing
    left: list = dataclasses.field(default_factory=list)     # processes that did not end

    def stalls(self):
        return [(a, b) for a, b, why in self.away if why == STALL]

    def stalled(self):
        """For how long, in all."""
        return sum(b - a for a, b in self.stalls())

    def of(self, name):
        """Who asked for slots or tokens of this limiter."""
        return [c for c in self.callers if c.name == name and c.kind != "order"]

    def orders(self, name, verb):
        """[caller, from, to] of each that was obeyed: by the server at some time before `from`, and by nobody after `to`."""
        all_of = sorted((c for c in self.callers if c.name == name and c.order), key=lambda c: c.spawned)
        # A longer pause stays, a limit is replaced by the next; and one that failed may have been obeyed.
        over = {"pause": ("resume",), "limit": ("clear", "limit")}[verb]
        found = []
        for c in (c for c in all_of if c.order[0] == verb and c.status == 0):
            ends = [o.spawned for o in all_of if o is not c and o.order[0] in over and (o.ended or self.end) > c.spawned]
            found.append([c, c.ended, min([c.spawned + c.order[1], *ends])])
        return found

    def ordered(self, name, verb, spawned, t):
        """The orders of this kind that certainly stood from before this start until t."""
        return [c for c, since, to in self.orders(name, verb) if since < spawned and t < to]

    def may_stand(self, name, verb):
        """[caller, from, to] of each order of this kind: outside of it, it certainly does not stand."""
        return [[c, c.spawned, (c.ended or self.end) + c.order[1]] for c in self.callers if c.name == name and c.order and c.order[0] == verb]

    def serving(self, t):
        return not any(a <= t < b for a, b, _ in self.away)

    def open(self, path, t):
        return not any(p == path and a <= t < b for p, a, b, _ in self.closed)

    def reached(self, caller, t):
        """Whether the caller and a serving server could reach each other."""
        return self.serving(t) and self.open(caller.path, t) and not caller.stopped(t)

    def reached_all_the_time(self, caller, a, b):
        troubles = [(x, y) for x, y, _ in self.away] + [(x, y) for p, x, y, _ in self.closed if p == caller.path]
        return not any(x < b and a < y for x, y in troubles) and not caller.stopped(a, b)

    def forgotten(self, caller, a, b):
        """Whether a connection that it uses from a to b may be a forgotten one. Nobody tells a caller: it learns of it by its timeout,
        which one that is stopped cannot."""
        a = min([a, *(begin for begin, end, _ in caller.stops if begin < b and a - REDIS_TIMEOUT < end)])
        return any(what.startswith("forget") and what.endswith(f" of {caller.path}") and t < b and until > a - REDIS_TIMEOUT
                   for t, until, what in self.events)

    def happened(self, word, a, b):
        """Whether a fault that begins with this word began between a and b."""
        return any(what.startswith(word) and a <= t <= b for t, _, what in self.events)

    def failed_over(self, a, b):
        """Whether between a and b a master was being replaced, or had been a moment before: until then two may have served, and
        whoever was granted by the one that went is on its way to the other, which takes nobody back while it has no memory."""
        without_memory = sorted((begin, until) for begin, until, what in self.events if what == "oom")
        for begin, until in [(begin, until) for begin, until, what in self.events if what.startswith("failover")]:
            for out, back in without_memory:
                if out <= until + COME_BACK:
                    until = max(until, back)
            if begin - CLOSE <= b and a <= until + COME_BACK:
                return True
        return False

    def sample(self, name, t, oldest=0.7):
        """What Redis held last before t, or None."""
        if not hasattr(self, "_samples"):
            self._samples = {}
            for s in self.samples:
                self._samples.setdefault(s["name"], ([], []))
                self._samples[s["name"]][0].append(s["t"])
                self._samples[s["name"]][1].append(s)
        times, rows = self._samples.get(name, ([], []))
        i = bisect.bisect_right(times, t) - 1
        return rows[i] if i >= 0 and t - times[i] <= oldest else None

    def save(self, path):
        with open(path, "w") as f:
            json.dump(dataclasses.asdict(self), f)

    @staticmethod
    def load(path):
        with open(path) as f:
            data = json.load(f)
        data["limiters"] = [Limiter(**x) for x in data["limiters"]]
        data["callers"] = [Caller(**x) for x in data["callers"]]
        return History(**data)
