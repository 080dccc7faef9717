"""The candidates that take turns at the desk: running servers, the people who use them, and the measurements."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks import servers
from benchmarks.desk import listener, targets
from benchmarks.desk.clients import Desk, Measured, work
from benchmarks.desk.processor import Meter
from benchmarks.desk.site import Site
from benchmarks.rounds import Effort
from placet.engine.engine import SYSTEM_ACTOR

#: The installed command.
PLACET = str(Path(sys.executable).with_name("placet"))
_RETRIES = re.compile(r"^placet_store_retries_total(?:\{[^}]*\})? (\S+)", re.MULTILINE)
#: Events that are still to be delivered to somebody.
_BEHIND = (
    "SELECT coalesce((SELECT max(position) FROM positions) - (SELECT min(position) FROM subscribers), 0)"
    " + (SELECT count(*) FROM deliveries WHERE status = 'pending')"
)
#: The longest time that the worker may take for the remaining events, in lengths of a turn.
_CATCH_UP = 2
#: The length of a run before the rounds, in rounds.
_WARMING = 1.5
#: Seconds between two looks at the remaining events.
_POLL = 0.2


@dataclass
class Candidate:
    """A candidate, which takes its turns."""

    name: str
    ports: list[int]
    #: Ids of processes by kind: `server`, `worker`, `database`.
    groups: dict[str, list[int]]
    desks: list[Desk]
    #: The number of retries of acts since the start.
    retries: Callable[[], float] = lambda: 0.0
    #: Events that are not yet delivered to everybody.
    behind: Callable[[], int] = lambda: 0
    total: Measured = field(default_factory=Measured)
    rates: list[float] = field(default_factory=list)
    #: Events that were not yet delivered at the end of each run.
    left: list[int] = field(default_factory=list)

    async def run(self, seconds: float, *, counts: bool = True) -> Measured:
        """One turn. The worker delivers the remaining events before the next candidate's turn."""
        found, retries, meter = Measured(), self.retries(), Meter(self.groups)
        await work(self.desks, self.ports, seconds, found)
        left = self.behind()
        until = time.monotonic() + _CATCH_UP * seconds
        while self.behind() and time.monotonic() < until:  # noqa: ASYNC110  # another process delivers them
            await asyncio.sleep(_POLL)
        found.processor, found.retries = meter.read(), self.retries() - retries
        if counts:
            self.rates.append(found.rate)
            self.left.append(left)
            self.total.add(found)
        else:
            self.total.failures += found.failures
            self.total.shown += found.shown
        return found


def warm(runner: asyncio.Runner, one: Candidate, seconds: float) -> None:
    """Let it work until a run has no act that those before it had not.

    Work that is done once for a workspace or a connection, such as the registration of a search, is not compared.
    """
    known: set[str] = set()
    while new := runner.run(one.run(seconds * _WARMING, counts=False)).times.keys() - known:
        known |= new


def in_turns(runner: asyncio.Runner, those: list[Candidate], effort: Effort, seconds: float) -> None:
    """After warming up, let all of them work so long in each round, forwards and backwards."""
    for each in those:
        warm(runner, each, seconds)
    for n in range(effort.rounds):
        for each in those if n % 2 == 0 else reversed(those):
            runner.run(each.run(seconds))


@contextmanager
def placet(
    site: Site, *, processes: int, people: int, worker: bool, database: list[int], webhook: str
) -> Iterator[Candidate]:
    """`placet serve` as it is installed, each process with a port of its own, and a worker if requested."""
    sqlite = site.url.startswith("sqlite:")
    if worker:
        _listen(site, webhook)
    with ExitStack() as stack:
        environment = site.environment | {"PYTHONPATH": stack.enter_context(listener.installed())}
        serve = [PLACET, "serve"]
        ports, servers_of, workers_of = [], [], []
        for n in range(processes):
            within = worker and sqlite and n == 0
            command = [*serve, *([] if within else ["--no-worker"]), "--port"]
            port, pid = stack.enter_context(servers.serving(command, environment))
            ports.append(port)
            servers_of.append(pid)
        if worker and not sqlite:
            workers_of.append(stack.enter_context(servers.process([PLACET, "worker"], environment)).pid)
        people_of = targets.people(targets.placet(site), people, site.origin)
        groups = {"server": servers_of, "worker": workers_of, "database": database}
        yield Candidate(
            "placet and its worker" if worker else "placet", ports, groups, [Desk(each) for each in people_of],
            retries=lambda: sum(_retries(port, site.tokens["root"]) for port in ports),
            behind=stack.enter_context(_behind(site.url)) if worker else lambda: 0,
        )  # fmt: skip


def _listen(site: Site, webhook: str) -> None:
    application = site.application()
    secret = application.vault.lock("whsec_" + "A" * 32)
    application.engine.deliveries.add_webhook(SYSTEM_ACTOR, url=webhook, secret=secret)
    application.close()


def _retries(port: int, token: str) -> float:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        reported = answer.read().decode()
    found = _RETRIES.findall(reported)
    if not found:
        raise AssertionError("the server's metrics have no number of retries")
    return sum(map(float, found))


@contextmanager
def _behind(url: str) -> Iterator[Callable[[], int]]:
    """Counts the remaining events over one connection: opening one each time would cost as much as an act."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as file:
            yield lambda: int(file.execute(_BEHIND).fetchone()[0])
        return
    with psycopg.connect(url, autocommit=True) as connection:

        def behind() -> int:
            row = connection.execute(_BEHIND).fetchone()  # type: ignore[call-overload]
            return int(row[0])

        yield behind


class _Endpoint(asyncio.Protocol):
    """Accepts every request."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if found and len(rest) >= length:
            self._buffer = rest[length:]
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


@contextmanager
def endpoint(runner: asyncio.Runner) -> Iterator[str]:
    """The address of an endpoint that gets every event, in the process of the clients."""

    async def begin() -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(_Endpoint, "127.0.0.1", 0)

    server = runner.run(begin())
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
    finally:
        server.close()
