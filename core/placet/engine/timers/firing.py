"""Firing: acts without a person, where timers reach a threshold and decisions expire or are reminded of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.definitions.document import method_of, plain
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import Threshold, Timer
from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import ref_of
from placet.engine.act.messages import time_is_up
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import DueTransition, ItemRecord, ItemRef, Mark, Postponement, TimerRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.confirming import with_confirmation
from placet.engine.approvals.rounds import with_round
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.context import Context
from placet.engine.rules.grounds import blocker_data
from placet.engine.timers import readings
from placet.engine.timers.due import Due
from placet.engine.timers.marks import holds, mark_data
from placet.engine.timers.schedules import TIMER, lapses, next_of, points

#: Refused or failed work is tried again after this time, which doubles with each attempt, up to a day.
_FIRST_RETRY = timedelta(minutes=15)
_LONGEST_RETRY = timedelta(days=1)
#: Thresholds of one timer that fire in one transaction; after a long standstill there may be many.
_POINTS = 20


def fire_on_item(work: UnitOfWork, due: Due) -> None:
    """Do due work on an item, if it is still due."""
    kind, _, name = due.subject.partition(":")
    record = work.own(ItemRef(due.workspace, due.number))
    match kind:
        case "timer":
            _fire_timer(work, record, name, due.at)
            return
        case "approval":
            _end_approval(work, record, name)
        case "confirmation":
            _end_confirmation(work, record, *name.split(":", 1))
        case _:
            _end_waiver(work, record, name)
    _write(work, record)


def _fire_timer(work: UnitOfWork, record: ItemRecord, id: str, was: datetime) -> None:
    item_type, timer_record = work.item_type(record), record.timers.get(id)
    timer = None if item_type is None else next((t for t in item_type.timers if t.id == id), None)
    ref, subject = ref_of(record), f"{TIMER}:{id}"
    if timer is None or timer_record is None:
        # Its method is switched off, or no longer defines the timer.
        tries = work.session.timers.tries(ref, subject)
        work.postpone(Postponement(ref, subject, tries, was, work.now + _LONGEST_RETRY))
        work.write()
    elif timer_record.due_transition is not None and timer_record.due_transition.since <= work.now:
        _make_transition(work, record, timer, timer_record.due_transition, was)
        work.write()
    else:
        _act_on_points(work, record, timer, was)
        _write(work, record)


def _act_on_points(work: UnitOfWork, record: ItemRecord, timer: Timer, was: datetime) -> None:
    """Fire the thresholds that a timer has reached, in order, until one of them moves the item."""
    calendars = work.workspace(record.workspace).timetable
    for _ in range(_POINTS):
        timer_record = record.timers[timer.id]
        passed = [point for point in points(timer, timer_record, calendars, work.now) if point[0] <= work.now]
        if not passed:
            return
        moment, threshold = passed[0]
        if threshold is None:
            mark = Mark(moment, "repeat", timer.id, timer_record.target)
            marks = [mark_data(timer.id, mark)]
            data = {"timer": timer.id, "point": "repeat", "due_at": moment, "timers": marks}
            _keep(work, record, timer, readings.marked(timer_record, mark), data)
        else:
            _pass(work, record, timer, threshold, was)
            if threshold.fires is not None:
                return
        record = work.own(ref_of(record))


def _pass(work: UnitOfWork, record: ItemRecord, timer: Timer, threshold: Threshold, was: datetime) -> None:
    """Fire one threshold of a timer: record it, run its effects, make its transition."""
    timer_record = record.timers[timer.id]
    reading = readings.read(timer_record, work.workspace(record.workspace).timetable, work.now)
    ctx = Context(work, record, SYSTEM)
    ctx.speaks_for(method_of(timer.id))
    acts = threshold.when is None or work.plugins.call(timer.id, ctx, partial(holds, threshold.when))
    due_transition = None if threshold.fires is None or not acts else DueTransition(threshold.fires, work.now)
    data = {
        "timer": timer.id,
        "point": threshold.label,
        "due_at": reading.due_at,
        "elapsed": plain(reading.elapsed),
        "notifies": list(threshold.notifies) if acts else [],
    }
    timer_record = replace(
        timer_record,
        fired=(*timer_record.fired, threshold.label),
        due_transition=due_transition or timer_record.due_transition,
    )
    record = _keep(work, record, timer, timer_record, data)
    if acts:
        ItemWriter(work).run_effects(ref_of(record), threshold.effects, timer.id)
    if due_transition is not None:
        _make_transition(work, work.own(ref_of(record)), timer, due_transition, was)


def _make_transition(
    work: UnitOfWork, record: ItemRecord, timer: Timer, due_transition: DueTransition, was: datetime
) -> None:
    """Make the transition of a threshold, or remember that it is still to be made."""
    ref, kept = ref_of(record), work.checkpoint()
    made = replace(record.timers[timer.id], due_transition=None)
    work.put(replace(record, timers={**record.timers, timer.id: made}))
    try:
        comment = time_is_up(timer.title)
        ItemWriter(work).move(
            ref, due_transition.transition, {}, comment, SYSTEM, caused_by=timer.id, kept=False
        )
    except BlockedError as refusal:
        work.back_to(kept)
        _refused(work, work.own(ref), timer, due_transition, refusal, was)


def _refused(
    work: UnitOfWork,
    record: ItemRecord,
    timer: Timer,
    due_transition: DueTransition,
    refusal: BlockedError,
    was: datetime,
) -> None:
    subject = f"{TIMER}:{timer.id}"
    tries = work.session.timers.tries(ref_of(record), subject)
    until = work.now + pause(tries)
    by = tuple(sorted({f"{blocker.gate}/{blocker.check}" for blocker in refusal.blockers}))
    timer_record = replace(
        record.timers[timer.id], due_transition=replace(due_transition, refused_by=by, since=until)
    )
    changed = replace(record, timers={**record.timers, timer.id: timer_record})
    # A refusal is recorded once: the same one again and again would fill the history.
    if by != due_transition.refused_by and work.workspace(record.workspace).record_refusals:
        data = {
            "transition": due_transition.transition,
            "from_state": record.state,
            "caused_by": timer.id,
            "blockers": [blocker_data(b) for b in (*refusal.blockers, *refusal.observed)],
        }
        append(work, changed, "refused", SYSTEM, data, content=False)
    elif work.events:
        work.put(changed)
    else:
        work.postpone(Postponement(ref_of(record), subject, tries, was, until))


def _write(work: UnitOfWork, record: ItemRecord) -> None:
    """Write the result. Where nothing was to be done, the stored schedule came from former calendars or rules."""
    if not work.events:
        work.reschedule(record)
    work.write()


def pause(tries: int) -> timedelta:
    """The time until the next attempt, after so many refusals or failures."""
    return min(_FIRST_RETRY * (1 << min(tries, 10)), _LONGEST_RETRY)


def _keep(
    work: UnitOfWork, record: ItemRecord, timer: Timer, timer_record: TimerRecord, data: dict[str, Any]
) -> ItemRecord:
    """Store a timer with its event. No field changes, so that the item's version stays."""
    changed = replace(record, timers={**record.timers, timer.id: timer_record})
    return append(work, changed, "timer", SYSTEM, data, content=False)[0]


def _end_approval(work: UnitOfWork, record: ItemRecord, name: str) -> None:
    """Expire an approval: nobody decided in time, or the decision was not used in time."""
    round = record.round(name)
    if round is None or round.expires_at is None or round.expires_at > work.now:
        return
    if not lapses(round, record):
        return
    after = with_round(record, replace(round, status=ApprovalStatus.EXPIRED))
    data = {
        "approval": name,
        "round": round.round,
        "from_status": round.status.value,
        "expires_at": round.expires_at,
    }
    append(work, after, "approval_expired", SYSTEM, data)


def _end_waiver(work: UnitOfWork, record: ItemRecord, id: str) -> None:
    """Expire a waiver: it no longer opens its gate, and is to be reviewed."""
    waiver = next((w for w in record.waivers if w.id == id), None)
    if waiver is None or waiver.ended or waiver.expires_at > work.now or waiver.granted is False:
        return
    ended = replace(waiver, ended=True)
    after = replace(record, waivers=tuple(ended if w.id == id else w for w in record.waivers))
    data = {"id": id, "gate": waiver.gate, "granted": waiver.granted, "expires_at": waiver.expires_at}
    append(work, after, "waiver_expired", SYSTEM, {"waiver": data})


def _end_confirmation(work: UnitOfWork, record: ItemRecord, id: str, person: str) -> None:
    """Remind a person of what they are asked to confirm, or record that the time for it is over."""
    known = record.confirmation(id, person)
    moment = next_of(known) if known is not None else None
    if known is None or moment is None or moment > work.now:
        return
    data: dict[str, Any] = {"confirmation": id, "person": person}
    if known.status_at(work.now) is not ConfirmationStatus.EXPIRED:
        reminded = with_confirmation(record, replace(known, reminds_at=None))
        append(work, reminded, "confirmation_reminded", SYSTEM, data, content=False)
        return
    ended = replace(known, status=ConfirmationStatus.EXPIRED)
    after = ItemWriter(work).settled(with_confirmation(record, ended))
    data |= {"from_status": known.status.value, "expires_at": known.expires_at}
    append(work, after, "confirmation_expired", SYSTEM, data | {"changes": changed_fields(record, after)})
