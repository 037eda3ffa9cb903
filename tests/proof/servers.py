"""The servers of a run: one, one of two that sentinels watch, a cluster. Each does to itself what a schedule asks for."""

import contextlib
import shutil
import time

from support.cluster import Cluster
from support.resp import RedisError
from support.sentinel import SERVICE, Watched
from support.server import Server
from support.wait import eventually

SAVED_EVERY = 3.0  # s; how far a restart with older data goes back is a multiple of it
GIVES_UP = 6       # s
TAKES_OVER = 40    # s; a replica takes over in a few seconds, where the machine has time for it
WORDS = {"flushall": ["FLUSHALL"], "script": ["SCRIPT", "FLUSH"], "client": ["CLIENT", "KILL", "TYPE", "normal"]}


def disturb(node, fault, away):
    """What can be done to any single server. Returns what was done."""
    verb = fault.kind.split()[0]
    if verb == "pause":
        with away("pause"):
            node.pause()
            time.sleep(fault.span)
            node.resume()
    elif verb == "busy":
        with away("busy"):
            busy(node, fault.span)
    elif verb == "oom":
        with away("oom"), node.client() as client:
            client.call("CONFIG", "SET", "maxmemory", "1")
            time.sleep(fault.span)
            client.call("CONFIG", "SET", "maxmemory", "0")
    else:
        node.call(*WORDS[verb])
    return fault.kind


def busy(node, span):
    with node.client() as runner, node.client() as killer:
        killer.call("CONFIG", "SET", "lua-time-limit", "100")
        runner.send("EVAL", "while true do end", 0)
        time.sleep(span)
        with contextlib.suppress(RedisError):  # a sentinel has killed it before
            killer.call("SCRIPT", "KILL")
        with contextlib.suppress(RedisError):
            runner.read()


class Single(Server):
    LOOK_EVERY = SAVED_EVERY

    def __init__(self):
        super().__init__()
        self._offset, self._dumps, self._latest_dump = 0.0, [], 0.0

    def straight(self):
        return {"tcp": self.url, "unix": self.unix_url}

    def clients(self, timeout):
        return [self.client(timeout)]

    def who_serves(self):
        """Who serves. What a schedule does may change it, and whoever watches the servers may do so by itself."""
        return {self.port}

    def calm_down(self):
        """Wait until such a change is over."""

    def idle(self):
        """To be called every LOOK_EVERY seconds."""
        self.save()
        self._latest_dump = time.monotonic()
        copy = self.folder / f"dump-{len(self._dumps)}"
        shutil.copy(self.folder / "dump.rdb", copy)
        self._dumps.append(copy)

    def do(self, fault, away):
        if time.monotonic() - self._latest_dump > SAVED_EVERY:
            self.idle()
        verb = fault.kind.split()
        if verb[0] == "restart":
            return self._restart(verb[1], fault, away)
        if verb[0] == "clock":
            step = 40 ** fault.size  # s
            self._offset += step if verb[1] == "forward" else -step
            self.clock_offset(self._offset)
            return f"{fault.kind} by {step:.1f} s"
        return disturb(self, fault, away)

    def _restart(self, data, fault, away):
        with away(f"restart {data}"):
            if data == "saved":
                # Nothing may be granted after the saving, or this would be a restart that loses it.
                self.call("CLIENT", "PAUSE", 60_000, "WRITE")
                self.save()
            (self.stop if fault.pick < 0.5 else self.kill)()
            if data == "older":
                # Never the newest: that is what a restart with all data has.
                back = 1 + int(fault.size * 4)
                shutil.copy(self._dumps[max(0, len(self._dumps) - 1 - back)], self.folder / "dump.rdb")
            time.sleep(fault.span)
            self.start(empty=data == "empty")
        return f"restart {data}"


class Sentinels(Watched):
    LOOK_EVERY = 0.5

    def straight(self):
        return {"tcp": self.url}

    def clients(self, timeout):
        return [self.current().client(timeout)]

    def who_serves(self):
        return {sentinel.master_port() for sentinel in self.sentinels}

    def calm_down(self):
        self._agreed()

    def idle(self):
        pass

    def do(self, fault, away):
        if fault.kind in ("failover", "crash"):
            with away(fault.kind):
                return self._change_master(fault)
        before = self.current()
        what = disturb(before, fault, away)
        with away("failover"):
            eventually(self._are_at_ease, TAKES_OVER, "the sentinels to be at ease")
            return what if self._agreed() is before else f"failover after {what}"

    def _change_master(self, fault):
        before = self._agreed()
        if fault.kind == "crash":
            before.kill()
        else:
            with contextlib.suppress(RedisError), self.sentinels[0].client() as client:  # one may be under way
                client.call("SENTINEL", "FAILOVER", SERVICE)
        with contextlib.suppress(AssertionError):
            eventually(lambda: self._agreed() is not before, TAKES_OVER, "another master")
        if fault.kind == "crash":
            time.sleep(fault.span)
            before.start(empty=True)
            before.call("REPLICAOF", "127.0.0.1", self.current().port)
        return "failover" if fault.kind == "failover" else "failover after a crash"

    def _are_at_ease(self):
        """None of them takes the master for dead, or is about to name another one."""
        return all(sentinel.fields("MASTERS")["flags"] == "master" for sentinel in self.sentinels)

    def _agreed(self):
        """The master that all sentinels name, once it takes writes, and the other does not any more: for up to ten seconds both do."""
        def agreed():
            ports = self.who_serves()
            server = self.current()
            others = [s for s in (self.master, self.replica) if s is not server and s.alive()]
            is_alone = server.call("ROLE")[0] == "master" and all(s.call("ROLE")[0] == "slave" for s in others)
            return server if ports == {server.port} and is_alone else None
        return eventually(agreed, TAKES_OVER, "the sentinels to agree")


class Shards(Cluster):
    """What is resharded is the slot of one of the limiters."""
    LOOK_EVERY = 0.5

    def __init__(self, keys):
        self._keys = keys
        super().__init__(masters=3, followed=keys[0], node_timeout=2000)

    def straight(self):
        return {"tcp": self.url}

    def clients(self, timeout):
        masters = self.who_serves()
        return [node.client(timeout) for node in self._alive() if node.port in masters]

    def who_serves(self):
        # By connections of its own: this is asked by several threads.
        return {node.port for node in self._alive() if node.call("ROLE")[0] == "master"}

    def calm_down(self):
        eventually(self._is_up, TAKES_OVER, "the cluster to be up")

    def idle(self):
        pass

    def do(self, fault, away):
        if fault.kind == "reshard":
            return self._reshard(fault, away)
        if fault.kind in ("failover", "crash"):
            with away(fault.kind):
                return self._change_master(fault)
        node = self.owner(self.followed)
        if fault.kind == "client kill":
            node.keeper.call(*WORDS["client"])  # by the one connection that must stay
            return fault.kind
        return disturb(node, fault, away)

    def _change_master(self, fault):
        """Of the one that has a replica, whose slots are not the same all the time."""
        port = self._replica_now().call("ROLE")[2]
        before, asked = next(node for node in self._alive() if node.port == port), 0
        if fault.kind == "crash":
            before.kill()

        def is_changed():
            nonlocal asked
            now = self.who_serves()
            if self._is_up() and port not in now and len(now) == len(self.masters):
                return True
            # A replica that is asked to take over gives up after five seconds, where the machine keeps it waiting.
            if fault.kind == "failover" and time.monotonic() > asked + GIVES_UP:
                asked = time.monotonic()
                self._replica_now().call("CLUSTER", "FAILOVER")
            return False
        eventually(is_changed, TAKES_OVER, "another master")
        if fault.kind == "crash":
            time.sleep(fault.span)
            before.start()
        eventually(lambda: self._replica_now().info("replication")["master_link_status"] == "up", TAKES_OVER)
        return "failover" if fault.kind == "failover" else "failover after a crash"

    def _is_up(self):
        return all("cluster_state:ok" in node.keeper.call("CLUSTER", "INFO") for node in self._alive())

    def _replica_now(self):
        return next(node for node in self._alive() if node.keeper.call("ROLE")[0] == "slave")

    def _reshard(self, fault, away):
        key = self._keys[int(fault.pick * len(self._keys))]
        slot, source = self.slot(key), self.owner(key)
        others = [n for n in self._alive() if n is not source and n.keeper.call("ROLE")[0] == "master"]
        target = others[int(fault.size * len(others))]
        masters = [source, *others]
        with away("reshard"):
            self.begin_migration(slot, source, target)
            time.sleep(fault.span / 2)
            while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 100):
                self.move_keys(source, target, *keys)
                time.sleep(fault.span / 20)
            for node in (target, source, *masters):
                node.call("CLUSTER", "SETSLOT", slot, "NODE", target.id)
        return f"reshard of the keys {key}"


def make(kind, names):
    """kind: single, sentinel or cluster. names: of semaphores."""
    if kind == "cluster":
        return Shards([f"limiters:2:sem:{{{name}}}" for name in names])
    return {"single": Single, "sentinel": Sentinels}[kind]()
