"""Firing timers, against a transition written by hand on the same tables.

The items have a timer of a minute, and the clock moves on by a minute when all of them were fired: so each round finds
one turn due, and records two events, the breach and the new turn. The code by hand has neither thresholds nor
schedules: it reads an item, changes it, and records one event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock

from benchmarks import toy
from benchmarks.applications import Filled
from benchmarks.by_hand import SqliteByHand, move
from benchmarks.library import ADA, OWN, opened
from benchmarks.rounds import Candidate, Effort, Line, compare, in_tasks, in_threads, toggles
from placet.app import Application
from placet.engine.engine import Engine
from placet.engine.timers.due import Due
from placet.showing import StageClock
from placet.store import bridge

#: The number of items with a timer, and its period.
_TICKING = 40
_MINUTE = timedelta(minutes=1)
#: The first of the items that are moved by hand: the ones before it belong to other comparisons.
_FIRST = 9 * OWN


def _engine(application: Application, clock: StageClock) -> Engine:
    return application.engine.by_clock(clock)


def _ticking(application: Application, clock: StageClock) -> Iterator[Due]:
    """Items to fire, a minute later in each turn: the engine itself finds the due timers of each."""
    made = [
        application.engine.items.create(ADA, workspace=toy.WORKSPACE, type=toy.TICKING.id, title="Ticking")
        for _ in range(_TICKING)
    ]
    clock.move_to(datetime.now(UTC))
    return _turns([(each.workspace, each.number) for each in made], clock)


def _turns(items: list[tuple[str, int]], clock: StageClock) -> Iterator[Due]:
    while True:
        clock.move_to(clock.now() + _MINUTE)
        for workspace, number in items:
            yield Due(clock.now(), workspace, number, "timer:bench.tick")


def on_sqlite(filled: Filled, effort: Effort) -> list[Line]:
    """With one thread."""
    application, clock = filled.application(), StageClock(datetime.now(UTC))
    engine, dues = _engine(application, clock), _ticking(application, clock)
    hand = SqliteByHand(filled.url.removeprefix("sqlite:///"), Lock())
    (theirs,) = toggles(filled.tasks.start + _FIRST, 1)
    candidates: dict[str, Candidate] = {
        "placet": in_threads([lambda: engine.timers.fire(next(dues))]),
        "by hand": in_threads([lambda: hand.move(*theirs.next(), toy.ACTOR)]),
    }
    lines = compare("timer fired, SQLite", candidates, {"by hand": None}, effort)
    hand.close()
    application.close()
    return lines


def on_postgresql(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """With eight tasks."""
    application, clock = filled.application(), StageClock(datetime.now(UTC))
    dues = _ticking(application, clock)
    application.close()
    with opened(runner, filled) as (served, pool):
        engine = _engine(served, clock)

        async def fire() -> None:
            due = next(dues)
            await bridge.run(served.store, lambda: engine.timers.fire(due))

        hands = toggles(filled.tasks.start + _FIRST, 8)
        candidates = {
            "placet": in_tasks(runner, [fire] * 8),
            "by hand": in_tasks(runner, [lambda t=t: move(pool, *t.next(), toy.ACTOR) for t in hands]),  # type: ignore[misc]
        }
        return compare("timers fired, PostgreSQL, 8 at once", candidates, {"by hand": None}, effort)
