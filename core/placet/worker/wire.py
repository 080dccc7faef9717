"""Requests to an address given by a user: limited in time and size, and only to allowed addresses."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import httpcore
from httpcore import NetworkStream

from placet.addresses import Resolved, UnsafeAddressError, allowed, resolve

#: Bytes of an answer that are read; the rest is ignored.
_ANSWER_LIMIT = 16 * 1024

Resolve = Callable[[str, int], list[Resolved]]


class WireError(Exception):
    """There was no answer; the message is the reason."""


class Wire:
    """A connection to one address, kept open between requests. It follows no redirects, and uses no proxy."""

    def __init__(self, url: str, *, seconds: float, private: bool, resolving: Resolve = resolve) -> None:
        """Connects with the first request.

        Args:
            url: an address in a valid form.
            seconds: the limit for a whole request, however slowly the server answers.
            private: whether loopback, private and link-local addresses are allowed too.
            resolving: finds the addresses of a host; exactly these are checked and connected to.
        """
        self._url = url
        self._seconds = seconds
        self._backend = _Backend(resolving, private=private)
        self._pool: httpcore.ConnectionPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def post(self, headers: Mapping[bytes | str, bytes | str], content: bytes) -> int:
        """Send a body and return the status of the answer.

        Args:
            headers: those in addition to the headers of every request.
            content: the body.

        Raises:
            WireError: the address is not allowed, cannot be reached, or did not answer in time.
        """
        self._backend.deadline = time.monotonic() + self._seconds
        try:
            if self._pool is not None:
                try:
                    return self._answer(self._pool, headers, content)
                except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
                    # The server may have closed the connection after the last answer, as it may at any time.
                    _left(self._backend.deadline)
                    self._hang_up()
            self._pool = httpcore.ConnectionPool(
                ssl_context=_tls(), network_backend=self._backend, max_connections=1
            )
            return self._answer(self._pool, headers, content)
        except UnsafeAddressError as error:
            failure = WireError(f"it {error}")
        except (httpcore.TimeoutException, TimeoutError):
            failure = WireError(f"it did not answer within {self._seconds:g} s")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            failure = WireError(f"it cannot be reached: {_words(error)}")
        self._hang_up()
        raise failure

    def _answer(
        self, pool: httpcore.ConnectionPool, headers: Mapping[bytes | str, bytes | str], content: bytes
    ) -> int:
        with pool.stream("POST", self._url, headers=headers, content=content) as answer:
            read = 0
            for chunk in answer.iter_stream():
                read += len(chunk)
                if read > _ANSWER_LIMIT:
                    break
            return answer.status

    def _hang_up(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Loading the certificates of all authorities takes longer than a request.
    return ssl.create_default_context()


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses; no step outlasts the deadline of the request."""

    def __init__(self, resolving: Resolve, *, private: bool) -> None:
        self.deadline = 0.0
        self._resolving = resolving
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # the deadline replaces it
        local_address: str | None = None,  # noqa: ARG002  # httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        failure: Exception = WireError(f"{host} has no address")
        for address in allowed(self._resolving(host, port), private=self._private):
            try:
                left = _left(self.deadline)
                stream = self._plain.connect_tcp(str(address), port, left, None, socket_options)
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _Bounded(stream, self)
        raise failure


class _Bounded(NetworkStream):
    """A stream none of whose steps outlasts the deadline."""

    def __init__(self, stream: NetworkStream, backend: _Backend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # the signature of httpcore
        return self._stream.read(max_bytes, _left(self._backend.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # the same
        self._stream.write(buffer, _left(self._backend.deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  # the same
    ) -> NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._backend.deadline))
        return _Bounded(secured, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until a deadline. Raises `TimeoutError` after it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
