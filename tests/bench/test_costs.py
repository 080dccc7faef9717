"""The cost of an act, counted and not timed: Python calls and statements of an ITIL move at the desk.

A count does not depend on the machine. A change that lowers it lowers the bound here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from calls import Calls

from benchmarks.desk.crews import Installation, Make, Move
from placet.settings import Settings

#: Python calls of a move, its answer with the transitions that come next included, on the average of a turn.
CALLS = 2680
#: Statements of a move on SQLite, where every write is one, likewise.
STATEMENTS = 21
#: The acts of a turn at the desk that one person takes.
_TURN = 8


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
