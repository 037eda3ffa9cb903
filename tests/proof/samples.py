"""Looks into Redis five times a second, past all proxies: who holds and who waits by its own account, for the reasons of what is seen outside."""

import contextlib
import threading
import time

from population import tag_of
from support.resp import RedisError

PERIOD = 0.2
PARTS = ("counters", "holders", "waiters", "tags", "weights", "fences", "taken")


class Sampler(threading.Thread):
    def __init__(self, server, names):
        super().__init__(daemon=True)
        self.server, self.samples, self._names = server, [], set(names)
        self._tags, self._done, self._clients, self._serving = {}, threading.Event(), [], None

    def stop(self):
        self._done.set()
        self.join(5)

    def run(self):
        while not self._done.wait(PERIOD):
            try:
                # A master that was replaced may take itself for one for a while.
                if (serving := self.server.who_serves()) != self._serving:
                    self.close()
                    self._clients, self._serving = self.server.clients(timeout=0.5), serving
                self.look()
            except (OSError, RedisError, AssertionError):  # it is away, which is known
                self.close()

    def close(self):
        for client in self._clients:
            client.close()
        self._clients, self._serving = [], None

    def look(self):
        seen = set()
        for client in self._clients:
            seen |= self.look_by(client)
        # Of what has no key Redis knows nothing, which is something that is seen.
        for name in self._names - seen:
            self.samples.append({"t": time.monotonic(), "name": name, "now": 0} | {part: {} for part in PARTS})

    def look_by(self, c):
        """The names of those that this server has."""
        keys = [k for k in c.call("KEYS", "*:sem:{*}") if k.endswith("}")]
        for key in keys:
            for command in (("TIME",), ("HGETALL", key), *(("ZRANGE", f"{key}:{part}", 0, -1, "WITHSCORES") for part in ("holders", "waiters"))):
                c.send(*command)
        for key in keys:
            replies = [c.read() for _ in range(4)]
            if all(isinstance(r, list) for r in replies):
                self.note(key, *replies)
        return {key.split("{")[1][:-1] for key in keys}

    def note(self, key, now, fields, holders, waiters):
        fields = pairs(fields)
        counters = {name: value for name, value in fields.items() if len(name) != 32 and value.lstrip("-").isdigit()}
        clock = int(now[0]) * 1_000_000 + int(now[1]) + int(counters.get("offset", 0))
        self.samples.append({
            "t": time.monotonic(), "name": key.split("{")[1][:-1], "now": clock, "counters": {n: int(v) for n, v in counters.items()},
            "holders": {id: int(float(end)) for id, end in pairs(holders).items()},
            "waiters": {id: int(float(ticket)) for id, ticket in pairs(waiters).items()},
            "tags": {id: tag for id, text in fields.items() if len(id) == 32 and (tag := self.tag(id, text))},
            "weights": {id: int(text.split()[0]) for id, text in fields.items() if len(id) == 32 and text.split()[0].isdigit()},
            "fences": {id: int(fence) for id, text in fields.items() if len(id) == 32 and text.count(" ") > 7 and (fence := text.split()[5]) != "0"},
            # The life in which it last spoke as a holder: none of one that has not taken up its slot.
            "taken": {id: text.split()[7] != "0" for id, text in fields.items() if len(id) == 32 and text.count(" ") > 7},
        })

    def tag(self, id, record):
        """Whose record this is: one of its words is a pid."""
        if id not in self._tags:
            for word in reversed(record.split()):
                if word.isdigit() and 1 < int(word) < 2**22:
                    with contextlib.suppress(OSError, KeyError):
                        self._tags[id] = tag_of(int(word))
                        break
        return self._tags.get(id)


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))
