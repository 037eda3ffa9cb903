"""How long a free slot stood empty although somebody who waited for it could have had it.

At each moment (every 10 ms) and for each semaphore:

- *free* is the capacity less the weights of the commands that run. A slot that stands on Redis's list for a holder
  that is dead, stopped or cut off is free too: nobody uses it.
- *somebody waits* who has been started, has neither got a slot nor ended, and is not stopped or being ended.
- the slot stood *empty* if somebody waits, and free is at least the weight of the one who has waited longest (whoever
  comes first holds up all behind it, by design).
- HAND_OVER is not counted: a command counts as running for so long after its end, and a caller waits only from so
  long after its start. That is what an ordinary hand-off takes on a busy machine (processes end and start in it).

`reachable`: only while the server serves and one who waits could reach it (path open, not stopped). `all`: with the
outages themselves counted in. Both are shares of all the time, summed over the semaphores: 5 semaphores of 60 s are
300 s, and one that stands empty for 3 s is 1 %. Each is told for the time of the faults (from the first second on
to 5 s after the last one) and for the calm after it.

`busy`: the part of `reachable` in stretches shorter than BUSY in which Redis waited for a process that lives and can
reach it: to give back, to take up what was handed over, to queue. That is the machine, not a rule, and almost
nothing where it has cores to spare.

`dead`: the part of it in which slots stood on Redis's list for a holder that was killed, stopped or cut off, and
nothing else was free: they come back with its lease, which no rule can tell sooner.
"""

import collections

STEP = 0.01
HAND_OVER = 0.25
BUSY = 1.0
RETURN = 5.0  # s after the last fault
DEAD = ("a dead holder's lease", "a stopped holder's lease", "a cut-off holder's lease")


TAKEN_UP, GIVEN_BACK, QUEUED = "handed over, and not taken up", "not given back yet", "nobody queued"
SPARED = "spared"


class Share:
    def __init__(self):
        self.time = self.reachable = self.all = self.slots = self.dead = 0.0
        self.reasons, self.stretches = collections.Counter(), []  # of the latter: [begin, name, reasons]

    @property
    def busy(self):
        lengths = [sum(reasons.values()) for _, _, reasons in self.stretches if set(reasons) <= {TAKEN_UP, GIVEN_BACK, QUEUED}]
        return sum(length for length in lengths if length < BUSY)

    @property
    def rules(self):
        """What is left for the rules of the product to answer for."""
        return self.reachable - self.dead - self.busy

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
        self.callers = sorted(history.of(limiter.name), key=lambda c: c.spawned)
        self.tags = {c.tag: c for c in self.callers}

    def add_to(self, shares):
        h, stretch = self.h, None
        for n in range(int((h.end - h.begin) / STEP)):
            t = h.begin + n * STEP
            share = shares["calm" if t >= h.last_fault + RETURN else "faults"]
            share.time += STEP
            empty, reached = self.look(t)
            share.all += STEP if empty else 0
            if not (empty and reached):
                stretch = None
                continue
            if not stretch:
                stretch = (t - h.begin, self.limiter.name, collections.Counter())
                share.stretches.append(stretch)
            reason = self.reason(t, empty)
            for reasons in (share.reasons, stretch[2]):
                reasons[reason] += STEP
            share.reachable += STEP
            share.slots += STEP * empty / self.limiter.capacity
            share.dead += STEP if reason in DEAD else 0

    def look(self, t):
        """How many slots stand empty for whom, and whether one who waits can reach the server."""
        running = waiting = 0
        first = None
        reached = False
        serving = self.h.serving(t)
        for c in self.callers:
            if c.spawned > t:
                break
            if self.is_counted_as_running(c, t):
                running += c.weight
            elif self.waits(c, t):
                first = first or c
                waiting += c.weight
                reached = reached or serving and self.h.open(c.path, t)
        free = self.limiter.capacity - running
        if not first or free < first.weight:
            return 0, False
        return min(free, waiting), reached

    def is_counted_as_running(self, c, t):
        return c.granted is not None and c.granted <= t and (c.finished is None or t < c.finished + self.hand_over)

    def waits(self, c, t):
        ends = [end for end in (c.granted, c.ended, c.asked_to_end, *(h[0] for h in c.hits)) if end is not None]
        return c.spawned + self.hand_over <= t and all(t < end for end in ends) and not c.stopped(t)

    # Why, as far as Redis's own lists tell.

    def reason(self, t, empty):
        sample = self.h.sample(self.limiter.name, t)
        if not sample:
            return "Redis was not seen"
        kept = collections.Counter()
        for id in sample["holders"]:
            kept[self.state_of(sample["tags"].get(id), sample["holders"][id] <= sample["now"], t)] += sample["weights"].get(id, 1)
        kept.pop("", None)
        if self.limiter.capacity - sum(sample["weights"].get(id, 1) for id in sample["holders"]) >= empty or not kept:
            return self.reason_of_the_free(sample)
        why = max(kept, key=lambda k: (k not in DEAD, kept[k]))
        # Whoever's lease is over is dropped by the next caller, unless a rule forbids it.
        return self.reason_of_the_free(sample) if why == SPARED and is_settling(sample) else why

    def state_of(self, tag, is_over, t):
        """What is the matter with one that Redis lists as a holder; "" if its command runs."""
        c = self.tags.get(tag)
        if not c:
            return "a holder that is not known"
        if c.running(t):
            return ""
        if not c.granted or c.granted > t:
            if not c.alive(t):
                return "the grace of a dead waiter"
            return TAKEN_UP if self.h.reached(c, t) else "handed over to one that is away"
        if c.stopped(t):
            return DEAD[1]
        if c.finished and not self.h.open(c.path, t):
            return DEAD[2]
        return SPARED if is_over else GIVEN_BACK if c.alive(t) else DEAD[0]

    def reason_of_the_free(self, sample):
        if is_settling(sample):
            return "settling"
        return "nobody asked" if sample["waiters"] else QUEUED if sample["counters"] else "Redis knows nothing"


def is_settling(sample):
    return any(value > sample["now"] for name, value in sample["counters"].items() if name.startswith("settl"))
