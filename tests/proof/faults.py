"""Does to a run what its schedule says, and notes from when to when."""

import contextlib
import heapq
import itertools
import os
import queue
import signal
import threading
import time

from history import LATE
from schedule import ORDERED, ORDERS, OF_SERVERS, PATH
from spawn import spawn


class Faults:
    def __init__(self, plan, server, paths, population, history):
        self.plan, self.server, self.paths, self.population, self.history = list(plan), server, paths, population, history
        self.begin = time.monotonic()
        self._later, self._order = [], itertools.count()
        self._queue = queue.Queue()
        self.trouble = None
        self._serving, self._looked = server.who_serves(), self.begin
        self._hand = threading.Thread(target=self._serve, daemon=True)
        self._hand.start()

    def step(self):
        """Do all that is due."""
        if self.trouble:
            raise self.trouble
        now = time.monotonic()
        while self.plan and self.begin + self.plan[0].at <= now:
            fault = self.plan.pop(0)
            if fault.kind in OF_SERVERS:
                self._queue.put(fault)
            elif fault.kind in PATH:
                self.on_path(fault)
            elif fault.kind == "starve":
                self.starve(fault)
            elif fault.kind in ORDERS:
                caller = self.population.order(ORDERED, fault.kind.split()[1], fault.span)
                self.note(caller.spawned, f"{fault.kind} for {fault.span:.1f} s of {caller.tag}")
            else:
                self.on_process(fault)
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def is_over(self):
        return not self.plan and not self._later and self._queue.unfinished_tasks == 0

    def stop(self):
        self._queue.put(None)
        self._hand.join(15)
        while self._later:
            heapq.heappop(self._later)[2]()

    def later(self, seconds, action):
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), action))

    def note(self, begin, what):
        self.history.events.append([begin, time.monotonic(), what])
        self.history.last_fault = max(self.history.last_fault, time.monotonic())

    # Paths.

    def on_path(self, fault):
        names = sorted(self.paths.proxies)
        name = names[int(fault.pick * len(names))]
        proxy, begin = self.paths.proxies[name], time.monotonic()
        if fault.span == 0:
            {"reset": proxy.reset, "fin": proxy.close_all, "forget": proxy.forget, "half close": proxy.half_close}[fault.kind]()
            return self.note(begin, f"{fault.kind} of {name}")
        one_way = 0.05 * 60 ** fault.size  # s, for "late": up to 3
        if fault.kind == "forgetful":
            for n in range(int(fault.span / 1.5)):
                self.later(1.5 * n, proxy.forget)
        else:
            {"blackhole": proxy.blackhole, "lost answers": proxy.blackhole_replies, "refuse": proxy.refuse,
             "torn": lambda: proxy.cut_reply(int(fault.size * 40)), "late": lambda: proxy.latency(one_way * 1000)}[fault.kind]()
        closes = fault.kind != "forgetful" and not (fault.kind == "late" and one_way < LATE)
        if closes:
            closed = [name, begin, float("inf"), fault.kind]
            self.history.closed.append(closed)

        def end():
            if fault.kind != "forgetful":
                proxy.heal()
            if closes:
                # Faults of one path may overlap, and a heal ends them all; what is on its way comes late all the same.
                for entry in self.history.closed:
                    if entry[0] == name and entry[2] == float("inf"):
                        entry[2] = time.monotonic() + (one_way if entry[3] == "late" else 0)
            self.note(begin, f"{fault.kind} of {name}" + (f" by {one_way:.2f} s" if fault.kind == "late" else ""))
        self.later(fault.span, end)

    # The machine.

    def starve(self, fault):
        """More that want to run than there are CPUs, and before us."""
        begin, burner = time.monotonic(), ["/bin/sh", "-c", "while :; do :; done"]
        with_priority = ["/usr/bin/nice", "-n", str(-os.nice(0) if os.geteuid() == 0 else 0)]
        pids = [spawn([*with_priority, *burner], dict(os.environ), [], ()) for _ in range(2 * len(os.sched_getaffinity(0)))]

        def end():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.note(begin, fault.kind)
        self.later(fault.span, end)

    # Processes.

    def on_process(self, fault):
        verb, who = fault.kind.split()
        if who == "keeper":
            victims = sorted(self.population.keepers().items())
        else:
            p = self.population
            callers = {"holder": p.holders, "waiter": p.waiters, "cmd": p.commands, "script": p.scripts}[who]()
            victims = [(c.cmd_pid if who == "cmd" else c.pid, c) for c in callers]
        if victims:
            pid, caller = victims[int(fault.pick * len(victims))]
            self.hit(verb, who if who in ("cmd", "keeper", "script") else "limiters", pid, caller, fault.span)

    def hit(self, verb, who, pid, caller, span):
        begin = time.monotonic()
        number = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "stop": signal.SIGSTOP}[verb]
        if verb == "stop":
            stop = [begin, float("inf"), who]
            caller.stops.append(stop)

            def end():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                stop[1] = time.monotonic()
                self.note(begin, f"stop of the {who} of {caller.tag}")
            self.later(span, end)
        else:
            caller.hits.append([begin, int(number), who])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if verb != "stop":
            self.note(begin, f"{verb} of the {who} of {caller.tag}")

    # The server: by a thread of its own, since these take their time.

    def _serve(self):
        try:
            while True:
                try:
                    fault = self._queue.get(timeout=self.server.LOOK_EVERY - 0.01)
                except queue.Empty:
                    self.look()
                    self.server.idle()
                    continue
                if fault is None:
                    return
                self.look()
                begin = time.monotonic()
                self.note(begin, self.server.do(fault, self.away))
                self._serving, self._looked = self.server.who_serves(), time.monotonic()
                self._queue.task_done()
        except Exception as e:  # told by step()
            self.trouble = e

    def look(self):
        """On a machine that keeps them waiting, those who watch the servers take one for dead, and nobody asked them to."""
        if self.server.who_serves() != self._serving:
            self.server.calm_down()
            self.history.away.append([self._looked, time.monotonic(), "failover by itself"])
            self.note(self._looked, "failover by itself")
            self._serving = self.server.who_serves()
        self._looked = time.monotonic()

    @contextlib.contextmanager
    def away(self, why):
        entry = [time.monotonic(), float("inf"), why]
        self.history.away.append(entry)
        yield
        entry[1] = time.monotonic()
