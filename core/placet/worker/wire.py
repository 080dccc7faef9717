"""One request to an address that somebody from outside named: bounded in time and size, and only to where it may go."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpcore
from httpcore import NetworkStream

from placet.addresses import Resolved, UnsafeAddressError, allowed, resolve

#: Bytes of an answer that are read; what follows is of no interest.
_ANSWER_LIMIT = 16 * 1024

Resolve = Callable[[str, int], list[Resolved]]


class WireError(Exception):
    """There was no answer, with the reason."""


def post(
    url: str,
    headers: Mapping[bytes | str, bytes | str],
    content: bytes,
    *,
    seconds: float,
    private: bool,
    resolving: Resolve = resolve,
) -> int:
    """Send a body and answer the status that came back. Follows no redirect, and uses no proxy.

    Args:
        url: an address whose form was checked.
        headers: besides those that every request has.
        content: the body.
        seconds: for all of it, however slowly the other side answers.
        private: whether loopback, private and link-local addresses may be called too.
        resolving: finds the addresses of a host; exactly those that it finds are checked and connected to.

    Raises:
        WireError: it may not be called, it cannot be reached, or it did not answer in time.
    """
    wire = _Wire(time.monotonic() + seconds, resolving, private=private)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=wire, max_connections=1
            ) as pool,
            pool.stream("POST", url, headers=headers, content=content) as answer,
        ):
            read = 0
            for chunk in answer.iter_stream():
                read += len(chunk)
                if read > _ANSWER_LIMIT:
                    break
            return answer.status
    except UnsafeAddressError as error:
        raise WireError(f"it {error}") from error
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise WireError(f"it did not answer within {seconds:g} s") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise WireError(f"it cannot be reached: {_told(error)}") from error


def _told(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class _Wire(httpcore.NetworkBackend):
    """Connects to checked addresses, all within one deadline."""

    def __init__(self, deadline: float, resolving: Resolve, *, private: bool) -> None:
        self._deadline = deadline
        self._resolving = resolving
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # the deadline goes before
        local_address: str | None = None,  # noqa: ARG002  # httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        trouble: Exception = WireError(f"{host} has no address")
        for address in allowed(self._resolving(host, port), private=self._private):
            try:
                left = _left(self._deadline)
                stream = self._plain.connect_tcp(str(address), port, left, None, socket_options)
            except httpcore.ConnectError as error:
                trouble = error
            else:
                return _Bounded(stream, self._deadline)
        raise trouble


class _Bounded(NetworkStream):
    """A stream whose every step ends with the deadline."""

    def __init__(self, stream: NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Bounded(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until a deadline. Raises `TimeoutError` after it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
