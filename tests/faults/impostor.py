"""Something that listens where a Redis is expected, and is none."""

import contextlib
import socket
import threading


class Impostor:
    """Says `greeting` to whoever connects, and `answer` to the first thing it hears; then closes if `closes`.

    Without any of these it accepts and says nothing. connections counts.
    """

    def __init__(self, greeting=b"", answer=b"", closes=False):
        self._greeting, self._answer, self._closes = greeting, answer, closes
        self.connections = 0
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return "redis://127.0.0.1:%d" % self._listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
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
            connection.recv(65536)
            connection.sendall(self._answer)
        if self._closes:
            connection.close()
