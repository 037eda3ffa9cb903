"""A token bucket by its scripts, with named arguments and results."""

import hashlib
import itertools
import re

NEVER = -1

_ids = itertools.count(1)


def new_id():
    """32 hex digits, never the same twice, in no order that could pass for that of the tickets."""
    return hashlib.md5(b"%d" % next(_ids)).hexdigest()


def orders(told):
    """(limit, pause) of what a script tells of the orders, each [count, left, since, by and why] or None."""
    return tuple([int(told[i + 1]) if told[i + 1].isdigit() else told[i + 1], *told[i + 2:i + 5]] if told[i] else None for i in (0, 5))


class Bucket:
    """One token bucket, as one kind of caller sees it. All times are in µs."""

    RESERVED, REFUSED, TOO_FAR = 1, 0, -1

    def __init__(self, client, name, *, capacity, amount, frequency, prefix="limiters"):
        self.client, self.name = client, name
        self.capacity, self.amount, self.frequency = capacity, amount, frequency
        self.key = f"{prefix}:2:bucket:{{{name}}}"

    def acquire(self, id=None, *, tokens=1, max_wait=NEVER):
        """(state, wait, [capacity, amount, frequency of the bucket where they differ])"""
        args = (id or new_id(), self.capacity, self.amount, self.frequency, tokens, max_wait)
        state, wait, *more = self.client.eval_script("bucket/acquire", [self.key], args)
        return state, wait, more[0] if more else []

    def reserve(self, id=None, *, tokens=1):
        """Reserve at any wait, and return the wait."""
        state, wait, _ = self.acquire(id, tokens=tokens)
        assert state == Bucket.RESERVED, f"state {state}"
        return wait

    def batch(self, id=None, *, tokens, horizon=0):
        """Up to so many single tokens: (when each is due, from now, [parameters of the bucket where they differ])."""
        args = (id or new_id(), self.capacity, self.amount, self.frequency, tokens, horizon)
        state, count, origin, offset, step, frequency, *more = self.client.eval_script("bucket/reserve", [self.key], args)
        others = more[0] if more else []
        assert state == Bucket.RESERVED, f"state {state}"
        steps = lambda k: max(0, -(-(k - offset) // step))
        return [origin + steps(k) * frequency for k in range(1, count + 1)], others

    def cancel(self, id, *, tokens=1):
        return self.cancel_all((id, tokens))

    def cancel_all(self, *reservations):
        """Of several at once, each (id, tokens), the newest first."""
        return self.client.eval_script("bucket/cancel", [self.key], [word for pair in reservations for word in pair])

    def status(self):
        """[level, capacity, amount, frequency, next refill, next token], or None if it is not there."""
        there, *rest = self.client.eval_script("bucket/status", [self.key])
        return rest[:6] if there else None

    def order(self, verb, span, count="0", by="op@h why"):
        """(whether anything has changed, limit, pause), each [count, left, since, by and why] or None."""
        done, told = self.client.eval_script("bucket/order", [self.key], ("", verb, span, count, by))
        return (done, *orders(told))

    def orders(self):
        return orders(self.client.eval_script("bucket/status", [self.key])[-1])

    def reset(self):
        return self.client.eval_script("bucket/reset", [self.key])

    def changed(self, **parameters):
        """The same bucket, as a caller with other parameters sees it."""
        own = {"capacity": self.capacity, "amount": self.amount, "frequency": self.frequency}
        return Bucket(self.client, self.name, **own | parameters)

    def get(self, field):
        return int(self.client.call("HGET", self.key, field))

    def all(self):
        """All that stands in Redis, and until when."""
        fields = self.client.call("HGETALL", self.key)  # not DUMP: the order of the fields changes by itself
        return dict(zip(fields[::2], fields[1::2])), self.client.call("PEXPIRETIME", self.key)

    def record(self, id):
        """What is kept of an id, as words: its due time on the server's clock comes first. None: nothing."""
        record = self.client.call("HGET", self.key, id)
        return record and record.split()

    def due(self, id):
        return int(self.record(id)[0])

    def kept_ids(self):
        return {field for field in self.client.call("HKEYS", self.key) if re.fullmatch("[0-9a-f]{32}", field)}
