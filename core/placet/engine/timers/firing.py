"""Firing: acts without a person, where timers reach a threshold and decisions expire or are reminded of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from placet.definitions.document import plain
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import Threshold, Timer
from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import ref_of
from placet.engine.act.recorder import append
from placet.engine.act.records import DuePoint, ItemRecord, ItemRef, Postponement, TimerRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.timers import readings
from placet.engine.timers.consequences import (
    Attempt,
    applies,
    attempt,
    blocked_by,
    drop_point,
    record_refusal,
    with_point,
)
from placet.engine.timers.due import Due
from placet.engine.timers.endings import end_approval, end_ask, end_confirmation, end_waiver
from placet.engine.timers.marks import mark_data, repeated
from placet.engine.timers.notifying import is_overtaken, notifying_later, notifying_now, outstanding
from placet.engine.timers.schedules import LONGEST_RETRY, TIMER, points

#: Refused or failed work is tried again after this time, which doubles with each attempt, up to a day.
_FIRST_RETRY = timedelta(minutes=15)
#: Thresholds of one timer that fire in one transaction; after a long standstill there may be many.
_POINTS = 20


def fire_on_item(unit: UnitOfWork, due: Due) -> None:
    """Do due work on an item, if it is still due."""
    kind, _, name = due.subject.partition(":")
    record = unit.own(ItemRef(due.workspace, due.number))
    match kind:
        case "timer":
            _fire_timer(unit, record, name, due.at)
            return
        case "approval":
            end_approval(unit, record, name)
        case "confirmation":
            end_confirmation(unit, record, *name.split(":", 1))
        case "ask":
            end_ask(unit, record, *name.split(":", 1))
        case _:
            end_waiver(unit, record, name)
    _write(unit, record)


def _fire_timer(unit: UnitOfWork, record: ItemRecord, id: str, was: datetime) -> None:
    item_type, timer_record = unit.item_type(record), record.timers.get(id)
    timer = None if item_type is None else next((t for t in item_type.timers if t.id == id), None)
    ref, subject = ref_of(record), f"{TIMER}:{id}"
    if timer is None or timer_record is None:
        # Its method is switched off, or no longer defines the timer.
        tries = unit.session.timers.tries(ref, subject)
        unit.postpone(Postponement(ref, subject, tries, was, unit.now + LONGEST_RETRY))
        unit.write()
        return
    later: dict[str, DuePoint] = {}
    if not _retry(unit, ref, timer, later):
        _act_on_points(unit, ref, timer)
    _settle(unit, ref, timer, later, was)


def _retry(unit: UnitOfWork, ref: ItemRef, timer: Timer, later: dict[str, DuePoint]) -> bool:
    """Try again what was refused; returns whether the item moved. `later` gets what was refused as before."""
    for due in unit.own(ref).timers[timer.id].due_points:
        threshold = timer.threshold(due.point)
        if due.since > unit.now or threshold is None:
            continue
        refusal, effects_ran = _tried_again(unit, ref, timer, threshold, due)
        if refusal is None:
            if threshold.fires is not None:
                return True
            # Its effects may have changed nothing, and the change of the timer needs an event.
            record = with_point(unit.own(ref), timer, due.point, None)
            _keep(unit, record, timer, record.timers[timer.id], {"point": due.point, "notifies": []})
            continue
        again = _again(unit, ref, timer, due, refusal, effects_ran=effects_ran)
        if (again.refused_by, again.effects_ran) == (due.refused_by, due.effects_ran):
            later[due.point] = again
        else:
            # A refusal is recorded once: the same one again and again would fill the history.
            record = with_point(unit.own(ref), timer, due.point, again)
            record_refusal(unit, record, timer, threshold, refusal)
    return False


def _tried_again(
    unit: UnitOfWork, ref: ItemRef, timer: Timer, threshold: Threshold, due: DuePoint
) -> tuple[BlockedError | None, bool]:
    kept = unit.savepoint()
    try:
        record = unit.own(ref)
        if not applies(unit, record, timer, threshold):
            # It may apply again; a change of the item that ends it drops it for good.
            titles = unit.titles(record.workspace, record.type)
            return BlockedError(ref.key, threshold.fires or "", [], wording=titles), due.effects_ran
    except BlockedError as failure:
        return failure, due.effects_ran
    drop_point(unit, ref, timer, due.point)
    made = attempt(unit, ref, timer, threshold, effects_ran=due.effects_ran)
    if made.refusal is not None and made.effects_ran == due.effects_ran:
        unit.back_to(kept)
    return made.refusal, made.effects_ran


def _again(
    unit: UnitOfWork, ref: ItemRef, timer: Timer, due: DuePoint, refusal: BlockedError, *, effects_ran: bool
) -> DuePoint:
    """The refused part of a threshold, with the moment of the next attempt."""
    tries = due.tries + unit.session.timers.tries(ref, f"{TIMER}:{timer.id}")
    by = blocked_by(refusal) if refusal.blockers else due.refused_by
    return DuePoint(due.point, unit.now + pause(tries), by, tries + 1, effects_ran)


def _settle(unit: UnitOfWork, ref: ItemRef, timer: Timer, later: dict[str, DuePoint], was: datetime) -> None:
    """Write what was done. Where that is nothing, the timer is due again at its next point or attempt."""
    record = unit.own(ref)
    still = {due.point for due in record.timers[timer.id].due_points}
    for point in still & later.keys() if unit.events else ():
        record = with_point(record, timer, point, later[point])
    if unit.events:
        unit.put(record)
    elif later:
        calendars = unit.workspace(ref.workspace).timetable
        waiting = [
            due for due in record.timers[timer.id].due_points if timer.threshold(due.point) is not None
        ]
        moments = [later.get(due.point, due).since for due in waiting]
        moments += [moment for moment, _ in points(timer, record.timers[timer.id], calendars, unit.now)]
        subject = f"{TIMER}:{timer.id}"
        tries = unit.session.timers.tries(ref, subject)
        unit.postpone(Postponement(ref, subject, tries, was, min(moments)))
        unit.write()
        return
    _write(unit, record)


def _act_on_points(unit: UnitOfWork, ref: ItemRef, timer: Timer) -> None:
    """Fire the thresholds that a timer has reached, in order, until one of them moves the item."""
    calendars = unit.workspace(ref.workspace).timetable
    for _ in range(_POINTS):
        record = unit.own(ref)
        timer_record = record.timers[timer.id]
        passed = [point for point in points(timer, timer_record, calendars, unit.now) if point[0] <= unit.now]
        if not passed:
            word = outstanding(unit, record, timer)
            if word is not None:
                _keep(unit, record, timer, *word)
            return
        moment, threshold = passed[0]
        if threshold is None:
            mark = repeated(unit, record, timer, moment)
            marks = [mark_data(timer.id, mark)]
            data = {"point": "repeat", "due_at": moment, "timers": marks}
            _keep(unit, record, timer, readings.marked(timer_record, mark), data)
        elif _pass(unit, record, timer, threshold):
            return


def _pass(unit: UnitOfWork, record: ItemRecord, timer: Timer, threshold: Threshold) -> bool:
    """Fire one threshold of a timer: record it, run its effects, make its transition; returns whether that moved it."""
    timer_record, ref = record.timers[timer.id], ref_of(record)
    reading = readings.read(timer_record, unit.workspace(record.workspace).timetable, unit.now)
    failure: BlockedError | None = None
    try:
        acts = applies(unit, record, timer, threshold)
    except BlockedError as failed:
        # Better one notification too many than a threshold that nobody hears of.
        acts, failure = True, failed
    names = tuple(threshold.notifies) if acts else ()
    passed = replace(timer_record, fired=(*timer_record.fired, threshold.label))
    moves = acts and threshold.fires is not None
    if not moves and is_overtaken(unit, record, timer, passed):
        passed, members = notifying_later(passed, names)
    else:
        passed, members = notifying_now(unit, record, timer, passed, names)
    data = {
        "point": threshold.label,
        "due_at": reading.due_at,
        "elapsed": plain(reading.elapsed),
        **members,
    }
    _keep(unit, record, timer, passed, data)
    if not acts:
        return False
    made = attempt(unit, ref, timer, threshold) if failure is None else Attempt(failure, effects_ran=False)
    if made.refusal is None:
        return threshold.fires is not None
    due = DuePoint(
        threshold.label, unit.now + pause(0), blocked_by(made.refusal), 1, effects_ran=made.effects_ran
    )
    record_refusal(
        unit, with_point(unit.own(ref), timer, threshold.label, due), timer, threshold, made.refusal
    )
    return False


def _write(unit: UnitOfWork, record: ItemRecord) -> None:
    """Write the result. Where nothing was to be done, the stored schedule came from former calendars or rules."""
    if not unit.events:
        unit.reschedule(record)
    unit.write()


def pause(tries: int) -> timedelta:
    """The time until the next attempt, after so many refusals or failures."""
    return min(_FIRST_RETRY * (1 << min(tries, 10)), LONGEST_RETRY)


def _keep(
    unit: UnitOfWork, record: ItemRecord, timer: Timer, timer_record: TimerRecord, data: dict[str, Any]
) -> ItemRecord:
    """Store a timer with its event. No field changes, so that the item's version stays."""
    changed = replace(record, timers={**record.timers, timer.id: timer_record})
    return append(unit, changed, "timer", SYSTEM, {"timer": timer.id, **data}, content=False)[0]
