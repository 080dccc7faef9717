"""Whom a timer notifies at a point: once for all that it has passed while nobody fired it.

The consequences of points are made one by one, however late. Notifications are not: of a point that a later one has
overtaken, nobody needs to hear by itself. So the last point that was passed notifies the people of all of them, with
how often the timer was due meanwhile and when it is due next. A point that moves the item notifies by itself, since
nobody knows what the timer passes after the move.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from placet.definitions.timers import Threshold, Timer
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord, Overtaken, TimerRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.timers import readings
from placet.engine.timers.marks import repeated
from placet.engine.timers.schedules import points


def notifying_now(
    unit: UnitOfWork, record: ItemRecord, timer: Timer, timer_record: TimerRecord, names: tuple[str, ...]
) -> tuple[TimerRecord, dict[str, Any]]:
    """A timer that notifies people now, with members for the event.

    Args:
        unit: the act.
        record: the item.
        timer: its definition.
        timer_record: the timer after the point.
        names: the roles and people whom the point itself notifies.
    """
    over = timer_record.overtaken
    if over is None:
        return timer_record, {"notifies": list(names)}
    done = replace(timer_record, overtaken=None)
    members: dict[str, Any] = {"notifies": list(dict.fromkeys((*over.notifies, *names)))}
    if over.turns:
        due = readings.read(done, unit.workspace(record.workspace).timetable, unit.now).due_at
        reached = due is not None and due <= unit.now
        following = _next_due(unit, record, timer, done) if reached else due
        members |= {"times_due": over.turns + reached, "next_due": following}
    return done, members


def notifying_later(timer_record: TimerRecord, names: tuple[str, ...]) -> tuple[TimerRecord, dict[str, Any]]:
    """A timer that leaves it to a later point to notify people, with members for the event."""
    over = timer_record.overtaken or Overtaken()
    kept = replace(over, notifies=tuple(dict.fromkeys((*over.notifies, *names))))
    return replace(timer_record, overtaken=kept), {"notifies": [], "overtaken": True}


def is_overtaken(unit: UnitOfWork, record: ItemRecord, timer: Timer, timer_record: TimerRecord) -> bool:
    """Whether a timer has passed a further threshold by now, in this turn or in the next."""
    calendars = unit.workspace(record.workspace).timetable
    passed = [each for each in points(timer, timer_record, calendars, unit.now) if each[0] <= unit.now]
    if not passed:
        return False
    moment, threshold = passed[0]
    if threshold is not None:
        return True
    try:
        following = readings.marked(timer_record, repeated(unit, record, timer, moment))
    except BlockedError:
        # Better one notification too many than a threshold that nobody hears of.
        return False
    return any(
        at <= unit.now for at, each in points(timer, following, calendars, unit.now) if each is not None
    )


def outstanding(
    unit: UnitOfWork, record: ItemRecord, timer: Timer
) -> tuple[TimerRecord, dict[str, Any]] | None:
    """The notification that is still due where a point's effects took away the later one that was to make it."""
    timer_record = record.timers[timer.id]
    if timer_record.overtaken is None:
        return None
    reading = readings.read(timer_record, unit.workspace(record.workspace).timetable, unit.now)
    point = timer_record.fired[-1] if timer_record.fired else Threshold(percent=100).label
    done, members = notifying_now(unit, record, timer, timer_record, ())
    return done, {"point": point, "due_at": reading.due_at, **members}


def _next_due(unit: UnitOfWork, record: ItemRecord, timer: Timer, timer_record: TimerRecord) -> Any:
    """When a timer that is due now is due again; `None` where it is not, or nobody knows."""
    if timer.repeats != 0 and timer_record.turns + 1 >= timer.repeats:
        return None
    calendars = unit.workspace(record.workspace).timetable
    due = readings.read(timer_record, calendars, unit.now).due_at
    if due is None:
        return None
    try:
        following = readings.marked(timer_record, repeated(unit, record, timer, due))
    except BlockedError:
        return None
    return readings.read(following, calendars, unit.now).due_at
