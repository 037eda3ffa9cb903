"""No window of time has more tokens than a bucket gives, and none is kept back that it has."""

from history import STARVED

MOST_LATE = 6.0  # s; a few callers share a bucket, and each of them, a pipe too, has its next token within a second or two
LATE = 1.0  # s; what is due is done so much later at most by a caller that nobody disturbs


def windows(history, limiter, callers, add):
    """In a window of T: capacity - 1 + T * rate + 1, counted from the first. What was late makes a window fuller, so LATE is allowed."""
    done = starts(history, callers)
    for i, (first, _) in enumerate(done):
        for j in range(i + 1, len(done)):
            t, count = done[j][0] - first, j - i + 1
            if t > 5:
                break
            bound = limiter.capacity - 1 + int((t + LATE) * limiter.rate) + 1
            if count > bound:
                excuse = lost_data(history, first, done[j][0])
                add("too many tokens", f"{limiter.name}: {count} in {t:.3f} s, {bound} with a second's grace", first, done[j][0],
                    [done[i][1], done[j][1]], excuse)
                return


def starts(history, callers):
    """When each token was used, by those whose answers came in time."""
    return sorted(((t, c) for c in callers for t in (c.lines if c.kind == "pipe" else [c.granted] if c.granted else [])
                   if history.reached_all_the_time(c, t - 6, t)), key=lambda pair: pair[0])


def lost_data(history, a, b):
    for word in ("flushall", "clock forward", "clock back", "restart", "failover"):
        if history.happened(word, a - 10, b):
            return f"{word}: a new bucket is full"
    return ""


def kept_back(history, callers, add):
    """Whoever can reach the server all the time has its next token before long."""
    for c in callers:
        times = [c.spawned, *sorted(c.lines), c.granted or c.ended or c.asked_to_end or history.end]
        for a, b in zip(times, times[1:]):
            if b - a > MOST_LATE and c.max_sleep is None and not c.hits and history.reached_all_the_time(c, a - 1, min(b, history.end)):
                late = any(x < b and a < y for x, y in history.stalls()) or c.starved > STARVED
                add("token kept back", f"{c.tag} waited {b - a:.1f} s for its next token", a, b, [c], "the machine was busy" if late else "")
                break
