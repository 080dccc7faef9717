"""Histories for the tests of figures: written by hand, and drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from placet_agile.numbers.history import Course, Flow, ItemHistory, Stamp

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLOW = Flow(
    ("new", "refining", "ready", "selected", "in_progress", "in_review", "done"),
    frozenset({"in_progress", "in_review"}),
    frozenset({"done"}),
)
SPRINT = "TEAM-1"


def after(days: float) -> datetime:
    """A moment so many days after the start."""
    return START + timedelta(days=days)


def stamp(days: float, act: int = 0) -> Stamp:
    """An act so many days after the start."""
    return Stamp(after(days), act)


def course(initial: Any, *changes: tuple[float, Any]) -> Course[Any]:
    """A value with its changes, each so many days after the start."""
    return Course(initial, tuple((stamp(day), value) for day, value in changes))


def finished(key: str, started: float, done: float, points: int | None = None) -> ItemHistory:
    """An item that was started and finished so many days after the start."""
    states = course(None, (started, "selected"), (started, "in_progress"), (done, "done"))
    return ItemHistory(
        key, after(started), states, Course(None if points is None else Decimal(points)), Course(SPRINT)
    )


#: Everything that can happen to an item: a part of it, and the part's new value.
_HAPPENINGS: Sequence[tuple[str, Any]] = [
    *(("states", state) for state in (*FLOW.order, "removed")),
    *(("sprint", sprint) for sprint in (SPRINT, "TEAM-2", None)),
    *(("points", points) for points in (None, *map(Decimal, ("0", "0.5", "1", "3", "8")))),
    *(("blocked", blocked) for blocked in (True, False)),
]
#: Few moments with few acts, so that acts of several items fall on the same ones.
STAMPS = st.builds(lambda half, act: stamp(half / 2, act), st.integers(0, 15), st.integers(0, 3))


def _item(number: int, happened: dict[Stamp, tuple[str, Any]]) -> ItemHistory:
    parts: dict[str, list[tuple[Stamp, Any]]] = {"states": [], "sprint": [], "points": [], "blocked": []}
    for act, (part, value) in sorted(happened.items(), key=lambda each: each[0]):
        parts[part].append((act, value))
    initial = {
        "states": "ready",
        "sprint": SPRINT if number % 2 else None,
        "points": Decimal(2),
        "blocked": False,
    }
    courses = {part: Course(initial[part], tuple(changes)) for part, changes in parts.items()}
    return ItemHistory(f"T-{number}", START, **courses)  # type: ignore[arg-type]  # by the name of each part


def any_items() -> st.SearchStrategy[list[ItemHistory]]:
    """Items that change their states, sprints and points in any way at all."""
    happened = st.dictionaries(STAMPS, st.sampled_from(_HAPPENINGS), max_size=8)
    return st.lists(happened, max_size=5).map(lambda each: [_item(*both) for both in enumerate(each)])


def closed_histories() -> st.SearchStrategy[list[ItemHistory]]:
    """Items that were all finished, and were in work from their start to their end, with rework between the two."""
    hours = st.sets(st.integers(0, 24 * 20), min_size=4, max_size=8)
    return st.lists(hours, min_size=1, max_size=6).map(
        lambda each: [_closed(*both) for both in enumerate(each)]
    )


def _closed(number: int, hours: set[int]) -> ItemHistory:
    inner = ["in_review" if step % 2 else "in_progress" for step in range(len(hours) - 3)]
    states = ["ready", "selected", *inner, "done"]
    changes = tuple((stamp(hour / 24), state) for hour, state in zip(sorted(hours), states, strict=True))
    return ItemHistory(f"T-{number}", changes[0][0].at, Course(None, changes))
