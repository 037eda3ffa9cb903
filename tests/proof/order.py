"""The order of grants: fences grow, and nobody who waits is passed."""

from history import STARVED


def fences(history, callers, add):
    ran = sorted((c for c in callers if c.fence), key=lambda c: c.granted)
    seen = {}
    for c in ran:
        if c.fence in seen:
            other = seen[c.fence]
            add("one fence twice", f"{other.tag} and {c.tag} have the fence {c.fence}", other.granted, c.granted, [other, c], went_back(history, other, c))
        seen[c.fence] = c
    highest = None
    for c in sorted(ran, key=lambda c: c.spawned):
        # Who was started after a grant was granted later, whatever became of the answers.
        before = [o for o in ran if o.granted < c.spawned]
        highest = max(before, key=lambda o: o.fence, default=None)
        if highest and c.fence < highest.fence:
            add("a smaller fence", f"{c.tag} has {c.fence}, and {highest.tag} before it {highest.fence}", highest.granted, c.granted,
                [highest, c], went_back(history, highest, c))


def went_back(history, first, second):
    a, b = first.granted - 60, second.granted
    lost = history.happened("restart", a, b) or history.happened("flushall", a, b)
    return "data and clock went back together" if lost and history.happened("clock back", a, b) else ""


def queue_order(history, limiter, add):
    """By the tickets that Redis held: one with a lower ticket, alive and able to ask all the time, has the smaller fence."""
    by_tag = {c.tag: c for c in history.of(limiter.name)}
    samples = [s for s in history.samples if s["name"] == limiter.name]
    handed, told = hand_overs(samples), set()
    for sample in samples:
        queue = sorted((ticket, id) for id, ticket in sample["waiters"].items() if ticket > 0)
        waiting = [(ticket, id, by_tag.get(sample["tags"].get(id))) for ticket, id in queue]
        waiting = [(ticket, id, c, next_fence(handed.get(id, ()), sample["t"], c)) for ticket, id, c in waiting
                   if c and c.kind == "run" and c.fence and sample["t"] < c.granted]
        for i, (ticket, id, a, fence) in enumerate(waiting):
            before = [b for later, _, b, its in waiting[i + 1:] if later > ticket and its < fence]
            if before and id not in told:
                told.add(id)
                passed(history, sample["t"], a, before[0], add)


def hand_overs(samples):
    """{id: [when seen, fence]}. A slot that its waiter does not take up in time is given on, and the next one that it gets has another fence."""
    seen = {}
    for sample in samples:
        for id in sample["holders"]:
            if fence := sample.get("fences", {}).get(id):
                seen.setdefault(id, []).append((sample["t"], fence))
    return seen


def next_fence(handed, t, caller):
    """Of the first slot that it was given after t, whether it took it up or not."""
    return next((fence for seen, fence in handed if seen > t), caller.fence)


def passed(history, seen, a, b, add):
    excuse = ""
    if any(history.happened(f"restart {data}", b.granted - 0.3, a.granted) for data in ("empty", "older")):
        excuse = "who was passed may have been granted before, which a restart lost"
    elif any(x < b.granted and seen < y for x, y in history.stalls()):
        excuse = "the machine stood still"
    elif a.starved > STARVED:
        excuse = f"who was passed was starved of CPU for {a.starved:.1f} s"
    elif history.forgotten(a, seen - 3, max(a.granted, b.granted)):
        excuse = "the connection of who was passed was forgotten"
    elif not history.reached_all_the_time(a, seen - 3, max(a.granted, b.granted)) and not a_server_was_away_only(history, a, seen, b.granted):
        excuse = "who was passed was away itself"
    elif history.failed_over(b.granted, b.granted):
        excuse = "a failover that may have lost writes"
    elif history.happened("flushall", seen - 30, b.granted):
        excuse = "an eviction (FLUSHALL)"
    elif history.happened("clock forward", seen - 30, b.granted):
        excuse = "a clock jump"
    add("passed", f"{b.tag} (fence {b.fence}) was granted before {a.tag} (fence {a.fence}), which waited with a lower ticket",
        seen, max(a.granted, b.granted), [a, b], excuse)


def a_server_was_away_only(history, a, begin, end):
    own = any(p == a.path and x < end and begin - 3 < y for p, x, y, _ in history.closed)
    return not own and not a.stopped(begin - 3, end)
