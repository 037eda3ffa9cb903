"""What a run has shown, for a reader."""

import collections
import statistics

from availability import SETTLING

AROUND = 1.0   # s before and after the window of a finding
BEFORE = 10.0  # s; an older fault is rarely a cause
MOST = 6       # windows printed a run
JERKY = 3.0    # s; a run on a machine that stands still for longer says more of the machine
LINES = 40     # of one window
STRETCHES, PROMPT = 5, 2.5  # the longest are shown, if a slot stood empty for so many s


def print_report(history, findings, shares):
    ran = sum(1 for c in history.callers if c.granted)
    print(f"seed {history.seed}, faults: {history.theme}, servers: {history.servers}")
    print(f"  {len(history.callers)} callers, {ran} grants, {len(history.events)} faults, {len(history.samples)} looks into Redis")
    if history.stalls():
        print(f"  the machine stood still {len(history.stalls())} times, {history.stalled():.1f} s in all")
    late = [c for c in history.closed if c[3] == "the proof was late"]
    if late or history.own_stalls:
        print(f"  the proof itself was late: its paths {len(late)} times, {sum(b - a for _, a, b, _ in late):.1f} s in all, "
              f"its main loop {len(history.own_stalls)} times, {max([b - a for a, b in history.own_stalls], default=0):.1f} s at most")
    for name, share in shares.items():
        print(f"  free and wanted, {name}: {share.part(share.reachable):.2f} % (settling {share.part(share.settling):.2f}, "
              f"busy {share.part(share.busy):.2f}, so the rest {share.part(share.rest):.2f}), in slots {share.part(share.slots):.2f} %, "
              f"outages counted in {share.part(share.all):.2f} %; dead holders' for {share.part(share.dead):.2f} %")
        print(f"    of {reasons_of(share.reasons, share.part)}")
        longest = sorted(share.stretches, key=lambda s: -sum(s[2].values()))[:STRETCHES]
        for begin, limiter, reasons in longest:
            if sum(reasons.values()) >= PROMPT:
                print(f"    {limiter} from {begin:.2f} on for {sum(reasons.values()):.2f} s: {reasons_of(reasons)}")
    if worst := longest_unsettled(shares):
        print(f"  the longest that a free slot stood empty with nobody settling: {worst[0]:.2f} s ({worst[2]} from {worst[1]:.2f} on)")
    print_documented(findings, "  ")
    violations = [f for f in findings if f.is_violation]
    if violations:
        print(f"  again: tests/run.sh proof --seed {history.seed} --servers {history.servers} --theme {history.theme} --seconds {history.seconds:g}; "
              "what is done and when: the same with --schedule")
    for finding in violations[:MOST]:
        print_window(history, finding)
    for finding in violations[MOST:]:
        print(f"  VIOLATION {finding.what}: {finding.text}")
    print(flush=True)


def longest_unsettled(shares):
    """(seconds, begin, limiter) of the longest stretch that no settling is a part of, or None."""
    return max(((sum(reasons.values()), begin, name) for share in shares.values() for begin, name, reasons in share.stretches
                if not set(reasons) & set(SETTLING)), default=None)


def print_documented(findings, indent=""):
    counts = collections.Counter((f.what, f.excuse.split(" for ")[0]) for f in findings if not f.is_violation)
    for (what, excuse), n in sorted(counts.items()):
        print(f"{indent}documented: {n} × {what}: {excuse}")


def reasons_of(counter, part=float):
    return ", ".join(f"{why} {part(t):.2f}" for why, t in counter.most_common(7)) or "nothing"


def print_window(history, finding):
    print(f"  VIOLATION {finding.what}: {finding.text}")
    a, b = finding.begin - AROUND, finding.end + AROUND
    rows = [(t, f"{what}, until {until - history.begin:.2f}") for t, until, what in history.events
            if until > a - BEFORE and t < b and concerns(what, finding.callers)]
    for c in finding.callers:
        rows += story(c)
    rows.sort()
    shown = rows if len(rows) <= LINES else rows[:LINES // 2] + [(rows[LINES // 2][0], "…")] + rows[-LINES // 2:]
    for t, text in shown:
        print(f"    {t - history.begin:8.3f}  {text}")


def concerns(what, callers):
    """Whether a fault was of the server, of a path of these callers or of one of them."""
    whom = what.rsplit(" of ", 1)[1].split(" by ")[0] if " of " in what else ""
    return not whom or any(whom in (c.tag, c.path) for c in callers)


def story(c):
    asked = f"weight {c.weight}, expiry {c.expiry}, max-sleep {c.max_sleep}, {c.path}"
    yield c.spawned, f"{c.tag} ({c.kind}, {asked}) starts"
    if c.granted:
        yield c.granted, f"{c.tag} CMD begins, fence {c.fence}"
    if c.finished:
        yield c.finished, f"{c.tag} CMD ends" + ("" if c.end_signal == 0 else f" by signal {c.end_signal or 'KILL'}")
    for t, word, code in c.notes:
        yield t, f"{c.tag} sem {word}: {code}"
    if c.ended:
        yield c.ended, f"{c.tag} ends with {c.status}: {' / '.join(c.stderr.strip().splitlines())[-300:]}"


def print_summary(results):
    """results: [history, findings, shares] of each run."""
    histories = [history for history, _, _ in results]
    callers = [c for h in histories for c in h.callers]
    print(f"{len(results)} runs of {sum(h.end - h.begin for h in histories):.0f} s in all, {sum(calls_of(c) for c in callers)} calls by {len(callers)} callers, "
          f"{sum(1 for c in callers if c.granted)} grants, {sum(len(h.events) for h in histories)} faults")
    smooth = [r for r in results if r[0].stalled() <= JERKY] or results
    print(f"medians of the {len(smooth)} runs in which the machine stood still for {JERKY} s at most, and all of the time of all runs:")
    for part in ("faults", "calm"):
        print(f"  free and wanted, {part}: {of_all(part, 'reachable', smooth, results)} (settling {of_all(part, 'settling', smooth, results)}, "
              f"the rest {of_all(part, 'rest', smooth, results)}), in slots {of_all(part, 'slots', smooth, results)}, "
              f"outages counted in {of_all(part, 'all', smooth, results)}")
    worst = max(((*longest, h.seed) for h, _, shares in results if (longest := longest_unsettled(shares))), default=None)
    if worst:
        print(f"the longest that a free slot stood empty with nobody settling: {worst[0]:.2f} s ({worst[2]} from {worst[1]:.2f} on, seed {worst[3]})")
    print_documented([f for _, findings, _ in results for f in findings])
    counts = collections.Counter(f.what for _, findings, _ in results for f in findings if f.is_violation)
    for what, n in counts.most_common():
        print(f"violations: {n} × {what}")
    print(f"{sum(1 for _, f, _ in results if not any(x.is_violation for x in f))} passed, "
          f"{sum(1 for _, f, _ in results if any(x.is_violation for x in f))} failed")


def calls_of(caller):
    """How often limiters was called: a script notes each of its calls."""
    return len(caller.notes) if caller.kind in ("kept", "bare") else 1


def of_all(part, field, smooth, results):
    """The median of the smooth runs, and the share of the time of all runs."""
    total = sum(shares[part].time for _, _, shares in results)
    median = statistics.median(shares[part].part(getattr(shares[part], field)) for _, _, shares in smooth)
    return f"{median:.2f} % / {100 * sum(getattr(shares[part], field) for _, _, shares in results) / total if total else 0:.2f} %"
