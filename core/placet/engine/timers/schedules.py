"""What falls due on an item, as it is stored to be searched: its timers in lists, and when to look at it.

It follows from the item, its timers' definitions, and the calendars; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from placet.definitions.context import ApprovalStatus
from placet.definitions.items import ItemType
from placet.definitions.timers import Threshold, Timer
from placet.engine.act.records import ApprovalRound, ItemRecord, Schedule, TimerRecord, TimerRow
from placet.engine.timers import readings
from placet.engine.timers.readings import Calendars, Course

_FINAL = frozenset({"done", "cancelled"})

TIMER, APPROVAL, WAIVER = "timer", "approval", "waiver"

#: A timer as lists show it, and when it has to be looked at.
_Demand = tuple[TimerRow, datetime | None]


def schedule(record: ItemRecord, item_type: ItemType | None, calendars: Calendars, at: datetime) -> Schedule:
    """What an item demands, as it stands at a moment."""
    return _schedule(record, item_type, calendars, at, {})


def rescheduled(
    old: ItemRecord | None, new: ItemRecord, item_type: ItemType | None, calendars: Calendars, at: datetime
) -> Schedule | None:
    """What an item demands after a change; `None` where it is what it demanded before."""
    if old is not None and _demands(old) == _demands(new):
        return None
    read: dict[int, _Demand] = {}
    before = Schedule() if old is None else _schedule(old, item_type, calendars, at, read)
    after = _schedule(new, item_type, calendars, at, read)
    return None if after == before else after


def _demands(record: ItemRecord) -> tuple[object, ...]:
    """All of an item that its schedule follows from."""
    return record.timers, record.approvals, record.waivers, record.state if record.approvals else ""


def _schedule(
    record: ItemRecord,
    item_type: ItemType | None,
    calendars: Calendars,
    at: datetime,
    read: dict[int, _Demand],
) -> Schedule:
    """A schedule; a timer that stands in several records of an item is read once for all of them."""
    timers = {} if item_type is None else {timer.id: timer for timer in item_type.timers}
    rows, dues = [], [*_ends(record)]
    for timer, timer_record in record.timers.items():
        demand = read.get(id(timer_record))
        if demand is None:
            demand = read[id(timer_record)] = _demanded(timer, timers.get(timer), timer_record, calendars, at)
        rows.append(demand[0])
        if demand[1] is not None:
            dues.append((f"{TIMER}:{timer}", demand[1]))
    return Schedule(tuple(rows), tuple(dues))


def _demanded(
    id: str, timer: Timer | None, timer_record: TimerRecord, calendars: Calendars, at: datetime
) -> _Demand:
    course = readings.course(timer_record, calendars)
    reading = course.read(at)
    spent = None if reading.stopped_at is None else reading.elapsed
    row = TimerRow(id, reading.status.value, reading.due_at, spent)
    if timer is None:
        return row, None
    moments = [] if timer_record.due_transition is None else [timer_record.due_transition.since]
    moments += [moment for moment, _ in _points(timer, timer_record, course, reading.due_at, at)]
    return row, min(moments, default=None)


def _ends(record: ItemRecord) -> Iterator[tuple[str, datetime]]:
    """Approvals and waivers whose end nobody has recorded yet."""
    for round in record.approvals:
        if round.expires_at is not None and lapses(round, record):
            yield f"{APPROVAL}:{round.approval}", round.expires_at
    for waiver in record.waivers:
        if not waiver.ended and waiver.granted is not False:
            yield f"{WAIVER}:{waiver.id}", waiver.expires_at


def lapses(round: ApprovalRound, record: ItemRecord) -> bool:
    """Whether the end of a round is worth a record: it still waits, or was granted and has not been made use of.

    An item that has left the state in which it was asked has been let through by it, or waits for it no more.
    """
    return round.status is ApprovalStatus.PENDING or (
        round.status is ApprovalStatus.GRANTED and round.state == record.state
    )


def points(
    timer: Timer, timer_record: TimerRecord, calendars: Calendars, at: datetime
) -> list[tuple[datetime, Threshold | None]]:
    """The points of a timer that are still to come or to be acted on, in order; `None` where it begins again."""
    course = readings.course(timer_record, calendars)
    # What happens when it is due comes before it begins again.
    return sorted(
        _points(timer, timer_record, course, course.read(at).due_at, at),
        key=lambda point: (point[0], point[1] is None),
    )


def _points(
    timer: Timer, timer_record: TimerRecord, course: Course, due: datetime | None, at: datetime
) -> Iterator[tuple[datetime, Threshold | None]]:
    if not timer_record.running or timer_record.paused:
        return
    for threshold in timer.thresholds:
        if threshold.label not in timer_record.fired:
            moment = course.moment_of(threshold, at)
            if moment is not None:
                yield moment, threshold
    if (
        due is not None
        and timer.repeats != 1
        and (timer.repeats == 0 or timer_record.turns + 1 < timer.repeats)
    ):
        yield due, None
