"""How long a free slot stood empty although somebody who waited for it could have had it.

At each moment (every 10 ms) and for each semaphore:

- *free* is the capacity less the weights of the commands that run, and less what Redis keeps for holders that are dead,
  stopped or cut off: their slots come back with their leases, which no rule can tell sooner. The latter is told as
  `dead`, and is not part of any other share.
- *somebody waits* who has been started, has neither got a slot nor ended, and is not stopped or being ended.
- the slot stood *empty* if somebody waits, and free is at least the weight of the first in Redis's queue, or of the one
  who has waited longest where Redis does not tell (whoever comes first holds up all behind it, by design).
- HAND_OVER is not counted: a command counts as running for so long after its end, and a caller waits only from so
  long after its start. That is what an ordinary hand-off takes on a busy machine (processes end and start in it).

`reachable`: only while the server serves and one who waits could reach it (path open, not stopped). `all`: with the
outages themselves counted in. Both are shares of all the time, summed over the semaphores: 5 semaphores of 60 s are
300 s, and one that stands empty for 3 s is 1 %. Each is told for the time of the faults (from the first second on
to 5 s after the last one) and for the calm after it.

Parts of `reachable`, so that `rest` is left, which the product has to answer for:

`settling`: a life of the data waits for those of the one before, as the contract says.

`busy`: stretches shorter than BUSY in which Redis waited for a process that lives and can reach it: to give back, to
take up what was handed over, to queue. That is the machine, not a rule, and almost nothing where it has cores to spare.
"""

import collections
import itertools

STEP = 0.01
HAND_OVER = 0.25
BUSY = 1.0
ORDERED = 1.0  # s; so long after the end of an order whoever it kept out is there at the latest
RETURN = 5.0  # s after the last fault
DEAD = ("a dead holder's lease", "a stopped holder's lease", "a cut-off holder's lease")
SETTLING = ("settling, with dead holders on the list", "settling, with living holders alone on the list",
            "settling, without any holder on the list")
YOUNG = 2  # the number of its rule in Redis


AWAY = "handed over to one that is away"
TAKEN_UP, GIVEN_BACK, QUEUED = "handed over, and not taken up", "not given back yet", "nobody queued"
SPARED = "spared"
PLACE = "the place of a waiter that is away"


# What limiters(7) promises of a slot that is free. One of a dead waiter is given on after one to three seconds, and there may be a row
# of them; one that does not fit yet keeps its place for ten seconds. A rule of recovery other than the first takes two seconds, and
# two of them may follow each other.
OF_ABSENT_WAITERS = ("the grace of a dead waiter", AWAY, PLACE)
MOST_ABSENT = 12.0  # s; four waiters that were killed or cut off, in a row
PROMPT = 7.0        # s; a young server, a silence, and what it takes to learn of a grant whose word was lost
SETTLING_SLACK = 5.0  # s; a silence after the settling, and a busy machine
BEGIN_A_LIFE = ("restart", "flushall", "failover", "reshard")


def settling_for(lease):
    """How long the first rule lasts at most."""
    return max(5.0, min(lease / 3, 60) + min(lease / 6, 5) + 2)


def most_settling(history, a, b, lease):
    """How long it may settle from a to b. Where another life of the data begins meanwhile, the wait begins anew."""
    lives = [until for _, until, what in history.events if a < until < b and what.startswith(BEGIN_A_LIFE)]
    return sum(min(y - x, settling_for(lease)) for x, y in itertools.pairwise(sorted([a, *lives, b]))) + SETTLING_SLACK


def stood_empty(history, shares, add):
    """A slot that stood empty for longer than a rule says, although one who waited for it could reach the server."""
    for begin, name, reasons in [s for share in shares.values() for s in share.stretches]:
        settling = sum(t for why, t in reasons.items() if why in SETTLING)
        absent = sum(t for why, t in reasons.items() if why in OF_ABSENT_WAITERS)
        rest = sum(reasons.values()) - settling - absent
        callers = history.of(name)
        longest = max((c.expiry for c in callers), default=0)
        # Where the clock was set back, a lease is spared for a beat more.
        prompt = PROMPT + (longest / 3 if history.happened("clock", 0, history.end) else 0)
        a, b = history.begin + begin, history.begin + begin + sum(reasons.values())
        wrong = [f"{what} for {t:.1f} s" for what, t, most in (
            ("a settling", settling, most_settling(history, a, b, longest)), ("absent waiters", absent, MOST_ABSENT), ("no rule", rest, prompt))
            if t > most]
        if wrong:
            stalled = any(x < b and a < y for x, y in history.stalls())
            add("stood empty", f"{name}: a free slot was given to nobody, by {' and '.join(wrong)}: {dict(reasons)}", a, b,
                [c for c in callers if c.spawned < b and (c.ended or history.end) > a][:4], "the machine stood still" if stalled else "")


class Share:
    def __init__(self):
        self.time = self.reachable = self.all = self.slots = self.dead = self.settling = 0.0
        self.reasons, self.stretches = collections.Counter(), []  # of the latter: [begin, name, reasons]

    @property
    def busy(self):
        lengths = [sum(reasons.values()) for _, _, reasons in self.stretches if set(reasons) <= {TAKEN_UP, GIVEN_BACK, QUEUED}]
        return sum(length for length in lengths if length < BUSY)

    @property
    def rest(self):
        return self.reachable - self.settling - self.busy

    def part(self, seconds):
        return 100 * seconds / self.time if self.time else 0.0


def availability(history, hand_over=HAND_OVER):
    """{"faults": Share, "calm": Share}"""
    shares = {"faults": Share(), "calm": Share()}
    for limiter in history.limiters:
        if limiter.kind == "sem":
            Sweep(history, limiter, hand_over).add_to(shares)
    return shares


class Sweep:
    def __init__(self, history, limiter, hand_over):
        self.h, self.limiter, self.hand_over = history, limiter, hand_over
        callers = history.of(limiter.name)
        self.tags = {c.tag: c for c in callers}
        self.coming = sorted(callers, key=lambda c: c.spawned, reverse=True)
        self.there = []  # in the order of their starts
        self.pauses, self.limits = (history.may_stand(limiter.name, verb) for verb in ("pause", "limit"))

    def add_to(self, shares):
        h, stretch = self.h, None
        for n in range(int((h.end - h.begin) / STEP)):
            t = h.begin + n * STEP
            share = shares["calm" if t >= h.last_fault + RETURN else "faults"]
            share.time += STEP
            free, least, wanted, reached = self.look(t)
            kept = self.kept(t) if wanted and free >= least else {}
            # What a command that ended a moment ago still counts for is not counted twice.
            dead = min(free, sum(weight for why, weight in kept.items() if why in DEAD))
            empty = wanted and free - dead >= least
            share.all += STEP if empty else 0
            share.dead += STEP if reached and wanted and not empty and free >= least else 0
            if not (empty and reached):
                stretch = None
                continue
            if not stretch:
                stretch = (t - h.begin, self.limiter.name, collections.Counter())
                share.stretches.append(stretch)
            reason = self.reason(t, min(free - dead, wanted), kept)
            for reasons in (share.reasons, stretch[2]):
                reasons[reason] += STEP
            share.reachable += STEP
            share.slots += STEP * min(free - dead, wanted) / self.limiter.capacity
            share.settling += STEP if reason in SETTLING else 0

    def look(self, t):
        """How much is not used, how much of it the first needs, how much is waited for, and whether one who waits can reach the server."""
        while self.coming and self.coming[-1].spawned <= t:
            self.there.append(self.coming.pop())
        self.there = [c for c in self.there if not self.is_over(c, t)]
        running = waiting = 0
        first = self.first_listed(self.h.sample(self.limiter.name, t), t)
        reached = False
        serving = self.h.serving(t)
        for c in self.there:
            if self.is_counted_as_running(c, t):
                running += c.weight
            elif self.waits(c, t):
                first = first or c
                waiting += c.weight
                reached = reached or serving and self.h.open(c.path, t)
        if any(a <= t < b + ORDERED for _, a, b in self.pauses):
            return 0, 0, 0, False
        most = min([self.limiter.capacity, *(c.order[2] for c, a, b in self.limits if a <= t < b + ORDERED)])
        return most - running, first.weight if first else 0, waiting, reached

    def is_counted_as_running(self, c, t):
        return c.granted is not None and c.granted <= t and (c.finished is None or t < c.finished + self.hand_over)

    def is_over(self, c, t):
        """Whether it neither runs nor waits from t on."""
        return (c.ended is not None and c.ended <= t if c.granted is None else c.finished is not None and c.finished + self.hand_over <= t)

    def waits(self, c, t):
        ends = [end for end in (c.granted, c.ended, c.asked_to_end, *(h[0] for h in c.hits)) if end is not None]
        return c.spawned + self.hand_over <= t and all(t < end for end in ends) and not c.stopped(t)

    def first_listed(self, sample, t):
        """Who waits first in Redis's queue. Who was started first may have come later: a server without memory refuses it."""
        first = self.tags.get(sample["tags"].get(first_id(sample))) if sample and sample["waiters"] else None
        return first if first and self.waits(first, t) else None

    # Why, as far as Redis's own lists tell.

    def kept(self, t):
        """For what reasons Redis keeps how much for holders whose commands do not run."""
        sample, kept = self.h.sample(self.limiter.name, t), collections.Counter()
        for id, end in sample["holders"].items() if sample else ():
            taken = sample.get("taken", {}).get(id, False)
            kept[self.state_of(sample["tags"].get(id), end <= sample["now"], taken, t)] += sample["weights"].get(id, 1)
        kept.pop("", None)
        return kept

    def reason(self, t, empty, kept):
        sample = self.h.sample(self.limiter.name, t)
        if not sample:
            return "Redis was not seen"
        listed = sum(sample["weights"].get(id, 1) for id in sample["holders"])
        others = {why: weight for why, weight in kept.items() if why not in DEAD}
        if self.limiter.capacity - listed >= empty or not others:
            return self.reason_of_the_free(sample, kept, t)
        why = max(others, key=others.get)
        # Whoever's lease is over is dropped by the next caller, unless a rule forbids it.
        return self.reason_of_the_free(sample, kept, t) if why == SPARED and is_settling(sample) else why

    def state_of(self, tag, is_over, taken, t):
        """What is the matter with one that Redis lists as a holder; "" if its command runs."""
        c = self.tags.get(tag)
        if not c:
            return SPARED if is_over else "a holder that is not known"
        if c.running(t):
            return ""
        if not c.granted or c.granted > t:
            if not c.alive(t):
                return SPARED if is_over else DEAD[0] if taken else "the grace of a dead waiter"
            return TAKEN_UP if self.h.reached(c, t) else AWAY
        if is_over:
            return SPARED
        if c.stopped(t):
            return DEAD[1]
        if c.finished and not self.h.open(c.path, t):
            return DEAD[2]
        return GIVEN_BACK if c.alive(t) else DEAD[0]

    def reason_of_the_free(self, sample, kept, t):
        if is_settling(sample):
            if sample["counters"].get("rule") == YOUNG:
                return "young"
            return SETTLING[0 if any(why in DEAD or why == SPARED for why in kept) else 1 if sample["holders"] else 2]
        if sample["waiters"]:
            first = self.tags.get(sample["tags"].get(first_id(sample)))
            return PLACE if first and not (first.alive(t) and self.h.reached(first, t)) else "nobody asked"
        return QUEUED if sample["counters"] else "Redis knows nothing"


def first_id(sample):
    return min(sample["waiters"], key=sample["waiters"].get)


def is_settling(sample):
    return any(value > sample["now"] for name, value in sample["counters"].items() if name.startswith("settl"))
