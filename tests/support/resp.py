"""A small Redis client (RESP2 over TCP or a Unix socket) for looking at a server from a test."""

import hashlib
import pathlib
import socket
from urllib.parse import urlsplit

LUA = pathlib.Path(__file__).resolve().parents[2] / "lua"


class RedisError(Exception):
    """An error reply, with the server's text."""


def connect(url, timeout):
    """A connected socket for redis://host:port or unix:///path."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        try:
            s.connect(parts.path)
        except OSError:
            s.close()
            raise
    else:
        s = socket.create_connection((parts.hostname, parts.port or 6379), timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def encode(args):
    out = [b"*%d\r\n" % len(args)]
    for arg in args:
        data = arg if isinstance(arg, bytes) else str(arg).encode("utf-8", "surrogateescape")
        out.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(out)


def verbs():
    """Every script, as FOLDER/VERB."""
    parts = ("opening", "common")
    return sorted(f"{p.parent.name}/{p.stem}" for p in LUA.glob("*/*.lua")
                  if not p.stem.startswith(parts) and not p.stem.endswith("_short"))


def shared_texts(verb, lua=LUA):
    """The files that stand in front of a verb's own, in order (cmake/embed_scripts.cmake)."""
    folder, name = verb.split("/")
    first = [lua / folder / "opening.lua", lua / folder / f"{name}_short.lua"]
    return [p for p in first if p.exists()] + sorted((lua / folder).glob("common*.lua"))


def common_text(verb, lua=LUA):
    return b"".join(p.read_bytes() for p in shared_texts(verb, lua))


def script_text(verb, lua=LUA):
    return common_text(verb, lua) + (lua / f"{verb}.lua").read_bytes()


class Client:
    def __init__(self, url, timeout=10):
        self._socket = connect(url, timeout)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def address(self):
        """This end of the connection, as the server names it."""
        return self._socket.getsockname()

    def call(self, *args):
        """Send one command; a str, an int, None or a list comes back, an error reply is raised."""
        self.send(*args)
        return self.read()

    def send(self, *args):
        self._socket.sendall(encode(args))

    def read(self):
        reply = self._read_any()
        if isinstance(reply, RedisError):
            raise reply
        return reply

    def eval_script(self, verb, keys=(), args=(), lua=LUA):
        text = script_text(verb, lua)
        rest = (len(keys), *keys, *args)
        try:
            return self.call("EVALSHA", hashlib.sha1(text).hexdigest(), *rest)
        except RedisError as e:
            if not str(e).startswith("NOSCRIPT"):
                raise
            return self.call("EVAL", text, *rest)

    def _read_any(self):
        line = self._take_line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return _text(rest)
        if kind == b"-":
            return RedisError(_text(rest))
        if kind == b":":
            return int(rest)
        size = int(rest)
        if size < 0:
            return None
        if kind == b"*":
            return [self._read_any() for _ in range(size)]  # an error inside is an element, not raised
        return _text(self._take(size + 2)[:-2])

    def _take_line(self):
        while b"\r\n" not in self._buffer:
            self._receive()
        return self._take(self._buffer.index(b"\r\n") + 2)[:-2]

    def _take(self, size):
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self):
        # No file object around the socket: after one timeout it would refuse to read ever again.
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._buffer += data


def _text(data):
    return data.decode("utf-8", "surrogateescape")
