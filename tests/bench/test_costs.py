"""The cost of an act, counted and not timed: Python calls and statements of an ITIL move, and calls of plain reads.

A count does not depend on the machine. A change that lowers it lowers the bound here as well.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from calls import Calls

from benchmarks.applications import fill
from benchmarks.desk.crews import Installation, Make, Move
from benchmarks.library import ADA
from benchmarks.toy import WORKSPACE
from placet.engine.act.records import ItemRecord
from placet.engine.engine import Engine
from placet.settings import Settings

#: Python calls of a move, its answer with the transitions that come next included, on the average of a turn.
CALLS = 2655
#: Statements of a move on SQLite, where every write is one, likewise.
STATEMENTS = 21
#: Python calls of an explanation of twelve transitions with the same two gates, and of a page of 50 items.
EXPLANATION, PAGE = 493, 624
#: The acts of a turn at the desk that one person takes.
_TURN = 8
#: The items of a page.
_ROWS = 50


@pytest.fixture
def installation(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> Iterator[Installation]:
    """The desk, without warnings of slow checks: a busy machine must not count as an act."""
    caplog.set_level(logging.ERROR, "placet.engine.act.plugin_calls")
    path = tmp_path_factory.mktemp("costs") / "costs.db"
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
