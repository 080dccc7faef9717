"""The cost of an act, counted and not timed: calls and statements of moves, and calls of requests and reads.

A count does not depend on the machine. A change that lowers it lowers the bound here as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from calls import Calls

from benchmarks.applications import fill
from benchmarks.desk.crews import Installation, Make, Move
from benchmarks.desk.templates import number_of
from benchmarks.library import ADA
from benchmarks.toy import WORKSPACE
from placet.api import create_app
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings

#: Python calls of a move, its answer with the transitions that come next included, on the average of a turn.
CALLS = 2150
#: The same of a move whose two gates read the item alone, and to which no timer, approval or computed field belongs.
PLAIN_CALLS = 580
#: Statements of a move on SQLite, where every write is one, likewise.
STATEMENTS = 21
#: Python calls of a request that moves an item, in the event loop: around its act, which is done in a thread.
AROUND = 665
#: Python calls of an explanation of twelve transitions with the same two gates, and of a page of 50 items.
EXPLANATION, PAGE = 320, 370
#: The acts of a turn at the desk that one person takes.
_TURN = 8
#: The items of a page.
_ROWS = 50


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """The desk."""
    path = tmp_path / "costs.db"
    made = Installation(Settings(database_url=f"sqlite:///{path}"), datetime(2026, 11, 16, 9, tzinfo=UTC))
    yield made
    made.application.close()


def test_a_move_costs_so_many_calls_and_statements(installation: Installation) -> None:
    """In the third turn of one person, when everything that is made once is made."""
    work = installation.crews.itil(0)
    wish = next(work)
    for _ in range(2 * _TURN):
        wish = work.send(installation.done(wish))
    noted: list[str] = []
    with installation.application.store.acting() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(noted.append)
    calls, statements, moves = 0, 0, 0

    for _ in range(_TURN):
        noted.clear()
        with Calls() as counted:
            key = installation.done(wish)
        if isinstance(wish, Move):
            calls, statements, moves = calls + counted.number, statements + len(noted), moves + 1
        else:
            assert isinstance(wish, Make)
        wish = work.send(key)

    assert calls / moves <= CALLS
    assert statements / moves <= STATEMENTS


@pytest.fixture
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, str]]:
    """An engine over tasks of a method without rules to speak of, and the key of an item with twelve transitions."""
    filled = fill(f"sqlite:///{tmp_path_factory.mktemp('plain') / 'plain.db'}", 2 * _ROWS)
    application = filled.application()
    yield application.engine, filled.hub
    application.close()


def test_a_plain_move_costs_so_many_calls(plain: tuple[Engine, str]) -> None:
    """Tasks are started and stopped in turns, so that nothing is new about any of them."""
    engine, hub = plain
    task = f"{WORKSPACE}-{number_of(hub) + 2}"
    for transition in ("start", "stop"):
        engine.transition(ADA, task, transition)

    with Calls() as counted:
        for transition in ("start", "stop"):
            engine.transition(ADA, task, transition)

    assert counted.number / 2 <= PLAIN_CALLS


def test_an_explanation_costs_so_many_calls(plain: tuple[Engine, str]) -> None:
    """The gates that transitions share are judged once for all."""
    engine, hub = plain
    engine.explain(ADA, hub)

    with Calls() as counted:
        explanation = engine.explain(ADA, hub)

    assert len(explanation.previews) == 12
    assert counted.number <= EXPLANATION


def test_a_page_costs_so_many_calls(plain: tuple[Engine, str]) -> None:
    """Nothing is asked for each item that follows from its workspace."""
    engine, _ = plain

    def page() -> list[ItemRecord]:
        query = engine.reports.item_query(ADA, workspace=WORKSPACE, sort="created_at", limit=_ROWS)
        return list(engine.reports.items(ADA, query).rows)

    page()

    with Calls() as counted:
        rows = page()

    assert len(rows) == _ROWS
    assert counted.number <= PAGE


def test_a_request_costs_so_many_calls_around_its_act(installation: Installation) -> None:
    """Of an incident that waits for its user, and goes on, again and again: when everything is made once."""
    work = installation.crews.itil(0)
    wish = next(work)
    while not (isinstance(wish, Move) and wish.transition == "pend"):
        wish = work.send(installation.done(wish))
    token, _ = installation.application.engine.people.issue_token(SYSTEM_ACTOR, wish.by, name="desk")
    waits = {"transition": "pend", "fields": wish.fields}
    app = create_app(installation.application)

    async def moved(key: str, body: dict[str, Any]) -> None:
        statuses = await _sent(app, f"/api/v1/items/{key}/transitions", token, orjson.dumps(body))
        assert statuses == [200]

    async def again_and_again() -> float:
        for _ in range(2):
            await moved(wish.key, waits)
            await moved(wish.key, {"transition": "resume"})
        with Calls() as counted:
            for _ in range(_TURN):
                await moved(wish.key, waits)
                await moved(wish.key, {"transition": "resume"})
        return counted.number / (2 * _TURN)

    assert asyncio.run(again_and_again()) <= AROUND


async def _sent(app: Any, path: str, token: str, body: bytes) -> list[int]:
    """The status of a request that is given to the application as a server gives it, without a client's own calls."""
    statuses: list[int] = []
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "state": {},
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses
