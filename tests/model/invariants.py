"""A semaphore that checks after every script what must always hold."""

import collections
import json

from lua.scripts import MINUTE, SECOND, Semaphore

LOOK = """
local all, ttls = { redis.call('HGETALL', KEYS[1]) }, {}
for i = 2, 4 do
  all[i] = redis.call('ZRANGE', KEYS[i], 0, -1, 'WITHSCORES')
end
for i, key in ipairs(KEYS) do
  ttls[i] = redis.call('PTTL', key)
end
all[5], all[6] = ttls, redis.call('KEYS', ARGV[1])
return cjson.encode(all)
"""
SPARE = 2 * SECOND  # how long a lease that ended in a silence waits for its holder


class Invariants(Semaphore):
    def __init__(self, client, name, world):
        super().__init__(client, name)
        self.world, self.exact = world, True
        self.last_holders, self.last_fence, self.went_back, self.data_are_new = set(), 0, False, False
        self.handed_over = set()  # to each of these a slot: who did not confirm it in time may be passed
        self.leaves = None  # it asked for the last time
        self.found_ended = {}  # (id, when it ended) -> when a script could first have seen it
        self.check = world.check
        self.load()

    def acquire(self, id, **options):
        answer = super().acquire(id, **options)
        self.leaves = id if not options["wait"] else None
        self.check_all(promoted=not answer.barred)
        return answer

    def renew(self, id, **options):
        state = super().renew(id, **options)
        self.check_all(promoted=False)
        return state

    def release(self, id, **options):
        given_up = super().release(id, **options)
        self.check_all(promoted=given_up == 1)
        return given_up

    def reset(self):
        self.last_holders = set()
        super().reset()
        self.bars_lost()
        self.check_all(promoted=False)

    # What the test did to the server.

    def data_lost(self):
        self.last_holders, self.data_are_new = set(), True
        if self.went_back:
            self.last_fence = 0  # data and clock went back together

    def older_data(self):
        self.last_holders = self.holder_ids()
        self.bars_lost()

    def clock_stepped(self, span):
        self.went_back = self.went_back or span < 0
        if span < 0 and self.data_are_new:
            self.last_fence = 0
        if span > 0:
            self.bars_lost()

    def bars_lost(self):
        for client in self.world.clients:
            client.given_up = False

    # What must hold.

    def check_all(self, promoted):
        self.load()
        self.world.script_ran()
        settling = self.now < self.counters["settle"]
        self.check(self.weight(self.held) <= self.world.capacity, "the weights of the leases exceed the capacity")
        self.check(not set(self.held) & set(self.waiting), "an id holds and waits")
        self.check_given_up()
        self.check_fences()
        self.check_order()
        if promoted:
            self.check(self.counters["used"] == self.weight(self.held) and self.counters["counted"] == len(self.held),
                       "the weight in use has drifted")
        if promoted and not settling:
            self.check_nobody_waits_for_nothing()
        self.check_dropped(promoted and not settling)
        self.check_traces()
        self.last_holders, self.data_are_new = set(self.held), False
        self.handed_over |= self.last_holders

    def load(self):
        """What stands in Redis, read at once and as one text, since that is most of what a play takes."""
        parts = json.loads(self.client.call("EVAL", LOOK, 4, *self.keys, self.wake_key("*")))
        fields, held, waiting, listed, self.ttls, self.wake_keys = [part or [] for part in parts]
        fields = dict(zip(fields[::2], fields[1::2]))
        self.records_now = {id: [int(word) for word in text.split(" ")[:7]] for id, text in fields.items() if len(id) == 32}
        self.counters = collections.Counter({name: int(value) for name, value in fields.items() if value.isdigit()})
        self.held = {id: int(float(end)) for id, end in zip(held[::2], held[1::2])}
        self.waiting = {id: int(float(ticket)) for id, ticket in zip(waiting[::2], waiting[1::2])}
        self.listed = {id: int(float(end)) for id, end in zip(listed[::2], listed[1::2])}
        self.now = self.counters["seen"]
        self.callers = {client.id: client for client in self.world.clients}

    def weight(self, ids):
        return sum(self.records_now[id][0] if id in self.records_now else 1 for id in ids)

    def check_dropped(self, promoted):
        """Who has ended is dropped, or spared for a while, from the first script on that could see it. A bar may stay."""
        places = {id: end for id, end in self.listed.items() if id in self.waiting}
        ended = {(id, end) for found in (self.held, places) for id, end in found.items() if end <= self.now}
        self.found_ended = {key: self.found_ended.get(key, self.now) for key in ended}
        spare = SPARE + (min(max(self.world.leases) // 3, MINUTE) if self.world.stepped_back else 0)
        if promoted and self.world.now > max(self.world.closed_until, self.world.silence_ended + spare):
            for (id, end), since in self.found_ended.items():
                self.check(self.now <= since + spare, self.callers[id], "was not dropped, after µs:", self.now - end)

    def check_given_up(self):
        for client in self.world.clients:
            if client.given_up and self.world.now > client.held_until:
                self.check(client.id not in self.waiting, client, "had given up, and waits again")
                self.check(client.id not in self.held or client.id in self.last_holders, client, "had given up, and holds again")

    def check_fences(self):
        for id in sorted(set(self.held) - self.last_holders, key=lambda id: self.records_now[id][5]):
            client, fence = self.callers[id], self.records_now[id][5]
            # Of one that was killed while it reclaimed, or is stopped for longer than its lease, a late duplicate of its
            # first question can be granted anew: nobody may use that fence.
            knows = client.running and client.stopped_until <= self.world.now or client.reclaiming
            if knows and not client.is_void():
                self.check(fence == client.fence, f"{client} has another fence than its command was given")
            else:
                self.check(fence > self.last_fence or not self.exact, f"the fence of {client} is not larger than all before")
            self.last_fence = max(self.last_fence, fence)

    def check_order(self):
        """Who is granted anew passes nobody that waits with a lower ticket, but for who was in trouble or whose grace lapsed."""
        for id in set(self.held) - self.last_holders:
            if not self.callers[id].running:
                for other in self.world.live():
                    waits = not other.running and other.id not in self.handed_over | set(self.held) | {self.leaves}
                    waits = waits and not self.is_barred(other.id) and not other.is_void() and not other.in_trouble
                    passed = waits and 0 < other.ticket < self.records_now[id][4]
                    self.check(not passed, self.callers[id], "passed", other)

    def is_barred(self, id):
        return self.records_now.get(id, [0, 0, 1])[2] == 0

    def check_nobody_waits_for_nothing(self):
        if self.waiting:
            weight, capacity = self.records_now[next(iter(self.waiting))][:2]
            self.check(self.weight(self.held) + weight > capacity, "the first waiter fits, and waits")

    def check_traces(self):
        self.check(all(ttl == -2 or ttl > 0 for ttl in self.ttls), "a key never expires")
        if self.exact:
            self.check(set(self.records_now) == {*self.held, *self.waiting, *self.listed}, "a record that nothing will delete")
        for id, end in self.held.items():
            longest = max(self.callers[id].lease, self.callers[id].hold) + SECOND
            self.check(end <= self.now + longest, "the lease is longer than it was asked for of", self.callers[id])

    def check_commands_running(self):
        """Commands that run, whatever Redis thinks of them."""
        now = self.world.now
        running = sum(client.weight for client in self.world.live() if client.running and now < client.job_ends
                      and not client.is_void() and not client.outlives_its_lease())
        self.check(running <= self.world.capacity, "commands run at once, of weight", running)
