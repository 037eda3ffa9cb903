"""Something that listens, but is no Redis, or no good one."""

import contextlib
import socket
import threading


class FakeServer:
    """Sends `answer` to whoever connects and has said something, then goes silent, or closes if so told.

    heard: what the last one said first; all_heard: what each did.
    """

    def __init__(self, answer=b"", close=False):
        self._answer, self._close, self.all_heard = answer, close, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections = []
        self.url = "redis://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()
        self._thread.join()

    @property
    def heard(self):
        return self.all_heard[-1] if self.all_heard else b""

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                connection.settimeout(10)
                with contextlib.suppress(OSError):
                    if not self._close or self._answer:
                        self.all_heard.append(connection.recv(65536))
                    connection.sendall(self._answer)
                if self._close:
                    connection.close()
