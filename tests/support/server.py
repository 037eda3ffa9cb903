"""A private, real server for a test: on a Unix socket and on a TCP port, gone with the test process."""

import contextlib
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

from support.resp import Client, RedisError
from support.wait import eventually

HERE = pathlib.Path(__file__).resolve().parent
SETTLED = 2  # s; to a server that started later than this ago, a newcomer's first question waits


def find_server():
    """LIMITERS_TEST_SERVER, or an installed server; the package redis-tools holds one as redis-check-rdb."""
    names = ("redis-server", "valkey-server", "redis-check-rdb", "valkey-check-rdb")
    candidates = [os.environ.get("LIMITERS_TEST_SERVER")] + [shutil.which(n, path="/usr/bin:/usr/local/bin") for n in names]
    for path in candidates:
        if path:
            return path
    raise RuntimeError("no redis-server, valkey-server or redis-check-rdb: run tests/run.sh once, or install redis-tools")


def free_port():
    # Below the range that the kernel hands to outgoing connections, or a stopped server's port could be
    # taken by any of those before the server is started again.
    while True:
        port = random.randrange(10000, 32000)
        with socket.socket() as s:
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", port))
                return port


def build_fake_clock():
    """Compile fakeclock.c once; later calls, of other test processes too, find it."""
    source = HERE / "fakeclock.c"
    built = HERE.parents[1] / "build" / "support" / "fakeclock.so"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(parents=True, exist_ok=True)
        partial = built.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-O2", "-fPIC", "-shared", source, "-o", partial], check=True)
        partial.rename(built)
    return built


class Server:
    """A running server. Use it in a with statement, or call close().

    config: more settings, such as {"requirepass": "x"}. Its wall clock can be moved with clock_offset(), and
    it takes itself for SETTLED old from the beginning; with `real_clock` neither, and after a start() it is as
    young as it is. Nothing is saved unless the test calls save() or configures it.
    """

    def __init__(self, config=None, real_clock=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="limiters-test-"))
        self._config = dict(config or {})
        self._process = None
        self._clock_file = None if real_clock else self.folder / "clock"
        try:
            if not real_clock:
                self.clock_offset(-SETTLED)
            self._start_on_a_free_port()
            if not real_clock:
                self.clock_offset(0)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self):
        return f"unix://{self.socket_path}"

    @property
    def socket_path(self):
        return self.folder / "socket"

    @property
    def pid(self):
        return self._process.pid

    def client(self, timeout=10, over=None):
        """A new connection (Unix, or the URL given), authenticated if the server has a password."""
        client = Client(over or self.unix_url, timeout)
        if "requirepass" in self._config:
            client.call("AUTH", self._config["requirepass"])
        return client

    def call(self, *args):
        """One command on a connection of its own."""
        with self.client() as client:
            return client.call(*args)

    def start(self, empty=False):
        """Start it again where it was; with what was saved, or with nothing."""
        if empty:
            for saved in ("dump.rdb", "appendonlydir"):
                path = self.folder / saved
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._launch()
        eventually(self._answers, 30, "the server to answer")

    def save(self):
        """Write the data to disk, for the next start()."""
        self.call("SAVE")

    def stop(self):
        """An orderly end (SIGTERM)."""
        self._end(signal.SIGTERM)

    def kill(self):
        """A crash (SIGKILL)."""
        self._end(signal.SIGKILL)

    def pause(self):
        """A hang (SIGSTOP): connections are still accepted by the kernel, nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def clock_offset(self, seconds):
        """Set the server's wall clock to the real time plus so many seconds."""
        self._set_clock(round(seconds * 1_000_000), 0)

    def freeze_clock(self, micros):
        """Let the server's wall clock stand still at this time since 1970, until clock_offset() lets it run again."""
        self._set_clock(0, micros)

    def _set_clock(self, offset, frozen_at):
        # Written in place: the server has mapped this very file.
        mode = "r+b" if self._clock_file.exists() else "wb"
        with open(self._clock_file, mode) as f:
            f.write(struct.pack("=qq", offset, frozen_at))

    def monitor(self):
        """A Monitor of the commands that clients send from now on."""
        return Monitor(self)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def alive(self):
        return self._process.poll() is None

    def close(self):
        if self._process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_on_a_free_port(self):
        for attempt in range(5):
            self.port = free_port()
            try:
                return self.start()
            except AssertionError:
                # Another test process may have been given the same port.
                if attempt == 4 or "already in use" not in self.log():
                    raise AssertionError("the server did not start:\n" + self.log()) from None

    def _launch(self):
        binary = find_server()
        command, env = binary, dict(os.environ)
        if binary.endswith("-check-rdb"):
            # One binary, told apart by its name.
            command = self.folder / os.path.basename(binary).replace("-check-rdb", "-server")
            command.unlink(missing_ok=True)
            command.symlink_to(binary)
        if self._clock_file:
            env.update(LD_PRELOAD=str(build_fake_clock()), FAKECLOCK_FILE=str(self._clock_file))
        settings = {
            "bind": "127.0.0.1", "port": self.port, "unixsocket": self.socket_path, "unixsocketperm": "700",
            "dir": self.folder, "save": "", "appendonly": "no", "daemonize": "no", "databases": "16",
        } | self._config
        flags = [str(word) for name, value in settings.items() for word in (f"--{name}", value)]
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", command, *flags],
                env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _answers(self):
        if self._process.poll() is not None:
            raise AssertionError("the server ended: " + self.log())
        # Over TCP, since that is what another process could be holding.
        with Client(self.url, timeout=1) as client:
            try:
                return client.call("PING") == "PONG"
            except RedisError as e:
                return str(e).startswith(("NOAUTH", "NOPERM"))

    def _end(self, number):
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
            self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Servers:
    """Several servers that end together. A subclass starts them in _start(), each by add(). Use it in a with statement."""

    def __init__(self):
        self.servers = []
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def add(self, server):
        self.servers.append(server)
        return server

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for server in reversed(self.servers):
            server.close()


class Monitor:
    """What clients sent to a server since it was made, without what its scripts did."""

    def __init__(self, server):
        # Over TCP: MONITOR shows the port, and so tells the marker's connection from all others.
        self._marker = server.client(over=server.url)
        self._own = "%s:%d]" % self._marker.address()
        self._monitor = server.client()
        self._monitor.call("MONITOR")
        self._seen = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._monitor.close()
        self._marker.close()

    def commands(self):
        """All commands so far, as lists of words such as ["EVALSHA", "1f…", "4", …]."""
        self._marker.call("ECHO", "marker")
        while True:
            line = self._monitor.read()
            source, _, words = line.partition("] ")
            if self._own in line:
                return list(self._seen)
            if not source.endswith(" lua"):
                self._seen.append(words[1:-1].split('" "'))
