"""A proxy between limiters and a server that makes a network fail: slow, silent, torn or refusing."""

import asyncio
import contextlib
import socket
import struct
import tempfile
import threading
from urllib.parse import urlsplit

from support.wait import eventually


class Proxy:
    """Forwards `.url` to upstream_url; over TCP, or over a Unix socket with unix=True.

    connections counts those accepted so far, bytes_up and bytes_down what was forwarded to the server and
    to the client. Use it in a with statement, or call close().
    """

    def __init__(self, upstream_url, unix=False):
        self._upstream = urlsplit(upstream_url)
        self._delay = 0.0
        self._cut = None
        self._refusing = False
        self._links = set()
        self.connections = self.bytes_up = self.bytes_down = 0
        self._folder = tempfile.TemporaryDirectory(prefix="limiters-proxy-") if unix else None
        self._loop = asyncio.new_event_loop()
        self._up_open, self._down_open = asyncio.Event(), asyncio.Event()
        self._up_open.set()
        self._down_open.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url = self._run(self._listen())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._folder:
            self._folder.cleanup()

    # What a test can do to the network.

    def latency(self, ms):
        """Delay each direction by so much: a round trip takes twice that."""
        self._do(lambda: setattr(self, "_delay", ms / 1000))

    def blackhole(self):
        """Forward nothing, either way, until heal(). Connections stay open, and new ones are accepted."""
        self._do(lambda: (self._up_open.clear(), self._down_open.clear()))

    def blackhole_replies(self):
        """Requests still arrive and take effect; their answers do not come back until heal()."""
        self._do(self._down_open.clear)

    def heal(self):
        """Undo everything above; what was held back in connections that still exist is delivered."""
        def undo():
            self._delay, self._cut, self._refusing = 0.0, None, False
            self._up_open.set()
            self._down_open.set()
        self._do(undo)

    def forget(self):
        """Connections that there are stay open, and nobody hears of them again."""
        def replace():
            # A connection waits for the gates that it was made with: these never open again.
            for gate in (self._up_open, self._down_open):
                gate.clear()
            self._up_open, self._down_open = asyncio.Event(), asyncio.Event()
            self._up_open.set()
            self._down_open.set()
        self._do(replace)

    def reset(self):
        """Break all connections with RST."""
        self._do(lambda: [link.reset() for link in list(self._links)])

    def close_all(self):
        """End all connections in an orderly way (FIN)."""
        self._do(lambda: [link.close() for link in list(self._links)])

    def half_close(self):
        """End what comes from the server (FIN) on all connections; what is sent to it still arrives, and takes effect."""
        self._do(lambda: [link.end_replies() for link in list(self._links)])

    def refuse(self):
        """Reset new connections at once; those that exist go on."""
        self._do(lambda: setattr(self, "_refusing", True))

    def accept(self):
        self._do(lambda: setattr(self, "_refusing", False))

    def cut_reply(self, n):
        """Forward n more bytes of replies on each connection, then reset it: a torn reply."""
        def cut():
            self._cut = n
            for link in self._links:
                link.left = n
        self._do(cut)

    def open_connections(self):
        return len(self._links)

    def wait_for(self, predicate, timeout=10):
        """Wait until predicate(proxy) is true, such as lambda p: p.bytes_up > 100."""
        return eventually(lambda: predicate(self), timeout, "the proxy's condition")

    # The rest runs in the event loop.

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def _do(self, action):
        async def call():
            action()
        self._run(call())

    async def _listen(self):
        if self._folder:
            path = f"{self._folder.name}/socket"
            self._server = await asyncio.start_unix_server(self._client, path)
            return f"unix://{path}"
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        return "redis://127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]

    async def _end(self):
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for link in list(self._links):
            link.reset()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _client(self, reader, writer):
        self.connections += 1
        if self._refusing:
            return _reset(writer)
        try:
            if self._upstream.scheme == "unix":
                upstream = await asyncio.open_unix_connection(self._upstream.path)
            else:
                upstream = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        except OSError:
            return _reset(writer)
        link = _Link(writer, upstream[1], self._cut)
        self._links.add(link)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await asyncio.gather(
                    self._pump(reader, upstream[1], link, is_reply=False),
                    self._pump(upstream[0], writer, link, is_reply=True))
        finally:
            link.close()
            self._links.discard(link)

    async def _pump(self, reader, writer, link, is_reply):
        """Read at once and note when each piece is due, so that a delay does not become a lower rate."""
        pieces = asyncio.Queue()
        sending = asyncio.create_task(self._send(pieces, writer, link, is_reply))
        data = True
        while data:
            try:
                data = await reader.read(65536)
            except ConnectionError:
                data = b""
            pieces.put_nowait((self._loop.time() + self._delay, data))
        await sending

    async def _send(self, pieces, writer, link, is_reply):
        is_open = self._down_open if is_reply else self._up_open
        while True:
            due, data = await pieces.get()
            await asyncio.sleep(max(0, due - self._loop.time()))
            await is_open.wait()
            if not data:
                if writer.can_write_eof() and not writer.is_closing():
                    writer.write_eof()
                return
            if is_reply and link.replies_ended:
                continue
            if is_reply and link.left is not None:
                data = data[:link.left]
                link.left -= len(data)
            if is_reply:
                self.bytes_down += len(data)
            else:
                self.bytes_up += len(data)
            writer.write(data)
            await writer.drain()
            if is_reply and link.left == 0:
                await asyncio.sleep(0.01)  # an RST may overtake data that the reader has not fetched yet
                return link.reset()


class _Link:
    """The two ends of one forwarded connection. left: bytes of reply before it is cut, or None."""

    def __init__(self, client, server, left):
        self._ends = (client, server)
        self.left = left
        self.replies_ended = False

    def reset(self):
        for end in self._ends:
            _reset(end)

    def end_replies(self):
        self.replies_ended = True
        with contextlib.suppress(OSError):  # the client has reset it
            self._ends[0].write_eof()

    def close(self):
        for end in self._ends:
            end.close()


def _reset(writer):
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
