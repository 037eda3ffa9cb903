"""What will be done in a run, from its seed alone: who calls with what, and which faults come when."""

import dataclasses
import random

from history import Limiter

WARM = 4.0  # s of calm at the beginning
SERVER_GAP = 7.0  # s from the end of one fault of the server to the next, on average
CALM = 0.4  # of a run is calm at the end, so that the way back is seen

# What a fault does, and how long it lasts, from and to.
SERVER = {
    "restart empty": (0.05, 3), "restart older": (0.05, 3), "restart saved": (0.05, 3), "pause": (0.3, 8),
    "script flush": (0, 0), "client kill": (0, 0), "busy": (1, 3), "oom": (1, 6),
}
# The promise names these as what can admit too many, so they have runs of their own.
NAMED = {"flushall": (0, 0), "clock forward": (0, 0), "clock back": (0, 0)}
# Of servers that are several, in place of SERVER. A replica takes over from a master that is away for more than a second or two.
SENTINEL = {"failover": (0, 0), "crash": (0.5, 3), "pause": (0.3, 8), "script flush": (0, 0), "client kill": (0, 0), "busy": (1, 3), "oom": (1, 6)}
CLUSTER = {"failover": (0, 0), "crash": (0.5, 3), "reshard": (0.5, 4), "script flush": (0, 0), "client kill": (0, 0), "oom": (1, 6)}
OF_SERVERS = SERVER | NAMED | SENTINEL | CLUSTER
PATH = {
    "blackhole": (1, 10), "lost answers": (0.5, 6), "late": (2, 8), "torn": (0.3, 2), "reset": (0, 0), "fin": (0, 0),
    "refuse": (1, 5), "forget": (0, 0), "forgetful": (4, 10), "half close": (0, 0),
}
MACHINE = {"starve": (1, 3)}
PROCESS = {
    "kill holder": (0, 0), "kill waiter": (0, 0), "term holder": (0, 0), "term waiter": (0, 0), "stop holder": (0.5, 12),
    "stop waiter": (0.5, 12), "kill cmd": (0, 0), "term cmd": (0, 0), "stop cmd": (0.5, 4), "kill keeper": (0, 0),
    "term keeper": (0, 0), "stop keeper": (0.5, 12), "kill script": (0, 0),
}
# By an operator, about the limiter ORDERED. A limit is of 1 slot.
ORDERS = {"order pause": (1, 5), "order resume": (0, 0), "order limit": (2, 8), "order clear": (0, 0)}
ORDERED = "ordered"
MIXED = (1, 3, 6, 12, 30)


@dataclasses.dataclass
class Fault:
    """pick: whom, as a part of those there are then. size: how much, of what the kind of fault is about."""
    at: float
    kind: str
    span: float
    pick: float
    size: float

    def __str__(self):
        return f"{self.at:7.2f} {self.kind} for {self.span:.2f} (pick {self.pick:.3f}, size {self.size:.3f})"


@dataclasses.dataclass
class Group:
    """So many callers, one after the other each, of one limiter."""
    limiter: Limiter
    callers: int
    kinds: tuple = ("run",)
    expiries: tuple = MIXED
    heaviest: int = 1
    slots: str = ""
    supersedes: bool = False


def groups():
    return [
        Group(Limiter("one", "sem", 1), 5, expiries=(1,)),
        Group(Limiter("mixed", "sem", 2), 7),
        Group(Limiter("heavy", "sem", 4), 8, heaviest=3),
        Group(Limiter("usual", "sem", 3), 7, expiries=(30,)),
        Group(Limiter("script", "sem", 4), 8, kinds=("kept", "kept", "kept", "run", "bare"), expiries=(3, 6, 12)),
        Group(Limiter("paced", "bucket", 1, rate=5), 3, kinds=("bucket",)),
        Group(Limiter("piped", "bucket", 1, rate=8), 2, kinds=("pipe",)),
        Group(Limiter("named", "sem", 2), 4, expiries=(1, 3, 6), slots="left,right"),
        Group(Limiter("newest", "sem", 1), 3, expiries=(1, 3), supersedes=True),
        Group(Limiter(ORDERED, "sem", 3), 5, expiries=(1, 3, 6)),
    ]


def theme_of(seed):
    """Every fifth run has what the promise names as well."""
    return "named" if seed % 5 == 0 else "usual"


THEMES = ("usual", "named", "server", "path", "process", "orders", "none")


def faults(seed, seconds, theme, servers="single"):
    """In the order of their times. Faults of the server come one after the other, all others at any time.

    theme: "usual" for all kinds together, "named" for what the promise names too, or one kind alone.
    """
    rng = random.Random(f"faults {seed}")
    end, plan = WARM + (seconds - WARM) * (1 - CALM), []
    if theme in ("usual", "named", "path") and servers == "single":  # clients go round a proxy where servers name each other
        plan += series(rng, PATH, end, 2.0)
    if theme in ("usual", "named", "process"):
        plan += series(rng, PROCESS, end, 1.2)
    if theme in ("usual", "named", "process"):
        plan += series(random.Random(f"machine {seed}"), MACHINE, end, 12.0)
    if theme in ("usual", "named", "orders"):
        plan += series(random.Random(f"orders {seed}"), ORDERS, end, 3.0)
    if theme in ("usual", "named", "server"):
        server = {"single": SERVER | (NAMED if theme == "named" else {}), "sentinel": SENTINEL, "cluster": CLUSTER}[servers]
        # The last fault is the server's: the way back from those is the longest, and it is what the calm after it is to show.
        last = one(rng, rng.choice(sorted(server)), server, end)
        last.at = end - last.span
        plan += [*series(rng, server, last.at, SERVER_GAP, one_by_one=True), last]
    return sorted(plan, key=lambda f: f.at)


def one(rng, kind, kinds, at):
    return Fault(at, kind, rng.uniform(*kinds[kind]), rng.random(), rng.random())


def series(rng, kinds, end, gap, one_by_one=False):
    at = WARM + rng.uniform(0, gap)
    while at < end:
        fault = one(rng, rng.choice(sorted(kinds)), kinds, at)
        fault.span = min(fault.span, end - at)
        yield fault
        at += rng.expovariate(1 / gap) + (fault.span if one_by_one else 0)


class Jobs:
    """The calls that one place of a group makes, one after the other."""

    def __init__(self, seed, group, place):
        self._rng, self._group = random.Random(f"jobs {seed} {group.limiter.name} {place}"), group

    def next(self):
        """The fields of a Caller, and how long to rest before it."""
        rng, group = self._rng, self._group
        kind = rng.choice(group.kinds)
        fields = {
            "name": group.limiter.name, "kind": kind, "expiry": rng.choice(group.expiries), "weight": rng.randint(1, group.heaviest),
            "max_sleep": rng.choice((None, None, None, 0, round(rng.uniform(0.5, 8), 2))),
            "hold": round(0.2 * 40 ** rng.random(), 3), "code": rng.choice((0, 0, 1, 7, 42)),
        }
        if kind == "bare":
            # Nobody renews it but the script, once, in the middle.
            fields["hold"] = min(fields["hold"], round(0.9 * fields["expiry"], 3))
        if group.slots:
            fields["slots"] = group.slots
        if group.supersedes:
            fields["supersede"] = rng.choice(("", "", "waiting", "running"))
        if kind == "bucket":
            fields |= {"hold": 0, "max_sleep": rng.choice((None, 0, 2.0))}
        return fields, rng.uniform(0, 0.4) + (0.3 if fields["max_sleep"] == 0 else 0)
