"""The statements of Placet for each act, as the database drivers get them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from zlib import crc32

import asyncpg
import httpx
from sqlalchemy import Engine, event

from benchmarks.desk import targets
from benchmarks.desk.clients import Answer
from benchmarks.desk.flow import Turn
from benchmarks.desk.site import Site, registry
from placet.api import create_app
from placet.app import build
from placet.store import guards


@dataclass(frozen=True)
class Statement:
    """One statement, with the index of its connection among those of the act."""

    connection: int
    text: str
    parameters: tuple[Any, ...] = ()
    #: Whether the parameters are many rows.
    many: bool = False


@dataclass
class Recorded:
    """One turn: statements by act, and the keys of its items."""

    turn: Turn
    acts: dict[str, list[Statement]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


@dataclass
class Recording:
    """The acts of one person, and the meanings of the counters that they read and increase."""

    turns: list[Recorded]
    #: Names of guards by the id of their counter.
    guards: dict[int, set[str]]


class _Recorder:
    """Collects the statements of the drivers' connections during an act."""

    def __init__(self) -> None:
        self.guards: dict[int, set[str]] = defaultdict(set)
        self._open: ContextVar[tuple[list[Statement], list[object]] | None] = ContextVar("open", default=None)

    @contextmanager
    def act(self) -> Iterator[list[Statement]]:
        statements: list[Statement] = []
        token = self._open.set((statements, []))
        yield statements
        self._open.reset(token)

    def note(self, connection: object, text: str, parameters: Any = (), *, many: bool = False) -> None:
        current = self._open.get()
        if current is None:
            return
        statements, connections = current
        if connection not in connections:
            connections.append(connection)
        statements.append(Statement(connections.index(connection), text, tuple(parameters), many))


class _Wire:
    """asyncpg's protocol, with a record of its statements."""

    def __init__(self, inner: Any, recorder: _Recorder) -> None:
        self._inner, self._recorder = inner, recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def query(self, text: str, timeout: Any) -> Any:
        self._recorder.note(self, text)
        return self._inner.query(text, timeout)

    def bind_execute(self, state: Any, args: Any, *rest: Any, **named: Any) -> Any:
        self._recorder.note(self, state.query, args)
        return self._inner.bind_execute(state, args, *rest, **named)

    def bind_execute_many(self, state: Any, args: Any, *rest: Any, **named: Any) -> Any:
        rows = [tuple(row) for row in args]
        self._recorder.note(self, state.query, rows, many=True)
        return self._inner.bind_execute_many(state, rows, *rest, **named)


def _asyncpg(recorder: _Recorder) -> type[asyncpg.Connection]:
    class Listening(asyncpg.Connection):  # type: ignore[misc]
        def __init__(self, protocol: Any, *rest: Any) -> None:
            super().__init__(_Wire(protocol, recorder), *rest)

    return Listening


def _sqlite(recorder: _Recorder) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, text: str, parameters: Any = (), /) -> sqlite3.Cursor:
            recorder.note(self.connection, text, parameters)
            return super().execute(text, parameters)

        def executemany(self, text: str, rows: Any, /) -> sqlite3.Cursor:
            rows = [tuple(row) for row in rows]
            recorder.note(self.connection, text, rows, many=True)
            return super().executemany(text, rows)

    class Listening(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, text: str, parameters: Any = (), /) -> sqlite3.Cursor:
            return self.cursor().execute(text, parameters)  # type: ignore[no-any-return]

        def executemany(self, text: str, rows: Any, /) -> sqlite3.Cursor:
            return self.cursor().executemany(text, rows)  # type: ignore[no-any-return]

        def commit(self) -> None:
            if self.in_transaction:
                recorder.note(self, "COMMIT")
            super().commit()

        def rollback(self) -> None:
            if self.in_transaction:
                recorder.note(self, "ROLLBACK")
            super().rollback()

    return Listening


@contextmanager
def _listening(recorder: _Recorder) -> Iterator[None]:
    """Record the statements of every connection that is opened meanwhile."""

    def connect(dialect: Any, _: object, __: object, how: dict[str, Any]) -> None:
        match dialect.driver:
            case "asyncpg":
                how["connection_class"] = _asyncpg(recorder)
            case "pysqlite":
                how["factory"] = _sqlite(recorder)

    def hashed(name: bytes) -> int:
        recorder.guards[crc32(name) % guards.COUNTERS].add(name.decode())
        return crc32(name)

    event.listen(Engine, "do_connect", connect)
    try:
        # Statements have only the ids of counters, and an id does not show what its counter counts.
        with mock.patch.object(guards, "crc32", hashed):
            yield
    finally:
        event.remove(Engine, "do_connect", connect)


def record(runner: asyncio.Runner, site: Site, turns: int) -> Recording:
    """Let one person work on a site for some turns, after one for warming up. Every request has to succeed."""
    recorder = _Recorder()
    with _listening(recorder):
        application = build(site.settings, registry=registry(), asynchronous=site.kind == "PostgreSQL")
        app = create_app(application)

        async def work() -> list[Recorded]:
            transport = httpx.ASGITransport(app)
            async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
                return await _turns(client, recorder, site, turns + 1)

        return Recording(runner.run(work())[1:], dict(recorder.guards))


async def _turns(client: httpx.AsyncClient, recorder: _Recorder, site: Site, turns: int) -> list[Recorded]:
    found = []
    compose = targets.placet(site)
    for number in range(turns):
        turn = Turn(0, 1, number, site.origin)
        recorded = Recorded(turn)
        steps = targets.turn(compose, turn, recorded.keys)
        request = next(steps, None)
        while request is not None:
            with recorder.act() as recorded.acts[request.act]:
                answer = await client.request(
                    request.method, f"http://localhost{request.path}", content=request.body,
                    headers={"Authorization": request.token, "Content-Type": "application/json"},
                )  # fmt: skip
            if not answer.is_success:
                raise AssertionError(f"{request.act} was answered {answer.status_code}: {answer.text}")
            try:
                request = steps.send(Answer(answer.status_code, answer.content))
            except StopIteration:
                request = None
        found.append(recorded)
    return found
