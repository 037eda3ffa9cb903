"""Run the real binary, LIMITERS (build/test/limiters unless set), as a user's shell would."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from support.wait import eventually

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LIMITERS") or str(ROOT / "build" / "test" / "limiters")


@dataclasses.dataclass
class Result:
    """code: the exit code, or -N after death by signal N. out, err: text (bytes that are not UTF-8 survive)."""

    code: int
    out: str
    err: str
    seconds: float


def environment(extra=None):
    """Almost nothing, as in cron; a value of None takes a variable away."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    env |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    env |= dict(extra or {})
    return {name: value for name, value in env.items() if value is not None}


def limiters(*args, redis=None, env=None, stdin=None, timeout=30, **options):
    """Run limiters to its end and return a Result. More than `timeout` seconds is a failure."""
    with spawn(*args, redis=redis, env=env, stdin=stdin, **options) as running:
        return running.wait(timeout)


def spawn(*args, redis=None, env=None, stdin=None, **options):
    """Start limiters and return a Running. redis: a URL for --redis. stdin: text, a descriptor, or None for /dev/null."""
    where = ["--redis", redis] if redis else []
    return Running([BINARY, *where, *map(os.fspath, args)], env=environment(env), stdin=stdin, **options)


class Running:
    """A started program, in a session of its own. Leaving the with statement kills what is left of it."""

    def __init__(self, command, stdin=None, **options):
        # Output goes to files: no pipe to fill up, and it can be read while the program runs.
        self._out, self._err, source = (tempfile.TemporaryFile() for _ in range(3))
        if isinstance(stdin, (str, bytes)):
            source.write(stdin if isinstance(stdin, bytes) else stdin.encode("utf-8", "surrogateescape"))
            source.seek(0)
        given = subprocess.DEVNULL if stdin is None else stdin if isinstance(stdin, int) else source
        streams = {"stdin": given, "stdout": self._out, "stderr": self._err}
        self._started = time.monotonic()
        self.process = subprocess.Popen(command, start_new_session=True, **streams | options)
        source.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._out.close()
        self._err.close()

    @property
    def pid(self):
        return self.process.pid

    def out(self):
        """What it has written to stdout so far."""
        return _content(self._out)

    def err(self):
        return _content(self._err)

    def signal(self, number):
        """Signal this process alone, not what it has started."""
        self.process.send_signal(number)

    def running(self):
        return self.process.poll() is None

    def children(self):
        """The pids of its children now."""
        path = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def wait(self, timeout=30):
        """Wait for its end. More than `timeout` seconds is a failure, and kills it."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            words = " ".join(map(str, self.process.args))
            raise AssertionError(f"{words}: not done after {timeout} s\nout: {self.out()}\nerr: {self.err()}") from None
        return Result(code, self.out(), self.err(), time.monotonic() - self._started)

    def wait_for_out(self, text, timeout=30):
        """Wait until `text` stands in its output, and return the output."""
        return self._wait_for(text, self.out, timeout)

    def wait_for_err(self, text, timeout=30):
        return self._wait_for(text, self.err, timeout)

    def _wait_for(self, text, stream, timeout):
        eventually(lambda: text in stream() or not self.running(), timeout, f"{text!r} from pid {self.pid}")
        if text not in stream():
            raise AssertionError(f"it ended without {text!r}\nout: {self.out()}\nerr: {self.err()}")
        return stream()

    def kill(self):
        """SIGKILL to its whole process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def _content(file):
    # Not seek and read: the program shares the file's position, and would write where we left it.
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode("utf-8", "surrogateescape")
