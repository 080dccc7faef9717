"""Ends of what people are asked for: reminders, and what expires because nobody answered in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.definitions.roles import SYSTEM
from placet.engine.act.questions import AskStatus
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.asks import ended, standing, with_ask
from placet.engine.approvals.confirming import with_confirmation
from placet.engine.approvals.rounds import with_round
from placet.engine.items.writer import ItemWriter
from placet.engine.timers.schedules import next_of, next_of_ask, next_of_round


def end_approval(unit: UnitOfWork, record: ItemRecord, name: str) -> None:
    """Remind the people whose vote is missing, or expire an approval: not decided in time, or not used in time."""
    round = record.round(name)
    moment = None if round is None else next_of_round(round, record)
    if round is None or moment is None or moment > unit.now:
        return
    if round.expires_at is None or round.expires_at > unit.now:
        reminded = with_round(record, replace(round, reminds_at=None))
        about = {"approval": name, "round": round.round}
        append(unit, reminded, "approval_reminded", SYSTEM, about, content=False)
        return
    after = with_round(record, replace(round, status=ApprovalStatus.EXPIRED))
    data = {
        "approval": name,
        "round": round.round,
        "from_status": round.status.value,
        "expires_at": round.expires_at,
    }
    append(unit, after, "approval_expired", SYSTEM, data)


def end_waiver(unit: UnitOfWork, record: ItemRecord, id: str) -> None:
    """Expire a waiver: it no longer opens its gate, and is to be reviewed."""
    waiver = next((w for w in record.waivers if w.id == id), None)
    if waiver is None or waiver.ended or waiver.expires_at > unit.now or waiver.granted is False:
        return
    ended = replace(waiver, ended=True)
    after = replace(record, waivers=tuple(ended if w.id == id else w for w in record.waivers))
    data = {"id": id, "gate": waiver.gate, "granted": waiver.granted, "expires_at": waiver.expires_at}
    append(unit, after, "waiver_expired", SYSTEM, {"waiver": data})


def end_confirmation(unit: UnitOfWork, record: ItemRecord, id: str, person: str) -> None:
    """Remind a person of what they are asked to confirm, or record that the time for it is over."""
    known = record.confirmation(id, person)
    moment = next_of(known) if known is not None else None
    if known is None or moment is None or moment > unit.now:
        return
    data: dict[str, Any] = {"confirmation": id, "person": person}
    if known.status_at(unit.now) is not ConfirmationStatus.EXPIRED:
        reminded = with_confirmation(record, replace(known, reminds_at=None))
        append(unit, reminded, "confirmation_reminded", SYSTEM, data, content=False)
        return
    ended = replace(known, status=ConfirmationStatus.EXPIRED)
    after = ItemWriter(unit).settled(with_confirmation(record, ended))
    data |= {"from_status": known.status.value, "expires_at": known.expires_at}
    append(unit, after, "confirmation_expired", SYSTEM, data | {"changes": changed_fields(record, after)})


def end_ask(unit: UnitOfWork, record: ItemRecord, check: str, person: str) -> None:
    """Remind a person of the check that they are asked to clear, or record that it is cleared, or was not in time.

    The end is heard of by who asked, and by everybody else who can clear it.
    """
    asked = record.ask(check, person)
    if asked is None or asked.status is not AskStatus.PENDING or next_of_ask(asked) > unit.now:
        return
    stopped = list(standing(unit, record, asked.asked_by, check))
    if not stopped:
        ended(unit, record, asked, AskStatus.CLEARED, SYSTEM)
    elif asked.expires_at > unit.now:
        reminded = with_ask(record, replace(asked, reminds_at=None))
        about = {"check": check, "person": person}
        append(unit, reminded, "ask_reminded", SYSTEM, about, content=False)
    else:
        # Where a check names nobody, those can do something who can make the transition that it stops.
        able = list(dict.fromkeys(who for move, blocker in stopped for who in blocker.who or move.roles))
        ended(unit, record, asked, AskStatus.EXPIRED, SYSTEM, expires_at=asked.expires_at, notifies=able)
