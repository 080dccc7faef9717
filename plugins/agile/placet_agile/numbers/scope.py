"""The scope of a sprint at every moment: how it grew and shrank since the start, and how far the work is.

At every moment, points at the start plus added less removed points are the points to do, in work and done. Estimating
an item anew adds or removes the difference, and so does an item that is selected, sent back or removed.

Source: common practice beside the Scrum Guide, which has neither points nor burndown charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from placet_agile.numbers.history import Flow, ItemHistory, Stamp, day_of, days, end_of

_ZERO = Decimal()
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Timebox:
    """A sprint from its start on."""

    key: str
    started: Stamp
    planned_end: datetime
    #: The act that closed or cancelled it; `None` while it runs.
    ended: Stamp | None = None

    def covers(self, stamp: Stamp) -> bool:
        """Whether an act fell into the sprint: not into its start or its end, and not outside of them."""
        return self.started < stamp and (self.ended is None or stamp < self.ended)


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a sprint at one moment, in points or in items."""

    committed: Decimal
    added: Decimal
    removed: Decimal
    to_do: Decimal
    doing: Decimal
    done: Decimal

    @property
    def total(self) -> Decimal:
        """All that is in the sprint."""
        return self.to_do + self.doing + self.done

    @property
    def remaining(self) -> Decimal:
        """All that is not done."""
        return self.to_do + self.doing


def size(item: ItemHistory, sprint: str, flow: Flow, stamp: Stamp, *, points: bool = True) -> Decimal:
    """The weight of an item in a sprint before an act: its points, or one; zero where it is not in it or removed."""
    if item.sprint.before(stamp) != sprint or item.states.before(stamp) not in flow.order:
        return _ZERO
    return (item.points.before(stamp) or _ZERO) if points else _ONE


def scope(
    items: Sequence[ItemHistory], sprint: Timebox, flow: Flow, stamp: Stamp, *, points: bool = True
) -> Scope:
    """The scope of a sprint before an act: in points, or in items. At its end and later, as it was then."""
    until = stamp if sprint.ended is None else min(stamp, sprint.ended)
    committed = added = removed = to_do = doing = done = _ZERO
    for item in items:
        weighs = size(item, sprint.key, flow, min(until, sprint.started), points=points)
        committed += weighs
        for act in [*(each for each in item.stamps() if sprint.started <= each < until), until]:
            now = size(item, sprint.key, flow, act, points=points)
            added += max(now - weighs, _ZERO)
            removed += max(weighs - now, _ZERO)
            weighs = now
        state = item.states.before(until)
        if state in flow.done:
            done += weighs
        elif state in flow.started:
            doing += weighs
        else:
            to_do += weighs
    return Scope(committed, added, removed, to_do, doing, done)


@dataclass(frozen=True, slots=True)
class BurnDay:
    """One day of a sprint, at its end."""

    day: date
    scope: Scope
    #: The remaining points of an even pace over the working days.
    ideal: Decimal


def burn(
    items: Sequence[ItemHistory],
    sprint: Timebox,
    flow: Flow,
    until: datetime,
    *,
    zone: tzinfo,
    working: Iterable[date],
    points: bool = True,
) -> list[BurnDay]:
    """Each day of a sprint from its start: burndown and burnup are read from the scope.

    Args:
        items: all items that ever were in the sprint.
        sprint: the sprint.
        flow: the workflow of its items.
        until: the present moment; the series ends there, or with the sprint.
        zone: where its days begin.
        working: the working days of the calendar from its start to its planned end.
        points: whether points are counted, or items.
    """
    last = min(until, sprint.ended.at) if sprint.ended is not None else until
    working_days = sorted(working)
    found = []
    for day in days(day_of(sprint.started.at, zone), day_of(last, zone)):
        at_end = scope(items, sprint, flow, end_of(day, zone), points=points)
        passed = sum(each <= day for each in working_days)
        left = Decimal(len(working_days) - passed) / len(working_days) if working_days else _ZERO
        found.append(BurnDay(day, at_end, at_end.committed * left))
    return found
