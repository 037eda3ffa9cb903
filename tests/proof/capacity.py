"""At most `capacity` at once: whatever more ran, and what of it the promise names."""

from history import CLOSE, COME_BACK

# s; the end of a command that wrote none is seen from outside, and a busy machine shows it so late. Where the slot of one that was
# killed is given on too early, that is sooner by a whole lease.
KILL_NOISE = 0.25
FORGOTTEN = 45.0   # s; longer than the longest lease of the proof: after that no fault is the cause of anything


def check(history, limiter, callers, add):
    ran = sorted((c for c in callers if c.granted), key=lambda c: c.granted)
    ends = {c.tag: c.finished if c.finished is not None else history.end for c in ran}
    for i, newcomer in enumerate(ran):
        t = newcomer.granted
        beside = [c for c in ran[:i] if ends[c.tag] > t + (KILL_NOISE if c.end_signal is None else 0)]
        weight = sum(c.weight for c in beside) + newcomer.weight
        limits = history.ordered(limiter.name, "limit", newcomer.spawned, t)
        if limits and weight > min(c.order[2] for c in limits) and not orders_lost(history, limits, t):
            add("above the limit", f"{limiter.name}: {weight} with the grant of {newcomer.tag}, of {limits[0].order[2]} that {limits[0].tag} allows",
                t, t, [limits[0], newcomer, *beside], next((e for c in beside if (e := excuse(history, c, t))), ""))
        if weight <= limiter.capacity:
            continue
        until = min(ends[c.tag] for c in [*beside, newcomer])
        excuses = [e for c in [*beside, newcomer] if (e := excuse(history, c, t))]
        add("too many", f"{limiter.name}: {weight} of {limiter.capacity} for {until - t:.2f} s, from the grant of {newcomer.tag} on",
            t, until, [*beside, newcomer], excuses[0] if excuses else "")


def pauses(history, limiter, callers, add):
    """Nobody who was started in a pause is granted a slot in it."""
    for c in callers:
        stood = history.ordered(limiter.name, "pause", c.spawned, c.granted) if c.granted else []
        if stood and not orders_lost(history, stood, c.granted):
            add("granted in a pause", f"{c.tag} was granted a slot in the pause of {stood[0].tag}", stood[0].spawned, c.granted, [stood[0], c])


def orders_lost(history, orders, t):
    """An order is data, and its end is a time of the server's clock."""
    first = min(c.spawned for c in orders) - 1
    return any(history.happened(word, first - 60, t) for word in ("restart empty", "restart older", "flushall", "clock", "failover", "crash", "reshard"))


def names(history, callers, add):
    """No two who run at one time have the same slot."""
    ran = sorted((c for c in callers if c.granted and c.slot), key=lambda c: c.granted)
    for i, c in enumerate(ran):
        for other in ran[:i]:
            if set(other.slot.split(",")) & set(c.slot.split(",")) and (other.finished or history.end) > c.granted + KILL_NOISE:
                add("one name twice", f"{other.tag} and {c.tag} both have {c.slot}", c.granted, min(other.finished or history.end, c.finished or history.end),
                    [other, c], excuse(history, other, c.granted) or excuse(history, c, c.granted))


def excuse(history, c, t, since=None):
    """Why c may run at t although Redis does not count it any more, in the words of the promise. `since`: from when on it may have been
    so, if that is seen at t only."""
    for word, why in (("flushall", "an eviction (FLUSHALL)"), ("clock forward", "a clock jump")):
        # A holder learns of it at its next beat, and has its slot again or stands before all who want one.
        if history.happened(word, c.granted if c.kind == "bare" else (since or t) - c.expiry / 3 - COME_BACK, t):
            return why
    if history.failed_over(t if since is None else since, t):
        return "a failover that may have lost writes"
    if c.kind == "kept" and any(who == "keeper" and at + (least_absence(c) if signal == 9 else 0) < t for at, signal, who in c.hits):
        return "its keeper was killed"
    if c.kind == "bare" and any(history.happened(f"restart {data}", c.granted - CLOSE, t) for data in ("empty", "older")):
        return "a lease that nobody keeps, and a restart that lost it"
    if c.kind == "bare" and t - c.last_renewal(t) > c.expiry - 0.1:
        return "the time of a lease that nobody keeps was over"
    return own_absence(history, c, t)


def least_absence(c):
    """After how long without a renewal its lease may have ended: the last one is a third of it old at most."""
    return max(0.05, 0.6 * c.expiry - 0.3)


def own_absence(history, c, t):
    """Whether its limiters was stopped or cut off for so long that its lease may have ended, or over a restart."""
    least = least_absence(c)
    own = [(a, b, f"its limiters was stopped for {b - a:.1f} s") for a, b, who in c.stops if who in ("limiters", "keeper")]
    own += [(a, b, f"it was cut off for {b - a:.1f} s") for p, a, b, _ in history.closed if p == c.path]
    own += [(a, b, f"the machine stood still for {b - a:.1f} s") for a, b in history.stalls()]
    for a, b, why in own:
        begin, end = joined_with_outages(history, a, b, t)
        if begin < t and end > c.granted and end > t - FORGOTTEN and min(end, t) - max(begin, c.granted) >= least:
            return why
        if a < t and b > c.granted and any(b > back - 0.05 and a < gone + 5 for gone, back, what in history.away if what.startswith("restart")):
            return why + ", over a restart"
    return ""


def joined_with_outages(history, a, b, t):
    """The time in which it could not renew, with the outages of the server that touch its own."""
    for x, y, _ in sorted(history.away):
        if x <= b + 1 and y >= a - 1:
            a, b = min(a, x), max(b, y)
    return a, min(b, t)
