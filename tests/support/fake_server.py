"""Something that listens where a Redis is expected, and is none, or no good one."""

import contextlib
import socket
import threading


class FakeServer:
    """Says `greeting` to whoever connects and `answer` to the first thing it hears; then it goes silent, or closes if
    it `closes`. Without any of these it accepts and says nothing.

    connections: how many came. heard: what each that spoke said first.
    """

    def __init__(self, answer=b"", greeting=b"", closes=False):
        self._answer, self._greeting, self._closes = answer, greeting, closes
        self.connections, self.heard = 0, []
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "redis://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # ends a recv that still waits there
        self._thread.join()
        for connection in self._open:
            connection.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                with contextlib.suppress(OSError):
                    self._serve(connection)

    def _serve(self, connection):
        connection.sendall(self._greeting)
        if self._answer:
            self.heard.append(connection.recv(65536))
            connection.sendall(self._answer)
        if self._closes:
            connection.close()
