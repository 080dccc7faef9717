"""People at their desks: each is a connection that sends its next request as soon as it has the answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import cast

#: Seconds within which the last answers have to arrive.
_PATIENCE = 60
#: Failures that are kept for the report.
_SHOWN = 5


@dataclass(frozen=True)
class Request:
    """A request, and the name of the act for which it counts."""

    act: str
    method: str
    path: str
    token: str
    body: bytes = b""

    def wire(self) -> bytes:
        """The request as HTTP."""
        return (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n"
        ).encode() + self.body


@dataclass(frozen=True)
class Answer:
    """The answer to a request."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


#: The requests of one person, who gets the answer to each.
Person = Generator[Request, Answer, None]


@dataclass
class Measured:
    """One run of one candidate."""

    seconds: float = 0.0
    #: Seconds of each act.
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[tuple[str, int]] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)
    #: Seconds of processor time by group of processes.
    processor: dict[str, float] = field(default_factory=dict)
    retries: float = 0.0

    @property
    def acts(self) -> int:
        return sum(map(len, self.times.values()))

    @property
    def rate(self) -> float:
        return self.acts / self.seconds

    def per_act(self, *groups: str) -> float:
        """Milliseconds of processor time an act."""
        return 1000 * sum(self.processor.get(name, 0.0) for name in groups) / self.acts

    def quantile(self, act: str, share: float) -> float:
        """Milliseconds within which a share of an act's requests was answered."""
        taken = sorted(self.times[act])
        return 1000 * taken[min(int(len(taken) * share), len(taken) - 1)]

    def typical(self, act: str) -> float:
        """Milliseconds within which half of an act's requests were answered."""
        return 1000 * median(self.times[act])

    def add(self, other: Measured) -> None:
        """Add another run."""
        self.seconds += other.seconds
        self.retries += other.retries
        self.failures += other.failures
        self.shown = (self.shown + other.shown)[:_SHOWN]
        for act, taken in other.times.items():
            self.times[act] += taken
        for group, seconds in other.processor.items():
            self.processor[group] = self.processor.get(group, 0.0) + seconds


class Desk:
    """A person with a connection. A request that was not sent when time was up is the first of the next run."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.next = next(person)

    def reported(self, answer: Answer) -> None:
        self.next = self._person.send(answer)


class _Connection(asyncio.Protocol):
    """A lean client, as it shares the processors with the measured servers."""

    def __init__(self, desk: Desk, until: float, into: Measured, done: asyncio.Future[None]) -> None:
        self._desk, self._until, self._into, self._done = desk, until, into, done
        self._buffer, self._missing = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own does not inherit from it
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._desk.next.wire())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._missing < 0:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            _, named, rest = head.lower().partition(b"content-length:")
            self._start = len(head) + 4
            self._missing = self._start + (int(rest.partition(b"\r\n")[0]) if named else 0)
        if len(self._buffer) < self._missing:
            return
        now = time.perf_counter()
        answer = Answer(int(self._buffer[9:12]), self._buffer[self._start :])
        self._buffer, self._missing = b"", -1
        self._note(answer, now)
        if now < self._until and not self._done.done():
            self._send()
        else:
            self._end()

    def _note(self, answer: Answer, now: float) -> None:
        request, into = self._desk.next, self._into
        into.times[request.act].append(now - self._sent)
        if not answer.good:
            into.failures[request.act, answer.status] += 1
            if len(into.shown) < _SHOWN:
                into.shown.append(
                    f"{request.act} {answer.status}: {answer.body.decode(errors='replace')[:300]}"
                )
        self._desk.reported(answer)

    def _end(self) -> None:
        if not self._done.done():
            self._done.set_result(None)
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server closed the connection"))


async def work(desks: Sequence[Desk], ports: Sequence[int], seconds: float, into: Measured) -> None:
    """Let everybody work for some seconds, spread evenly over the servers' ports."""
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    ends: list[asyncio.Future[None]] = []
    for n, desk in enumerate(desks):
        done: asyncio.Future[None] = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            lambda d=desk, e=done: _Connection(d, began + seconds, into, e),  # type: ignore[misc]
            "127.0.0.1",
            ports[n % len(ports)],
        )
    async with asyncio.timeout(seconds + _PATIENCE):
        await asyncio.gather(*ends)
    into.seconds += time.perf_counter() - began
