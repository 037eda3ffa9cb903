"""The order of grants: fences grow, and nobody who waits is passed."""


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
    handed, told = set(), set()
    for sample in history.samples:
        if sample["name"] != limiter.name:
            continue
        handed |= set(sample["holders"])
        queue = sorted((ticket, id) for id, ticket in sample["waiters"].items() if ticket > 0)
        for i, (ticket, id) in enumerate(queue):
            a = by_tag.get(sample["tags"].get(id))
            if not a or not a.fence or id in handed or id in told:
                continue
            for later_ticket, other in queue[i + 1:]:
                b = by_tag.get(sample["tags"].get(other))
                if b and b.fence and a.kind == b.kind == "run" and later_ticket > ticket and b.fence < a.fence and sample["t"] < b.granted:
                    told.add(id)
                    passed(history, sample["t"], a, b, add)
                    break


def passed(history, seen, a, b, add):
    excuse = ""
    if not history.reached_all_the_time(a, seen - 3, max(a.granted, b.granted)) and not a_server_was_away_only(history, a, seen, b.granted):
        excuse = "who was passed was away itself"
    elif history.happened("flushall", seen - 30, b.granted):
        excuse = "an eviction (FLUSHALL)"
    elif history.happened("clock forward", seen - 30, b.granted):
        excuse = "a clock jump"
    add("passed", f"{b.tag} (fence {b.fence}) was granted before {a.tag} (fence {a.fence}), which waited with a lower ticket",
        seen, max(a.granted, b.granted), [a, b], excuse)


def a_server_was_away_only(history, a, begin, end):
    own = any(p == a.path and x < end and begin - 3 < y for p, x, y, _ in history.closed)
    return not own and not a.stopped(begin - 3, end)
