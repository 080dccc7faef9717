"""The statements of Placet's acts, sent by a bare route without tokens, rules, explanations or computations.

They were recorded (`recording`) and are bound to new items (`templates`), on the database in which they were
recorded: so it has the same families of searches. On PostgreSQL its processes seal the log as those of Placet do:
without positions nobody could read it, and the marks of its events would pile up.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import random
import sqlite3
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response

from benchmarks import servers
from benchmarks.desk import targets
from benchmarks.desk.candidates import Candidate
from benchmarks.desk.clients import Desk
from benchmarks.desk.clients import Request as Sent
from benchmarks.desk.flow import Act, Turn
from benchmarks.desk.recording import Recording, record
from benchmarks.desk.site import FIRST_NUMBER, Site
from benchmarks.desk.templates import (
    Binding,
    MovedError,
    Sending,
    Step,
    Template,
    number_of,
    templates,
)

#: The environment variable with the place of the recording, for the server processes.
PLACE = "DESK_FLOOR"
#: Turns that are recorded, so that the requests are not always the same.
_TURNS = 3
#: The first number of the floor's own items.
_OWN = 10 * FIRST_NUMBER
_CONNECTIONS = 8
_ATTEMPTS = 50


def own(turn: Turn) -> dict[str, int]:
    """The numbers of a turn's change and incident."""
    first = _OWN + 2 * turn.serial
    return {"change": first, "incident": first + 1}


class Floor:
    """Binds the statements of an act to a turn's own items."""

    def __init__(self, recording: Recording, site: Site) -> None:
        self._templates: list[Template] = templates(recording, site.cis)
        self._cis = [number_of(key) for key in site.cis]
        self._origin = site.origin
        self._bindings: dict[int, Binding] = {}

    def bound(self, act: str, person: int, people: int, number: int) -> tuple[list[Step], Binding]:
        """The steps of an act, and the values for their holes."""
        turn = Turn(person, people, number, self._origin)
        binding = self._bindings.get(turn.serial)
        if binding is None:
            binding = Binding.of(turn, **own(turn), ci=self._cis[turn.ci])
            self._bindings[turn.serial] = binding
            self._bindings.pop(turn.serial - 4 * people, None)
        return self._templates[turn.serial % len(self._templates)].acts[act], binding


def application() -> FastAPI:
    """The application of one server process."""
    recording, site = pickle.loads(Path(os.environ[PLACE]).read_bytes())
    floor, url = Floor(recording, site), site.url
    begin = _on_sqlite if url.startswith("sqlite:") else _on_postgresql

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.retries = 0
        async with begin(url) as app.state.send, _sealed(url):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/acts/{act}")
    async def act(act: str, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        steps, binding = floor.bound(act, asked["person"], asked["people"], asked["turn"])
        for attempt in range(_ATTEMPTS):
            try:
                rows = await app.state.send(steps, Sending(binding))
            except MovedError:
                app.state.retries += 1
                await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))
            else:
                return Response(f'{{"key":"{act}","rows":{rows}}}', media_type="application/json")
        return Response("the data read by the act changed again and again", status_code=503)

    @app.get("/retries")
    async def retries() -> int:
        return int(app.state.retries)

    return app


@asynccontextmanager
async def _sealed(url: str) -> AsyncIterator[None]:
    """Seal the log meanwhile, in one of the processes; on SQLite each commit gives the positions itself."""
    if url.startswith("sqlite:"):
        yield
        return
    from placet.store.sealing import Sealer  # noqa: PLC0415  # the floor itself does not use Placet
    from placet.store.store import open_store  # noqa: PLC0415

    with closing(open_store(url)) as store, ExitStack() as running:
        await asyncio.to_thread(running.enter_context, Sealer(store))
        try:
            yield
        finally:
            await asyncio.to_thread(running.close)


@asynccontextmanager
async def _on_postgresql(url: str) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=2 * _CONNECTIONS) as pool:

        async def send(steps: list[Step], sending: Sending) -> int:
            found = 0
            held: dict[int, asyncpg.Connection] = {}
            try:
                for step in steps:
                    if step.connection not in held:
                        held[step.connection] = await pool.acquire()
                    found += await _sent(held[step.connection], step, sending)
            finally:
                for connection in held.values():
                    await pool.release(connection)
            return found

        yield send


async def _sent(connection: asyncpg.Connection, step: Step, sending: Sending) -> int:
    bound = step.bound(sending)
    if step.many:
        await connection.executemany(step.text, bound)
    elif bound or step.text.startswith("SELECT"):
        rows = await connection.fetch(step.text, *bound)
        step.answered(sending, bound, rows)
        return len(rows)
    else:
        await connection.execute(step.text)
    return 0


@asynccontextmanager
async def _on_sqlite(url: str) -> AsyncIterator[Any]:
    file = url.removeprefix("sqlite:///")
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    install(connection)
    # One act at a time in a process: there is one connection, and SQLite itself waits by sleeping.
    lock = Lock()

    def all_of(steps: list[Step], sending: Sending) -> int:
        found = 0
        with lock:
            try:
                for step in steps:
                    bound = step.bound(sending)
                    if step.many:
                        connection.executemany(step.text, bound)
                        continue
                    rows = connection.execute(step.text, bound).fetchall()
                    step.answered(sending, bound, rows)
                    found += len(rows)
            except MovedError:
                connection.execute("ROLLBACK")
                raise
        return found

    async def send(steps: list[Step], sending: Sending) -> int:
        return await asyncio.to_thread(all_of, steps, sending)

    yield send
    connection.close()


def install(connection: sqlite3.Connection) -> None:
    """Create the functions that Placet's statements call."""
    from placet.store import documents  # noqa: PLC0415  # the floor itself does not use Placet

    connection.create_function("lower", 1, str.lower, deterministic=True)
    documents.install(connection)


@contextmanager
def floor(
    runner: asyncio.Runner, site: Site, *, processes: int, people: int, database: list[int]
) -> Iterator[Candidate]:
    """The statements recorded on a site, sent again for items of their own."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "recording"
        keep(record(runner, site, _TURNS), site, place)
        command = servers.uvicorn("application", "benchmarks.desk.floor")
        with servers.running(command, {PLACE: str(place)}, processes) as started:
            ports, pids = [port for port, _ in started], [pid for _, pid in started]
            desks = [Desk(each) for each in targets.people(compose, people, site.origin)]
            groups = {"server": pids, "database": database}
            yield Candidate("its statements by hand", ports, groups, desks, lambda: sum(map(_retries, ports)))


def keep(recording: Recording, site: Site, place: Path) -> None:
    """Store the recording and its site for the server processes."""
    place.write_bytes(pickle.dumps((recording, site)))


def _retries(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/retries", timeout=30) as answer:
        return int(answer.read())


def compose(act: Act, turn: Turn, keys: dict[str, str]) -> Sent:
    """The request for an act; its answer has no key of a record, as the numbers follow from the turn."""
    del keys
    body = orjson.dumps({"person": turn.person, "people": turn.people, "turn": turn.number})
    return Sent(act.name, "POST", f"/acts/{act.name.replace(' ', '%20')}", "none", body)
