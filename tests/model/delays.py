"""A free slot is not kept from a caller that waits for it and can reach the server."""

from lua.scripts import SECOND

PATIENCE = 5 * SECOND // 2  # a rule of recovery spares a lease for 2 s; a waiter asks again within 2.4 s


class Delays:
    """What is free is what no lease that has not ended takes, whatever the scripts think of it.

    A slot that is free for the first in the queue is given to it, and one that was handed to it is taken by it, within
    PATIENCE, and so is not one that stands free for longer because a rule of recovery is in the way, unless the data of
    the server began another life. And the trouble of another caller delays nobody by more than that in all.
    """

    def __init__(self, world, in_all=False):
        self.world, self.in_all = world, in_all
        self.due, self.claim = None, ()  # when the first must have its slot
        self.first = self.first_since = None
        self.handed = {}   # id -> since when a slot is its own
        self.delayed = []  # (client, since when a slot has stood free for it)

    def pass_until(self, when):
        world = self.world
        world.check(self.due is None or when <= self.due, *self.claim)
        for client, since in self.delayed:
            client.delay += max(0, when - max(since, world.now))
            troubles = max(1, client.troubles)
            world.check(not self.in_all or client.delay <= troubles * PATIENCE, client, "was delayed for", client.delay,
                        "µs in all, though there was room for it, by troubles of others:", troubles)

    def look(self):
        """After each thing that happened."""
        world, s = self.world, self.world.semaphore
        self.due, self.claim, self.delayed = None, (), []
        if world.is_down():
            self.first, self.handed = None, {}
            return
        before, queue = 0, list(s.waiting)
        for id in queue:
            client = s.callers.get(id)
            before += s.weight([id])
            since = self.free_since(before)
            if client and not client.forgets and self.is_there(client) and since is not None:
                self.delayed.append((client, max(since, world.closed_until, world.served_since)))
        self.look_at_first(queue)
        self.look_at_handed()

    def look_at_first(self, queue):
        world, s = self.world, self.world.semaphore
        client = s.callers.get(queue[0]) if queue else None
        if not client or not self.is_there(client):
            self.first = None
            return
        if client is not self.first:
            self.first, self.first_since = client, world.now
        since = self.free_since(s.weight(queue[:1]))
        if since is not None:
            since = max(since, self.first_since, world.closed_until, world.served_since)
            self.expect(since + PATIENCE, client, "is the first that waits, and does not get what stands free since", since)

    def look_at_handed(self):
        world, s = self.world, self.world.semaphore
        own = [s.callers[id] for id in s.held if id in s.callers and self.is_there(s.callers[id])]
        self.handed = {client.id: self.handed.get(client.id, world.now) for client in own}
        for client in own:
            since = self.handed[client.id]
            self.expect(since + PATIENCE, client, "does not take the slot that is its own since", since)

    def expect(self, due, *claim):
        if self.due is None or due < self.due:
            self.due, self.claim = due, claim

    def is_there(self, client):
        """It waits in the queue, has been heard since its own last trouble, and would hear of its turn."""
        return not client.gone and not client.in_trouble and not client.running and client.listens_until is not None and client.hears() \
            and client.stopped_until <= self.world.now

    def free_since(self, weight):
        """Since when, or from when on, that much is free. None: never."""
        world, s = self.world, self.world.semaphore
        taken = s.weight(s.held)
        if taken + weight <= world.capacity:
            return 0
        limiters_now = max(world.server_clock() + s.counters["offset"], s.now)
        for id, end in sorted(s.held.items(), key=lambda item: item[1]):
            taken -= s.weight([id])
            if taken + weight <= world.capacity:
                return max(0, world.now - (limiters_now - end))
        return None

    def has_room_for(self, client):
        """Whether a slot is free for who asks now, behind all that wait before it, and no rule can be in the way."""
        world, s = self.world, self.world.semaphore
        if not self.no_rule_is_in_the_way():
            return False
        ahead = [id for id, ticket in s.waiting.items() if id != client.id and (not client.ticket or ticket < client.ticket)]
        since = self.free_since(s.weight(ahead) + client.weight)
        return since is not None and since + PATIENCE <= world.now

    def no_rule_is_in_the_way(self):
        world = self.world
        return world.now >= max(world.closed_until, world.served_since + PATIENCE, world.silence_ended + PATIENCE)
