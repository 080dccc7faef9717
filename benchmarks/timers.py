"""Firing: clocks that come to a point, against a transition written by hand on the same tables.

The items tick once a minute by a clock that stands years later, so that there is always something due. The hand knows
neither thresholds nor schedules: it reads an item, changes it, and records an event.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import cycle
from threading import Lock

from benchmarks import toy
from benchmarks.by_hand import SqliteByHand, move
from benchmarks.houses import Filled
from benchmarks.library import ADA, OWN, opened
from benchmarks.rounds import Candidate, Effort, Line, compare, in_tasks, in_threads, toggles
from placet.app import House
from placet.demo import StageClock
from placet.engine.due import Due
from placet.engine.engine import Engine
from placet.store import bridge

#: Items that tick, and the moment at which all of them are late.
_TICKING = 40
_LATE = datetime(2036, 1, 1, tzinfo=UTC)


def _late(house: House) -> Engine:
    return Engine(house.store, house.registry, StageClock(_LATE), house.engine.evidence_store)


def _ticking(house: House) -> list[Due]:
    """What is rung, over and over: the engine itself looks what is due about it."""
    made = [
        house.engine.create(ADA, workspace=toy.WORKSPACE, type=toy.TICKING.id, title="Ticking")
        for _ in range(_TICKING)
    ]
    return [Due(_LATE, each.workspace, each.number, "timer:bench.tick") for each in made]


def on_sqlite(filled: Filled, effort: Effort) -> list[Line]:
    """With one thread."""
    house = filled.house()
    engine, dues = _late(house), cycle(_ticking(house))
    hand = SqliteByHand(filled.url.removeprefix("sqlite:///"), Lock())
    (theirs,) = toggles(filled.tasks.start + 8 * OWN, 1)
    candidates: dict[str, Candidate] = {
        "placet": in_threads([lambda: engine.ring(next(dues))]),
        "by hand": in_threads([lambda: hand.move(*theirs.next(), toy.ACTOR)]),
    }
    lines = compare("timer fired, SQLite", candidates, {"by hand": None}, effort)
    hand.close()
    house.close()
    return lines


def on_postgresql(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """With eight tasks."""
    house = filled.house()
    dues = cycle(_ticking(house))
    house.close()
    with opened(runner, filled) as (served, pool):
        engine = _late(served)

        async def ring() -> None:
            due = next(dues)
            await bridge.run(served.store, lambda: engine.ring(due))

        hands = toggles(filled.tasks.start + 8 * OWN, 8)
        candidates = {
            "placet": in_tasks(runner, [ring] * 8),
            "by hand": in_tasks(runner, [lambda t=t: move(pool, *t.next(), toy.ACTOR) for t in hands]),  # type: ignore[misc]
        }
        return compare("timers fired, PostgreSQL, 8 at once", candidates, {"by hand": None}, effort)
