"""The ways from callers to the server: some straight, some through proxies that many share, some of one caller alone."""

from support.proxy import Proxy


class Path(Proxy):
    """A proxy of a certain length."""

    def __init__(self, upstream, length_ms=0):
        super().__init__(upstream)
        # A connection that is reset while its end is passed on is what is asked for here, not worth a trace.
        self._loop.set_exception_handler(lambda *_: None)
        self._length = length_ms
        self.latency(length_ms)

    def heal(self):
        super().heal()
        self.latency(self._length)


class Paths:
    """By name: "tcp" and "unix" are straight, "shared N" and "own N" go through a proxy."""

    LENGTHS = (0, 5, 40)  # ms each way

    def __init__(self, server):
        self._straight = {"tcp": server.url, "unix": server.unix_url}
        self._upstream, self.proxies = server.url, {}
        for n, length in enumerate(self.LENGTHS):
            self.proxies[f"shared {n}"] = Path(self._upstream, length)

    def of_place(self, number):
        """The path that the callers of a place take: of ten places three are straight, one Unix, four shared, two own."""
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

    def close(self):
        for proxy in self.proxies.values():
            proxy.close()
