"""Simulated callers of one semaphore, in simulated time, and the faults that befall them and their server.

The server is real, but its clock stands still and is moved to the next thing that happens, so that hours pass in
seconds, and one seed always gives the same play.
"""

import heapq
import itertools

from lua.scripts import HOUR, MILLISECOND, MINUTE, SECOND
from model.callers import BAR, Client
from model.delays import Delays
from model.invariants import SPARE, Invariants

_order = itertools.count()


class NoWakeUps:
    """A connection whose scripts may use the declared keys only, as some servers and rights have it: nobody is woken."""

    def __init__(self, test, name):
        self.call = test.client.call
        keys = [f"~{key}" for key in test.semaphore(name).keys]
        self.call("ACL", "SETUSER", "nobody-wakes", "reset", "on", ">secret", "+@all", *keys)
        worker = test.connect("worker")
        worker.call("AUTH", "nobody-wakes", "secret")
        self.eval_script = worker.eval_script


class World:
    """watch: nobody may be delayed by the troubles of another."""

    clock = 0  # of all servers of this process, µs: each world begins later than the one before

    def __init__(self, test, rng, capacity, leases, watch=False):
        self.test, self.rng, self.capacity, self.leases = test, rng, capacity, leases
        World.clock = -(-max(World.clock, test.server_time()) // HOUR + 1) * HOUR
        self._epoch = World.clock
        self.now = self.skew = 0
        self.move_clock()
        self.agenda, self.story, self.clients = [], [], []
        self.down_until, self.hangs, self.in_sockets, self.served_since = 0, False, [], 0
        self.void = 0             # a reset took back all tickets up to this
        self.begins_life = self.stepped_back = False
        self.closed_until = 0     # until then the contract lets nobody new in, or need not
        self.last_script = self.silence_ended = 0
        name = test.semaphore().name
        self.wakes = watch or rng.random() < 0.8
        self.semaphore = Invariants(test.client if self.wakes else NoWakeUps(test, name), name, self)
        self.delays = Delays(self, in_all=watch)
        self.note("capacity", capacity, "and a server that lets the scripts wake" if self.wakes else
                  "and a server that does not let the scripts wake anybody")

    def move_clock(self):
        World.clock = max(World.clock, self.server_clock())
        self.test.server.freeze_clock(self.server_clock())

    def server_clock(self):
        return self._epoch + self.now + self.skew

    def note(self, *words):
        self.story.append((self.now, words))  # made a text of only when it is to be read

    def check(self, condition, *claim):
        if not condition:
            self.note(*claim)
            story = [f"{when / SECOND:10.3f}  {' '.join(map(str, words))}" for when, words in self.story]
            raise AssertionError("\n".join([" ".join(map(str, claim)), story[0], *story[1:][-120:]]))

    def plan(self, what, when):
        """A client's next act replaces the one before (None: it has none); anything else is called."""
        if not isinstance(what, Client):
            return heapq.heappush(self.agenda, (when, next(_order), what))
        what.appointment = None
        if when is not None:
            what.appointment = (max(when, what.stopped_until), next(_order), what)
            heapq.heappush(self.agenda, what.appointment)

    def step(self):
        """Do the next thing. False: there is none."""
        if not self.agenda:
            return False
        entry = heapq.heappop(self.agenda)
        when, _, what = entry
        if isinstance(what, Client) and (what.gone or what.appointment is not entry):
            return True
        if when > self.now:
            self.delays.pass_until(when)
            self.now = when
            self.move_clock()
        if isinstance(what, Client):
            what.act()
        else:
            what()
        if not self.is_down():
            self.wake_clients()
        self.semaphore.check_commands_running()
        self.delays.look()
        return True

    def is_down(self):
        return self.now < self.down_until

    def script_ran(self):
        """What the contract allows because of it."""
        silence, self.last_script = self.now - self.last_script, self.now
        if silence > SPARE:
            self.silence_ended = self.now
            if self.closed_until > self.now - silence:
                self.closed_until = max(self.closed_until, self.now + SPARE)
        if self.begins_life:
            self.begins_life = False
            longest = max((client.lease for client in self.clients if client.began < self.served_since), default=0)
            settled = min(longest // 3, MINUTE) + min(5 * SECOND, longest // 6) + 2 * SECOND
            self.closed_until = self.now + max(5 * SECOND, settled)
        if self.stepped_back and silence > SECOND // 3:
            self.closed_until = max(self.closed_until, self.now + min(max(self.leases) // 3, MINUTE))

    # Messages that come late or not at all.

    def maybe_duplicate(self, client):
        if self.rng.random() < 0.03:
            client.abandoned = True
            self.plan_duplicate(client, client.duplicate(), self.now + self.rng.randrange(int(0.9 * BAR)))

    def plan_duplicate(self, client, call, when):
        def arrive():
            if not self.is_down():
                self.note("a late duplicate of", client)
                call()
        arrive.is_message = True
        self.plan(arrive, when)

    def wake_clients(self):
        """Those who were handed a slot are woken, if they can be reached."""
        keys, self.semaphore.wake_keys = self.semaphore.wake_keys, []
        if keys:
            self.test.client.call("DEL", *keys)
            woken = {key.rsplit(":", 1)[1] for key in keys}
            for client in self.live():
                if client.id in woken and not client.running and client.listens_until is not None and client.hears():
                    client.listens_until = self.now + MILLISECOND
                    self.plan(client, client.listens_until)

    # Callers.

    def job_length(self, lease):
        lease = min(lease, 20 * SECOND)
        return self.rng.choice((100 * MILLISECOND, SECOND, 2 * SECOND, 2 * SECOND, 10 * SECOND, lease, 2 * lease,
                                self.rng.choice((5 * SECOND, 3 * MINUTE))))

    def arrive(self, **options):
        client = Client(self, f"client {len(self.clients)}", **{"lease": self.rng.choice(self.leases)} | options)
        self.clients.append(client)
        self.note(client, "comes" if client.waits else "comes, and would not wait")
        self.plan(client, self.now)
        return client

    def live(self):
        return [client for client in self.clients if not client.gone]

    def waiting(self):
        return [client for client in self.live() if not client.running]

    def everybody_was_heard(self):
        """Of those whom only the server kept from it."""
        return not any(client.unheard and not client.in_trouble for client in self.live())

    # The troubles of one caller.

    def trouble(self, client, text, until=0):
        self.note(client, text)
        client.troubled_until = max(client.troubled_until, until or self.now)
        for other in self.live():
            if other is not client:
                other.troubles += 1

    def kill(self, client):
        self.trouble(client, "is killed with -9")
        client.running, client.gone = False, True

    def stop(self, client, span):
        self.trouble(client, f"stops for {span / SECOND:.1f} s", self.now + span)
        client.stopped_until = max(client.stopped_until, self.now + span)
        if client.appointment:
            self.plan(client, client.appointment[0])

    def cut(self, client, span, silently):
        self.trouble(client, f"is cut off {'silently ' if silently else ''}for {span / SECOND:.1f} s", self.now + span)
        client.cut_until, client.cut_silently = self.now + span, silently
        if client.connected and not silently and client.appointment:
            client.connected = False
            self.plan(client, self.now)

    def make_deaf(self, client):
        self.note("the connection dies silently of", client)
        client.deaf = client.connected
        for other in self.live():
            other.troubles += other is not client

    # The troubles of the server.

    def hang(self, span):
        self.note(f"the server hangs for {span / SECOND:.1f} s")
        self.go_down(span, hangs=True)

    def crash(self, span, change=None, silently=False):
        """change() is done when it comes back: to its data, or to itself. silently: nobody is told that it went."""
        self.note(f"the server crashes{' silently' if silently else ''}, for {span / SECOND:.1f} s")
        self.agenda = [entry for entry in self.agenda if not hasattr(entry[2], "is_message")]
        heapq.heapify(self.agenda)
        self.go_down(span, hangs=False, change=change)
        for client in self.live():
            if client.appointment is None:  # its question lies in no socket any more
                self.plan(client, self.now)
            if not silently and client.connected:
                client.connected = client.deaf = False
                self.plan(client, self.now)
            client.deaf = client.connected

    def go_down(self, span, hangs, change=None):
        self.down_until, self.hangs, self.in_sockets = self.now + span, hangs, []
        self.plan(lambda: self.come_back(change), self.down_until)
        self.nobody_was_heard()

    def come_back(self, change):
        if change:
            change()
        self.semaphore.load()
        if not self.semaphore.counters:
            self.life_begins()  # it was away for so long that the data came to their end
        self.note("the server is back")
        self.hangs, self.served_since = False, self.now
        calls, self.in_sockets = self.in_sockets, []
        self.rng.shuffle(calls)
        for call in calls:
            call()

    def restart(self, empty):
        """For real, so that the server can tell how young it is and whether it loaded its data."""
        self.test.server.kill()
        self.test.server.start(empty=empty)
        self.test.connect("client")
        self.semaphore.client = self.test.client if self.wakes else NoWakeUps(self.test, self.semaphore.name)

    def life_begins(self):
        self.begins_life = True

    def data_lost(self):
        self.semaphore.data_lost()
        for client in self.live():
            if client.running:
                client.lost_at = self.now
        self.life_begins()

    def reset(self):
        self.note("a reset")
        self.semaphore.reset()
        self.void = self.semaphore.counter("void")

    def step_clock(self, span):
        self.note(f"the server's clock steps by {span / SECOND:.1f} s")
        self.skew += span
        self.move_clock()
        self.semaphore.clock_stepped(span)
        self.stepped_back = self.stepped_back or span < 0
        self.served_since = self.now  # what ended now did not end before
        self.nobody_was_heard()
        if span > 0:
            self.life_begins()  # the data may have come to their end
            for client in self.live():
                client.overtaken = client.overtaken or client.running

    def nobody_was_heard(self):
        for client in self.live():
            client.unheard = True
