"""How urgent an item is: the moment by which something has to happen to it, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from placet.definitions.context import ApprovalStatus
from placet.definitions.wording import rendered
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.spans import first_time
from placet.engine.timers.views import timer_views


@dataclass(frozen=True, slots=True)
class Due:
    """A moment by which something has to happen, and what: `Resolution, due on Tuesday 1 December 14:00`."""

    at: datetime
    words: str


def due_of(unit: UnitOfWork, record: ItemRecord) -> Due | None:
    """The earliest of an item: the end of a running timer or of a pending approval, or its planned time."""
    return min(_moments(unit, record), key=lambda due: due.at, default=None)


def _moments(unit: UnitOfWork, record: ItemRecord) -> Iterator[Due]:
    titles = unit.titles(record.workspace, record.type)

    def due(at: datetime, future: str, past: str, **about: str) -> Due:
        template = future if at > unit.now else past
        return Due(at, rendered(template, {"at": at, **about}, titles))

    for timer in timer_views(unit, record):
        at = timer.reading.due_at
        if timer.reading.stopped_at is None and at is not None:
            words = "{timer:timer}, due on {at:moment}", "{timer:timer}, overdue since {at:moment}"
            yield due(at, *words, timer=timer.timer)
    for round in record.approvals:
        if round.status is ApprovalStatus.PENDING and round.expires_at is not None:
            words = "{approval:approval}, until {at:moment}", "{approval:approval}, over since {at:moment}"
            yield due(round.expires_at, *words, approval=round.approval)
    planned = _planned(unit, record)
    if planned is not None:
        start, end = planned
        words = "planned until {at:moment}", "planned until {at:moment}"
        yield due(start, "planned for {at:moment}", "") if start > unit.now else due(end, *words)


def _planned(unit: UnitOfWork, record: ItemRecord) -> tuple[datetime, datetime] | None:
    """The time of an item for which its state counts; windows and recurring items are not the work of a moment."""
    item_type = unit.item_type(record)
    entry = None if item_type is None else item_type.calendar
    if entry is None or entry.window or record.state not in entry.states:
        return None
    if entry.rrule is not None and record.fields.get(entry.rrule):
        return None
    return first_time(entry, record.fields, unit.workspace(record.workspace).calendar.zone)
