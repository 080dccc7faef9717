"""The timers of an item, read, as people see them."""

from __future__ import annotations

from dataclasses import dataclass

from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.timers import readings
from placet.engine.timers.readings import Reading, Stretch


@dataclass(frozen=True, slots=True)
class TimerView:
    """A timer of an item, read at a moment."""

    item: ItemRecord
    timer: str
    title: str
    reading: Reading
    #: The sum line by line; empty where it was not asked for.
    explanation: tuple[Stretch, ...] = ()


def timer_views(
    unit: UnitOfWork, record: ItemRecord, *, explain: bool = False, only: str | None = None
) -> tuple[TimerView, ...]:
    """The timers of an item, read at the act's moment; `explain` adds the sum line by line."""
    if not record.timers:
        return ()
    item_type = unit.item_type(record)
    titles = {} if item_type is None else {timer.id: timer.title for timer in item_type.timers}
    calendars = unit.workspace(record.workspace).timetable
    return tuple(
        TimerView(
            item=record,
            timer=id,
            title=titles.get(id, id),
            reading=readings.read(timer, calendars, unit.now),
            explanation=tuple(readings.explained(timer, calendars, unit.now)) if explain else (),
        )
        for id, timer in sorted(record.timers.items())
        if only in {None, id}
    )
