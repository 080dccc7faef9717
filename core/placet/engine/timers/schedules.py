"""Schedules: the due work of an item, stored so that it can be searched: its timers in lists, and when to act on it.

A schedule follows from the item, its timers' definitions and the calendars; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.definitions.items import ItemType
from placet.definitions.timers import Threshold, Timer
from placet.engine.act.questions import AskRecord, AskStatus, ConfirmationRecord
from placet.engine.act.records import (
    ApprovalRound,
    ItemRecord,
    Schedule,
    TimerRecord,
    TimerRow,
)
from placet.engine.timers import readings
from placet.engine.timers.readings import Calendars, Course

#: For no longer than this is due work postponed at a time.
LONGEST_RETRY = timedelta(days=1)

TIMER, APPROVAL, WAIVER, CONFIRMATION, ASK = "timer", "approval", "waiver", "confirmation", "ask"

#: A timer as lists show it, and when the engine has to act on it.
_Scheduled = tuple[TimerRow, datetime | None]


def schedule(record: ItemRecord, item_type: ItemType | None, calendars: Calendars, at: datetime) -> Schedule:
    """The schedule of an item at a moment."""
    return _schedule(record, item_type, calendars, at, {})


def rescheduled(
    old: ItemRecord | None, new: ItemRecord, item_type: ItemType | None, calendars: Calendars, at: datetime
) -> Schedule | None:
    """The schedule of an item after a change; `None` where it is the same as before.

    Where a timer has changed, it counts as another one: working out the former one to compare them costs more
    than writing.
    """
    if old is not None and _basis(old) == _basis(new):
        return None
    read: dict[int, _Scheduled] = {}
    after = _schedule(new, item_type, calendars, at, read)
    if old is None:
        return None if after == Schedule() else after
    same = old.timers == new.timers and _schedule(old, item_type, calendars, at, read) == after
    return None if same else after


def _basis(record: ItemRecord) -> tuple[object, ...]:
    """The parts of an item from which its schedule follows."""
    state = record.state if record.approvals else ""
    return record.timers, record.approvals, record.waivers, record.confirmations, record.asks, state


def _schedule(
    record: ItemRecord,
    item_type: ItemType | None,
    calendars: Calendars,
    at: datetime,
    read: dict[int, _Scheduled],
) -> Schedule:
    """A schedule; a timer that is part of several records of an item is read once for all of them."""
    timers = {} if item_type is None else {timer.id: timer for timer in item_type.timers}
    rows, dues = [], [*ends(record)]
    for timer, timer_record in record.timers.items():
        scheduled = read.get(id(timer_record))
        if scheduled is None:
            scheduled = read[id(timer_record)] = _scheduled(
                timer, timers.get(timer), timer_record, calendars, at
            )
        rows.append(scheduled[0])
        if scheduled[1] is not None:
            dues.append((f"{TIMER}:{timer}", scheduled[1]))
    return Schedule(tuple(rows), tuple(dues))


def _scheduled(
    id: str, timer: Timer | None, timer_record: TimerRecord, calendars: Calendars, at: datetime
) -> _Scheduled:
    course = readings.course(timer_record, calendars)
    reading = course.read(at)
    spent = None if reading.stopped_at is None else reading.elapsed
    row = TimerRow(id, reading.status.value, reading.due_at, spent)
    if timer is None:
        return row, None
    # A threshold that the rules no longer have is not tried again.
    moments = [due.since for due in timer_record.due_points if timer.threshold(due.point) is not None]
    moments += [moment for moment, _ in _points(timer, timer_record, course, reading.due_at, at)]
    return row, min(moments, default=None)


def ends(record: ItemRecord) -> Iterator[tuple[str, datetime]]:
    """Requests to people whose end is not recorded yet, and people who are to be reminded."""
    for round in record.approvals:
        moment = next_of_round(round, record)
        if moment is not None:
            yield f"{APPROVAL}:{round.approval}", moment
    for waiver in record.waivers:
        if not waiver.ended and waiver.granted is not False:
            yield f"{WAIVER}:{waiver.id}", waiver.expires_at
    for each in record.confirmations:
        moment = next_of(each)
        if moment is not None:
            yield f"{CONFIRMATION}:{each.confirmation}:{each.actor}", moment
    for asked in record.asks:
        if asked.status is AskStatus.PENDING:
            yield f"{ASK}:{asked.check}:{asked.actor}", next_of_ask(asked)


def next_of(confirmation: ConfirmationRecord) -> datetime | None:
    """When a person is to be reminded, or a confirmation ends, whichever is first; `None` where neither is due."""
    match confirmation.status:
        case ConfirmationStatus.PENDING:
            moments = [confirmation.reminds_at, confirmation.expires_at]
        case ConfirmationStatus.CONFIRMED:
            moments = [confirmation.expires_at]
        case _:
            moments = []
    return min((moment for moment in moments if moment is not None), default=None)


def next_of_ask(asked: AskRecord) -> datetime:
    """When a person is to be reminded of a request, or it ends, whichever is first."""
    return asked.expires_at if asked.reminds_at is None else min(asked.reminds_at, asked.expires_at)


def next_of_round(round: ApprovalRound, record: ItemRecord) -> datetime | None:
    """When voters are to be reminded, or a round expires, whichever is first; `None` where neither is due."""
    if not lapses(round, record):
        return None
    reminder = round.reminds_at if round.status is ApprovalStatus.PENDING else None
    return min((moment for moment in (reminder, round.expires_at) if moment is not None), default=None)


def lapses(round: ApprovalRound, record: ItemRecord) -> bool:
    """Whether the expiry of a round is recorded: it is still pending, or was granted and has not been used.

    An item that has left the state in which the round was opened has used it, or no longer needs it.
    """
    return round.status is ApprovalStatus.PENDING or (
        round.status is ApprovalStatus.GRANTED and round.state == record.state
    )


def points(
    timer: Timer, timer_record: TimerRecord, calendars: Calendars, at: datetime
) -> list[tuple[datetime, Threshold | None]]:
    """The thresholds of a timer that are still to fire, in order; `None` stands for its next repetition."""
    course = readings.course(timer_record, calendars)
    # The thresholds at its due moment fire before it begins again.
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
