"""Failovers behind sentinels while callers come: how many commands start beside another one of the same limiter."""

import contextlib
import pathlib
import tempfile
import time

from support.resp import Client, RedisError
from support.sentinel import SERVICE, Watched
from support.server import free_port
from support.tool import BINARY, Running, environment
from support.wait import eventually

PATIENCE = 60
PAIRS = 4  # new limiters in each failover, each with two callers
LOOPS = 6  # callers that come again and again, to three limiters

# The lock goes with the process, however that ends. Who does not get it runs beside another.
WITNESS = 'exec 9>>"$1"; flock -n 9 && what=alone || what=beside; echo "$what" >>"$1.seen"; '
UNTIL_GATE = WITNESS + 'until [ -e "$2" ]; do sleep 0.1 9>&-; done'
FOR_A_WHILE = WITNESS + 'exec sleep "$2"'
AGAIN = 'end=$1; shift; until [ -e "$end" ]; do "$@" || sleep 0.2; done'


class Failovers:
    """A master, its replica and three sentinels, and callers with these options. Use it in a with statement.

    In each failover a first caller of each new limiter comes to the old master, and a second one when it is going.
    """

    def __init__(self, *options):
        self._options = ("--capacity", "1", "--expiry", "5s", "--redis-timeout", "2m", *options)
        self.count = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.path = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="limiters-failovers-")))
            self.watched = stack.enter_context(Watched(down_after=500))
            for sentinel in self.watched.sentinels:
                sentinel.call("SENTINEL", "SET", SERVICE, "failover-timeout", 1000)  # one in twice this time at most
            self._stack = stack.pop_all()
        self._loops = [self._loop(i) for i in range(LOOPS)]
        return self

    def __exit__(self, *_):
        self._stack.close()

    def seen(self):
        """How many commands started alone, and how many beside another one."""
        words = [word for path in self.path.glob("*.seen") for word in path.read_text().split()]
        return words.count("alone"), words.count("beside")

    def by_a_crash(self):
        """The master loses its replica, goes on for a moment, and dies."""
        self._all_are_ready()
        self.watched.replica.call("REPLICAOF", "127.0.0.1", free_port())
        names, gate, callers = self._first()
        eventually(lambda: all(self._count(name, "holders") for name in names), PATIENCE, "slots at the master")
        self.watched.master.kill()
        self._go_on(names, gate, callers)

    def as_planned(self):
        """The master goes on for a moment although the replica has been promoted."""
        self._all_are_ready()
        eventually(self._promote, PATIENCE, "a sentinel to begin a failover")
        self._go_on(*self._first())

    def end(self):
        """Nobody comes any more, and all that came has ended."""
        (self.path / "end").touch()
        for loop in self._loops:
            loop.wait(PATIENCE)

    def _all_are_ready(self):
        eventually(self._is_settled, PATIENCE, "a master and a replica on which all sentinels agree")

    def _is_settled(self):
        """They may have made another failover by themselves meanwhile, of a replica that was slow to come back."""
        watched = self.watched
        ports = {sentinel.master_port() for sentinel in watched.sentinels}
        if ports == {watched.replica.port}:
            watched.master, watched.replica = watched.replica, watched.master
        follows = ["slave", "127.0.0.1", watched.master.port, "connected"]
        return (ports == {watched.master.port} and watched.master.call("ROLE")[0] == "master"
                and watched.replica.call("ROLE")[:4] == follows
                and all(sentinel.fields("REPLICAS", SERVICE).get("master-link-status") == "ok"
                        for sentinel in watched.sentinels))

    def _promote(self):
        """Sentinels make one failover in twice their timeout at most."""
        with Client(self.watched.sentinels[0].url) as client:
            try:
                return client.call("SENTINEL", "FAILOVER", SERVICE)
            except RedisError:
                return None

    def _first(self):
        self.count += 1
        gate = self.path / f"gate-{self.count}"
        names = [f"pair-{self.count}-{i}" for i in range(PAIRS)]
        return names, gate, [self._caller(name, UNTIL_GATE, gate) for name in names]

    def _go_on(self, names, gate, callers):
        watched = self.watched
        callers = callers + [self._caller(name, UNTIL_GATE, gate) for name in names]
        watched.wait_for_promotion()
        old, new = watched.master, watched.replica
        with contextlib.suppress(OSError):  # it was killed
            old.call("PING")
            time.sleep(1)  # as long as nobody has told it: a sentinel would need ten seconds
        if not old.alive():
            old.start()
        old.call("REPLICAOF", "127.0.0.1", new.port)
        watched.master, watched.replica = new, old
        both = lambda name: self._count(name, "holders") + self._count(name, "waiters") >= 2
        with contextlib.suppress(AssertionError):
            eventually(lambda: all(both(name) for name in names), PATIENCE / 4)
        gate.touch()
        for caller in callers:
            caller.wait(PATIENCE)
            caller.__exit__()

    def _count(self, name, what):
        return self.watched.master.call("ZCARD", f"limiters:2:sem:{{{name}}}:{what}")

    def _words(self, name, command, arg):
        return [BINARY, "--quiet", "--redis", self.watched.url, "sem", "run", "--name", name, *self._options, "--",
                "sh", "-c", command, "sh", self.path / name, arg]

    def _caller(self, name, command, arg):
        return self._start(self._words(name, command, arg))

    def _loop(self, i):
        words = self._words(f"loop-{i % 3}", FOR_A_WHILE, str(0.1 + 0.2 * i))
        return self._start(["sh", "-c", AGAIN, "sh", self.path / "end", *words])

    def _start(self, words):
        return self._stack.enter_context(Running(words, env=environment()))
