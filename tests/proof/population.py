"""The callers of a run: starts them, reads what their commands write, and notes how each ended."""

import contextlib
import os
import pathlib
import selectors
import signal
import subprocess
import threading
import time

from history import STALL, Caller
from schedule import Jobs
from spawn import spawn
from support.tool import BINARY, environment
from support.tree import ROOT

LONGEST_LOOP = 0.4  # s; one of 50 ms that takes so long says that the machine has stood still

SUPERSEDE = {"": [], "waiting": ["--supersede"], "running": ["--supersede=running"]}
# A slot for the lines of a script, as limiters-sem(1) shows it. What it holds on for is ended as soon as a renewal is refused.
SCRIPT = '''
lease=$("$@"); code=$?; "$WITNESS" note acquire $code; [ $code = 0 ] || exit $code
export LIMITERS_LEASE="$lease"
"$WITNESS" hold $HOLD_MS 0 & cmd=$!
"$WITNESS" sleep $((HOLD_MS / 2))
"$LIMITERS" --redis "$URL" sem renew "$lease"; code=$?; "$WITNESS" note renew $code
[ $code = 0 ] || kill $cmd
wait $cmd
"$LIMITERS" --redis "$URL" sem release "$lease"; "$WITNESS" note release $?
'''


def build_witness():
    source = pathlib.Path(__file__).with_name("witness.c")
    built = ROOT / "build" / "support" / "witness"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(parents=True, exist_ok=True)
        partial = built.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-O2", "-static", source, "-o", partial], check=True)
        partial.rename(built)
    return str(built)


class Place:
    """One caller after the other."""

    def __init__(self, seed, group, number, path):
        self.group, self.path, self.jobs = group, path, Jobs(seed, group, number)
        self.plan()

    def plan(self):
        self.fields, rest = self.jobs.next()
        self.due, self.caller = time.monotonic() + rest, None


class Population:
    def __init__(self, seed, groups, paths, folder):
        self.folder, self.paths, self.callers, self.by_pid = folder, paths, {}, {}
        self.witness = build_witness()
        self.log = folder / "log"
        self.log.touch()
        self._read, self._rest = 0, b""
        self.stalls, self.own_stalls, self._stepped, self._seen_to_end = [], [], None, {}
        numbers = iter(range(10**6))
        self.places = [Place(seed, g, n := next(numbers), paths.of_place(n)) for g in groups for _ in range(g.callers)]
        self._ends = selectors.DefaultSelector()
        self._ends.register(os.eventfd(0, os.EFD_NONBLOCK), selectors.EVENT_READ)
        threading.Thread(target=self._watch_ends, daemon=True).start()

    def step(self, is_open):
        """Start whoever is due (if it is_open still), and read what has happened."""
        now = time.monotonic()
        if self._stepped and now - self._stepped > LONGEST_LOOP:
            self.own_stalls.append([self._stepped, now])
        self._stepped = now
        self.read_log()
        self.reap()
        for place in self.places if is_open else ():
            if place.caller and place.caller.ended is not None:
                place.plan()
            if not place.caller and time.monotonic() >= place.due:
                place.caller = self.start(place)

    def start(self, place):
        caller = Caller(tag=self.new_tag(place.group.limiter.name), path=place.path, **place.fields)
        return self.start_caller(caller, *self.command(caller, place.group.limiter))

    def order(self, name, verb, span):
        """By an operator, who has a straight path."""
        value = [1] if verb == "limit" else []
        caller = Caller(tag=self.new_tag(f"{name}-{verb}"), name=name, kind="order", path="tcp", order=[verb, span, *value])
        command = {"pause": ["pause", "sem", name, "--for", f"{span:.3f}"], "resume": ["resume", "sem", name],
                   "limit": ["limit", "sem", name, "-j", "1", "--for", f"{span:.3f}"], "clear": ["limit", "sem", name, "--clear"]}[verb]
        return self.start_caller(caller, [BINARY, "--redis", self.paths.url(caller.path), *command], {})

    def new_tag(self, what):
        return f"{what}-{len(self.callers)}"

    def start_caller(self, caller, command, extra):
        tag = caller.tag
        env = environment({"PROOF_LOG": str(self.log), "PROOF_TAG": tag, "WITNESS": self.witness, "LIMITERS": BINARY} | extra)
        streams = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
        if caller.kind == "pipe":
            streams = self.pipe_streams(env)
        streams.append((os.POSIX_SPAWN_OPEN, 2, str(self.folder / f"{tag}.err"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        caller.spawned = time.monotonic()
        caller.pid = spawn(command, env, streams, (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP))
        for action in streams:
            if action[0] == os.POSIX_SPAWN_DUP2:
                os.close(action[1])
        self.callers[tag] = self.by_pid[caller.pid] = caller
        self._ends.register(os.pidfd_open(caller.pid), selectors.EVENT_READ, (caller, "limiters"))
        return caller

    def command(self, caller, limiter):
        url = self.paths.url(caller.path)
        words = [BINARY, "--redis", url]
        wait = [] if caller.max_sleep is None else ["-n"] if caller.max_sleep == 0 else ["-w", str(caller.max_sleep)]
        hold = [self.witness, "hold", str(int(caller.hold * 1000)), str(caller.code)]
        name = ["--name", caller.name]
        if limiter.kind == "bucket":
            rate = ["--rate", f"{limiter.rate:g}/1s"]
            if caller.kind == "pipe":
                return [*words, "bucket", "pipe", *name, *rate], {}
            return [*words, "bucket", "run", *name, *rate, *wait, "--", *hold], {}
        sem = [*name, *(["--slots", caller.slots] if caller.slots else ["-j", str(limiter.capacity)]), "--expiry", f"{caller.expiry}s",
               "--weight", str(caller.weight), *SUPERSEDE[caller.supersede], *wait]
        if caller.kind == "run":
            return [*words, "sem", "run", *sem, "--", *hold], {}
        keep = "--until-exit $$" if caller.kind == "kept" else ""
        script = SCRIPT.replace('"$@"', f'"$@" {keep}')
        return ["/bin/sh", "-c", script, "sh", *words, "sem", "acquire", *sem], {"HOLD_MS": hold[2], "URL": url}

    def pipe_streams(self, env):
        """30 lines in, and a witness that stamps what comes out."""
        lines = self.folder / "lines"
        if not lines.exists():
            lines.write_text("x\n" * 30)
        source, sink = os.pipe()
        spawn([self.witness, "stamp"], env, [(os.POSIX_SPAWN_DUP2, source, 0)], ())
        os.close(source)
        return [(os.POSIX_SPAWN_OPEN, 0, str(lines), os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, sink, 1)]

    # What they tell.

    def read_log(self):
        with open(self.log, "rb") as f:
            f.seek(self._read)
            data = f.read()
        self._read += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            kind, at, tag, pid, *words = line.decode().split()
            self.take(kind, int(at) / 1e9, self.callers[tag], int(pid), words)

    def take(self, kind, at, caller, pid, words):
        if kind == "G":
            caller.granted, caller.cmd_pid = at, pid
            caller.fence = int(words[1]) if words[1].isdigit() else 0
            caller.lease, caller.slot = words[2], words[3].strip("-")
            with contextlib.suppress(OSError):
                self._ends.register(os.pidfd_open(pid), selectors.EVENT_READ, (caller, "cmd"))
                return
            caller.finished = caller.finished or at  # it has ended already, and its line E follows
        elif kind == "E":
            caller.finished, caller.end_signal = at, int(words[0])
        elif kind == "N":
            caller.notes.append([at, words[0], int(words[1])])
        elif kind == "B":
            caller.lines.append(at)

    def _watch_ends(self):
        """Of CMD and limiters: the kernel tells when, also of one that is killed and writes nothing, and however late the main
        loop is to reap it. If even this thread stands still, so does the machine."""
        last = time.monotonic()
        while True:
            if time.monotonic() - last > LONGEST_LOOP:
                self.stalls.append([last, time.monotonic(), STALL])
            last = time.monotonic()
            for key, _ in self._ends.select(0.05):
                if key.data:
                    self._ends.unregister(key.fileobj)
                    os.close(key.fileobj)
                    caller, who = key.data
                    if who == "limiters":
                        self._seen_to_end[caller.tag] = time.monotonic()
                    elif caller.finished is None:
                        caller.finished = time.monotonic()

    def reap(self):
        with contextlib.suppress(ChildProcessError):
            while True:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if not ended:
                    return
                starved = starved_of_cpu(ended.si_pid)
                pid, status = os.waitpid(ended.si_pid, 0)
                caller = self.by_pid.pop(pid, None)
                if caller:
                    caller.ended = self._seen_to_end.pop(caller.tag, time.monotonic())
                    caller.status, caller.starved = os.waitstatus_to_exitcode(status), starved
                    err = self.folder / f"{caller.tag}.err"
                    caller.stderr = err.read_text(errors="replace")[-1500:]
                    err.unlink()

    # Whom a fault can befall.

    def alive(self):
        return [c for c in self.callers.values() if c.ended is None]

    def holders(self):
        return [c for c in self.alive() if c.kind == "run" and c.granted and c.finished is None]

    def waiters(self):
        return [c for c in self.alive() if c.kind in ("run", "bucket") and not c.granted]

    def commands(self):
        return [c for c in self.alive() if c.granted and c.finished is None and c.kind != "bucket"]

    def scripts(self):
        return [c for c in self.alive() if c.kind in ("kept", "bare")]

    def keepers(self):
        """{pid: caller}: orphans, and so our children, which we did not start."""
        found = {}
        for pid in map(int, pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()):
            if pid not in self.by_pid:
                with contextlib.suppress(OSError, KeyError):
                    if b"acquire" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                        found[pid] = self.callers[tag_of(pid)]
        return found


def starved_of_cpu(pid):
    """How long a process, or what is left of one, could have run and did not (https://docs.kernel.org/scheduler/sched-stats.html)."""
    with contextlib.suppress(OSError, IndexError):
        return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def tag_of(pid):
    """Which caller a process belongs to; KeyError if none."""
    variables = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(v.split(b"=", 1) for v in variables if b"=" in v)[b"PROOF_TAG"].decode()
