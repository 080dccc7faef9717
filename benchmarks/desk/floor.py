"""The statements that Placet's acts make, sent by a bare route: no token, no rules, no explanation, nothing computed.

They are those of a recording run (`recording`), bound to fresh items (`templates`). Transactions are READ COMMITTED on
PostgreSQL, whatever they were begun as: what the statements themselves cost is what is asked.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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
from benchmarks.desk.recording import record
from benchmarks.desk.site import FIRST_NUMBER, Site
from benchmarks.desk.templates import Binding, Step, Template, number_of, templates

_PLACE, _URL = "DESK_FLOOR_SITE", "DESK_FLOOR_URL"
#: Turns that are recorded, so that what is sent does not always ask for the same.
_TURNS = 3
#: Where the numbers of the floor's own items begin.
_OWN = 10 * FIRST_NUMBER
_CONNECTIONS = 8


class Floor:
    """Binds the statements of an act to a turn's own items."""

    def __init__(self, recorded: list[Any], site: Site) -> None:
        self._templates: list[Template] = templates(recorded, site.cis)
        self._cis = [number_of(key) for key in site.cis]
        self._origin = site.origin
        self._bindings: dict[int, Binding] = {}

    def bound(self, act: str, person: int, people: int, number: int) -> tuple[list[Step], Binding]:
        """The steps of an act, and what fills them."""
        turn = Turn(person, people, number, self._origin)
        binding = self._bindings.get(turn.serial)
        if binding is None:
            own = _OWN + 2 * turn.serial
            binding = self._bindings[turn.serial] = Binding.of(turn, own, own + 1, self._cis[turn.ci])
            self._bindings.pop(turn.serial - 4 * people, None)
        return self._templates[turn.serial % len(self._templates)].acts[act], binding


def application() -> FastAPI:
    """One process of it."""
    recorded, site = pickle.loads(Path(os.environ[_PLACE]).read_bytes())
    floor, url = Floor(recorded, site), os.environ[_URL]
    begin = _on_sqlite if url.startswith("sqlite:") else _on_postgresql

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with begin(url) as app.state.send:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/acts/{act}")
    async def act(act: str, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        steps, binding = floor.bound(act, asked["person"], asked["people"], asked["turn"])
        rows = await app.state.send(steps, binding)
        return Response(f'{{"key":"{act}","rows":{rows}}}', media_type="application/json")

    return app


@asynccontextmanager
async def _on_postgresql(url: str) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=2 * _CONNECTIONS) as pool:

        async def send(steps: list[Step], binding: Binding) -> int:
            rows = 0
            held: dict[int, asyncpg.Connection] = {}
            try:
                for step in steps:
                    if step.connection not in held:
                        held[step.connection] = await pool.acquire()
                    connection = held[step.connection]
                    if step.many:
                        await connection.executemany(step.text, step.bound(binding))
                    elif step.parameters or step.text.startswith("SELECT"):
                        rows += len(await connection.fetch(step.text, *step.bound(binding)))
                    else:
                        await connection.execute("BEGIN" if step.text.startswith("BEGIN") else step.text)
            finally:
                for connection in held.values():
                    await pool.release(connection)
            return rows

        yield send


@asynccontextmanager
async def _on_sqlite(url: str) -> AsyncIterator[Any]:
    # One writer at a time in a process: waiting in SQLite itself means sleeping.
    file, lock = url.removeprefix("sqlite:///"), Lock()
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    _functions(connection)

    def all_of(steps: list[Step], binding: Binding) -> int:
        rows = 0
        with lock:
            for step in steps:
                if step.many:
                    connection.executemany(step.text, step.bound(binding))
                else:
                    rows += len(connection.execute(step.text, step.bound(binding)).fetchall())
        return rows

    async def send(steps: list[Step], binding: Binding) -> int:
        return await asyncio.to_thread(all_of, steps, binding)

    yield send
    connection.close()


def _functions(connection: sqlite3.Connection) -> None:
    """What Placet's own statements call."""
    from placet.store import documents  # noqa: PLC0415  # the floor itself does without Placet

    connection.create_function("lower", 1, str.lower, deterministic=True)
    documents.install(connection)


@contextmanager
def floor(
    runner: asyncio.Runner, recording: Site, site: Site, *, processes: int, people: int, database: list[int]
) -> Iterator[Candidate]:
    """What was recorded on one copy of the site, sent to another."""
    recorded = record(runner, recording, _TURNS)
    with TemporaryDirectory() as folder:
        place = Path(folder) / "recorded"
        place.write_bytes(pickle.dumps((recorded, site)))
        environment = {_PLACE: str(place), _URL: site.url}
        command = servers.uvicorn("application", "benchmarks.desk.floor")
        with servers.running(command, environment, processes) as started:
            ports, pids = [port for port, _ in started], [pid for _, pid in started]
            desks = [Desk(each) for each in targets.people(_compose, people, site.origin)]
            yield Candidate("its statements by hand", ports, {"server": pids, "database": database}, desks)


def _compose(act: Act, turn: Turn, keys: dict[str, str]) -> Sent:
    del keys
    body = orjson.dumps({"person": turn.person, "people": turn.people, "turn": turn.number})
    return Sent(act.name, "POST", f"/acts/{act.name.replace(' ', '%20')}", "none", body)
