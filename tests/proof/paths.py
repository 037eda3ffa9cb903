"""The ways from callers to the server: some straight, some through proxies that many share, some of one caller alone."""

import asyncio
import time

from history import LATE
from support.proxy import Proxy

LOOK = 0.05  # s; how often a path looks whether it is late itself


class Path(Proxy):
    """A proxy of a certain length. late: [from, to] of each time in which it stood still by itself, as the machine is busy."""

    def __init__(self, upstream, length_ms=0):
        super().__init__(upstream)
        self.late = []
        asyncio.run_coroutine_threadsafe(self._watch(), self._loop)
        # A connection that is reset while its end is passed on is what is asked for here, not worth a trace.
        self._loop.set_exception_handler(lambda *_: None)
        self._length = length_ms
        self.latency(length_ms)

    async def _watch(self):
        last = time.monotonic()
        while True:
            await asyncio.sleep(LOOK)
            now = time.monotonic()
            if now - last > LATE + LOOK:
                self.late.append([last, now])
            last = now

    def heal(self):
        super().heal()
        self.latency(self._length)


class Paths:
    """By name: "tcp" and "unix" are straight, "shared N" and "own N" go through a proxy."""

    LENGTHS = (0, 5, 40)  # ms each way

    def __init__(self, server):
        self._straight = server.straight()
        self._upstream, self.proxies = server.url, {}
        # Where servers name each other, their clients would go round a proxy.
        self._only = "" if "unix" in self._straight else "tcp"
        for n, length in enumerate(() if self._only else self.LENGTHS):
            self.proxies[f"shared {n}"] = Path(self._upstream, length)

    def of_place(self, number):
        """The path that the callers of a place take: of ten places three are straight, one Unix, four shared, two own."""
        if self._only:
            return self._only
        kind = number % 10
        if kind < 4:
            return "unix" if kind == 3 else "tcp"
        if kind < 8:
            return f"shared {number % len(self.LENGTHS)}"
        name = f"own {number}"
        if name not in self.proxies:
            self.proxies[name] = Path(self._upstream, 3 * (number % 7))
        return name

    def url(self, name):
        return self._straight.get(name) or self.proxies[name].url

    def late(self):
        """[name, from, to, why] for each time in which the proof itself kept a path closed."""
        return [[name, *times, "the proof was late"] for name, proxy in self.proxies.items() for times in proxy.late]

    def close(self):
        for proxy in self.proxies.values():
            proxy.close()
