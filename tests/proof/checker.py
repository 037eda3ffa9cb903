"""Holds a history against what limiters(7) promises. Whatever does not hold is a Finding: documented, with the rule, or a violation."""

import dataclasses

import capacity
from availability import stood_empty
from exits import exit_codes, overruns, stops
from order import fences, queue_order
from windows import kept_back, windows


@dataclasses.dataclass
class Finding:
    """excuse: what the promise names as the cause; empty: a violation. begin, end, callers: the window to show."""
    what: str
    text: str
    begin: float
    end: float
    callers: list
    excuse: str = ""

    @property
    def is_violation(self):
        return not self.excuse


def check(history, shares):
    """shares: of availability.py."""
    found = []

    def add(what, text, begin, end, callers, excuse=""):
        found.append(Finding(what, text, begin, end, callers, excuse))
    for limiter in history.limiters:
        callers = history.of(limiter.name)
        if limiter.kind == "sem":
            capacity.check(history, limiter, callers, add)
            capacity.pauses(history, limiter, callers, add)
            capacity.names(history, callers, add)
            fences(history, callers, add)
            queue_order(history, limiter, add)
        else:
            windows(history, limiter, callers, add)
            kept_back(history, callers, add)
    for caller in history.callers:
        exit_codes(history, caller, add)
        stops(history, caller, add)
        overruns(history, caller, add)
        orphans(history, caller, add)
    stood_empty(history, shares, add)
    for key in history.eternal:
        add("a key for ever", f"{key} has no expiry", history.end, history.end, [])
    for tag in history.left:
        add("left over", f"{tag} did not end when it was told to", history.end, history.end, [])
    return sorted(found, key=lambda f: f.begin)


def orphans(history, caller, add):
    """CMD ends with limiters."""
    if caller.kind == "run" and caller.granted and caller.ended and (caller.finished or history.end) > caller.ended + 0.5:
        add("orphan", f"CMD of {caller.tag} outlived limiters by {(caller.finished or history.end) - caller.ended:.2f} s",
            caller.ended, caller.finished or history.end, [caller])
