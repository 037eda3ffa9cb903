"""How callers ended: the codes of the table, stops that were not needed, and waits beyond their time."""

import capacity
from history import REDIS_TIMEOUT, STARVED

BELIEVED = 2.0  # s; after so long with Redis reachable nobody may say that it cannot be reached
STOPPED, UNREACHABLE, REFUSED = 79, 69, 75


def exit_codes(history, c, add):
    if c.ended is None or c.asked_to_end and c.ended >= c.asked_to_end or c.kind in ("kept", "bare"):
        return check_script(history, c, add)
    text = f"{c.tag} ended with {c.status}" + (f": {c.stderr.strip().splitlines()[-1][:200]}" if c.stderr.strip() else "")
    wrong = None
    if c.status < 0:
        wrong = None if any(s == -c.status for _, s, _ in c.hits) else "a signal that nobody sent"
    elif c.status == UNREACHABLE:
        wrong = unreachable(history, c)
    elif c.status == REFUSED:
        wrong = None if (c.max_sleep is not None or superseded(history, c)) and not c.granted else "no wait has an end, or CMD ran"
    elif c.status == STOPPED:
        wrong = None if c.granted else "it never had a lease"
    elif c.kind == "order":
        wrong = "an order that was not obeyed" if c.status else None
    elif not c.granted and c.kind != "pipe":
        wrong = "CMD never ran"
    elif c.status != (0 if c.kind == "pipe" else c.code):
        wrong = "not the code of CMD"
    if wrong:
        add(f"exit {c.status}", f"{text} ({wrong})", c.spawned, c.ended, [c], starved(c) if c.status == UNREACHABLE else "")


def starved(c):
    return f"it was starved of CPU for {c.starved:.1f} s" if c.starved > STARVED else ""


def superseded(history, c, who=("waiting", "running")):
    """Whether it was sent away by one that may do so and came later."""
    return "superseded by" in c.stderr and any(o.supersede in who and o.spawned > c.spawned - 2 and o is not c for o in history.of(c.name))


def unreachable(history, c, at=None):
    """What is wrong with a 69 at that time."""
    at = at or c.ended
    if c.granted and c.kind != "bucket" and at == c.ended:
        return "CMD ran"
    began = max(c.spawned, at - BELIEVED)
    return "Redis was reachable" if history.reached_all_the_time(c, began, at) and not history.forgotten(c, began, at) else None


def check_script(history, c, add):
    """What `sem acquire`, `renew` and `release` answered to a script."""
    for at, word, code in c.notes:
        if code <= 0 or code > 128 or c.asked_to_end and at > c.asked_to_end:
            continue
        wrong = excuse = None
        if code == UNREACHABLE:
            wrong = unreachable(history, c, at)
        elif code == STOPPED and word != "acquire":
            wrong, excuse = "its lease was lost", lost_by_right(history, c, at)
        elif not (code == REFUSED and word == "acquire" and c.max_sleep is not None):
            wrong = "not in the table for this"
            excuse = "its keeper was killed" if word == "acquire" and c.was_hit(9, 15, who=("keeper",)) else ""
        if wrong == "its lease was lost" and word == "release" and any(n[1:] == ["renew", STOPPED] for n in c.notes):
            continue  # that was told
        if wrong:
            add(f"sem {word}: {code}", f"{c.tag}: {c.stderr.strip().splitlines()[-1][:200] if c.stderr.strip() else ''} ({wrong})",
                c.granted or c.spawned, at, [c], excuse or "")


def lost_by_right(history, c, at):
    return capacity.excuse(history, c, at, at - c.expiry) if c.granted is not None else ""


def stops(history, c, add):
    """A CMD that was stopped with 79: was its slot wanted by others, and why?"""
    if c.kind != "run" or c.status != STOPPED or not c.granted or c.asked_to_end and c.ended >= c.asked_to_end:
        return
    if superseded(history, c, who=("running",)):
        return
    at = c.finished or c.ended
    others = [o for o in history.of(c.name) if o is not c and o.running(at)]
    limiter = next(x for x in history.limiters if x.name == c.name)
    full = sum(o.weight for o in others) + c.weight > limiter.capacity
    kind = "stopped beside another" if full else "stopped, and the slot was free"
    add(kind, f"{c.tag} was stopped: {c.stderr.strip().splitlines()[-1][:200] if c.stderr.strip() else ''}", c.granted, c.ended, [c, *others],
        capacity.excuse(history, c, at, at - c.expiry)
        or next((e for o in others if full and (e := capacity.excuse(history, o, at, at - c.expiry))), ""))


def overruns(history, c, add):
    """Nobody waits longer than it was told to: --max-sleep, the server's two seconds, and --redis-timeout."""
    if c.max_sleep is None or c.granted or c.ended is None or c.kind in ("kept", "bare", "pipe"):
        return
    stops = [(a, b) for a, b, _ in c.stops] + history.stalls()
    stopped = sum(min(b, c.ended) - max(a, c.spawned) for a, b in stops if a < c.ended and b > c.spawned)
    over = c.ended - c.spawned - stopped - c.starved - c.max_sleep - REDIS_TIMEOUT - 2
    if over > 3:
        add("overrun", f"{c.tag} was to wait {c.max_sleep} s and ended {c.ended - c.spawned:.1f} s after its start with {c.status}", c.spawned, c.ended, [c])
