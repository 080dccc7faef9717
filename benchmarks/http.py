"""POST of a transition over 16 keep-alive connections, to two processes of each candidate, on PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import cast

from benchmarks import peer, servers
from benchmarks.applications import Filled
from benchmarks.rounds import Candidate, Effort, Line, Toggle, compare, toggles
from benchmarks.toy import WORKSPACE

CONNECTIONS = 16
AIM, PEER_AIM = 0.6, 3.0
#: Seconds until the last answers have to be there.
_PATIENCE = 30
#: Where the items of these comparisons begin: the ones before belong to the library's.
_FIRST = 1600

Compose = Callable[[int, str], tuple[str, str]]


class Client(asyncio.Protocol):
    """One connection that sends the next request as soon as it has the answer: lean, as it shares the processors."""

    def __init__(self, requests: Iterator[bytes], until: float, done: asyncio.Future[int]) -> None:
        self._requests, self._until, self._done = requests, until, done
        self._answered, self._buffer, self._missing = 0, b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._missing < 0:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            _, named, rest = head.lower().partition(b"content-length:")
            length = int(rest.partition(b"\r\n")[0]) if named else 0
            self._missing = len(head) + 4 + length
        if len(self._buffer) < self._missing:
            return
        if not self._buffer.startswith(b"HTTP/1.1 20"):
            self._done.set_exception(RuntimeError(self._buffer.decode(errors="replace")))
            self._transport.close()
            return
        self._answered, self._buffer, self._missing = self._answered + 1, b"", -1
        if time.perf_counter() < self._until:
            self._transport.write(next(self._requests))
        else:
            self._done.set_result(self._answered)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server closed the connection"))


def _requests(toggle: Toggle, compose: Compose, token: str) -> Iterator[bytes]:
    while True:
        path, body = compose(*toggle.next())
        yield (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def posting(
    runner: asyncio.Runner, started: list[tuple[int, int]], own: list[Toggle], compose: Compose, token: str
) -> Candidate:
    """A candidate under load, by its processes' ports and ids."""
    ports = [port for port, _ in started]
    streams = [_requests(toggle, compose, token) for toggle in own]

    async def all_of(seconds: float) -> float:
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        answers = []
        for n, stream in enumerate(streams):
            done: asyncio.Future[int] = loop.create_future()
            answers.append(done)
            await loop.create_connection(
                lambda s=stream, d=done: Client(s, began + seconds, d),  # type: ignore[misc]
                "127.0.0.1",
                ports[n % len(ports)],
            )
        async with asyncio.timeout(seconds + _PATIENCE):
            answered = await asyncio.gather(*answers)
        return sum(answered) / (time.perf_counter() - began)

    return lambda seconds: runner.run(all_of(seconds))


def over_http(runner: asyncio.Runner, filled: Filled, peer_url: str, effort: Effort) -> list[Line]:
    """Placet against a bare route, and against what people would otherwise write."""
    peer_token = peer.fill(peer_url, CONNECTIONS * 20)
    first = filled.tasks.start + min(_FIRST, len(filled.tasks) // 2)

    def by_number(number: int, transition: str) -> tuple[str, str]:
        return f"/items/{number}/transitions", f'{{"transition":"{transition}"}}'

    def by_key(number: int, transition: str) -> tuple[str, str]:
        return f"/api/v1/items/{WORKSPACE}-{number}/transitions", f'{{"transition":"{transition}"}}'

    with ExitStack() as stack:
        environment = {servers.URL: filled.url}
        placet = stack.enter_context(servers.running(servers.uvicorn("placet"), environment))
        by_hand = stack.enter_context(servers.running(servers.uvicorn("by_hand"), environment))
        django = stack.enter_context(servers.running(servers.gunicorn(), peer.environment(peer_url)))
        own, theirs = toggles(first, CONNECTIONS, 5), toggles(first + CONNECTIONS * 5, CONNECTIONS, 5)
        candidates = {
            "placet": posting(runner, placet, own, by_key, f"Bearer {filled.token}"),
            "by hand": posting(runner, by_hand, theirs, by_number, "none"),
            "Django": posting(runner, django, toggles(1, CONNECTIONS), by_number, f"Token {peer_token}"),
        }
        title = f"POST transition, {CONNECTIONS} connections"
        return compare(title, candidates, {"by hand": AIM, "Django": PEER_AIM}, effort)
