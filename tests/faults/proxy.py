"""A proxy between a server and its database: it can be led elsewhere, cut, and robbed of an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_PART = 64 * 1024
#: PostgreSQL's ReadyForQuery: what was asked for is done, and no transaction is open.
_DONE = b"Z\x00\x00\x00\x05I"


class Proxy:
    """Passes bytes on, both ways, for as many connections as come."""

    def __init__(self, url: str) -> None:
        """`url` is where a PostgreSQL server listens, with the name of a database."""
        self._url = urlsplit(url)
        self.lead_to(url)
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._robbed: bytes | None = None
        self._for_good = False
        #: Whether new connections are refused.
        self.refusing = False
        #: Answers that were swallowed.
        self.swallowed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database's URL through here."""
        return self._url._replace(netloc=f"postgres@127.0.0.1:{self._listener.getsockname()[1]}").geturl()

    def lead_to(self, url: str) -> None:
        """Lead new connections to a server; those that are open stay where they are."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._target = (parts.hostname, parts.port)

    def cut(self) -> None:
        """Cut all connections."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _close(*pair)

    def swallow_the_answer_to(self, what: bytes, *, for_good: bool = False) -> None:
        """Let the next statement that carries `what` through, and cut instead of passing on that it was done.

        Where it belongs to a transaction, what is swallowed is the answer to its COMMIT. `for_good` cuts everybody, and
        refuses new connections.
        """
        self._robbed, self._for_good = what, for_good

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            if self.refusing:
                raise ConnectionRefusedError
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        carries = threading.Event()
        threading.Thread(target=self._pass_down, args=(pair, carries), daemon=True).start()
        with suppress(OSError):
            while part := client.recv(_PART):
                if self._robbed is not None and self._robbed in part:
                    carries.set()
                server.sendall(part)
        _close(*pair)

    def _pass_down(self, pair: tuple[socket.socket, socket.socket], carries: threading.Event) -> None:
        client, server = pair
        with suppress(OSError):
            while part := server.recv(_PART):
                if carries.is_set() and part.endswith(_DONE):
                    self._robbed = None
                    self.refusing = self._for_good
                    self.swallowed += 1
                    break
                client.sendall(part)
        _close(*pair)
        if self.refusing:
            self.cut()


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """A proxy in front of a database for a while."""
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()
