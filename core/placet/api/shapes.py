"""How the house's values look in JSON: plain dictionaries, written once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import orjson

from placet.definitions.calendar import Timetable, calendar_document
from placet.definitions.document import method_of, plain
from placet.definitions.notices import Notice
from placet.definitions.verdicts import Blocker
from placet.engine.act.deliveries import Delivery, Webhook
from placet.engine.act.event_document import event_document
from placet.engine.act.notices import NotificationRecord
from placet.engine.act.people import Actor, Delegation, Token, WorkspaceRecord
from placet.engine.act.queries import ChannelState
from placet.engine.act.records import EventRecord, EventText, Evidence, ItemRecord, Waiver
from placet.engine.approvals.views import ApprovalView
from placet.engine.engine import Engine
from placet.engine.items.agenda import AgendaEntry
from placet.engine.items.links import LinkEnd
from placet.engine.moved import Moved
from placet.engine.notifications.preferences import ChosenPreferences
from placet.engine.notifications.verbs import Rule
from placet.engine.reports.details import ItemDetails
from placet.engine.rules.previews import TransitionPreview
from placet.engine.timers.views import TimerView

Json = dict[str, Any]
_SECOND = timedelta(seconds=1)


def dumps(value: Any) -> bytes:
    """JSON with moments in UTC, written with a Z."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z)


def etag(version: int) -> str:
    """An item's version as `ETag` and `If-Match` write it."""
    return f'"{version}"'


def blocker(blocker: Blocker) -> Json:
    """One thing that stands in the way."""
    return {
        "gate": blocker.gate,
        "check": blocker.check,
        "verdict": blocker.verdict.value,
        "mode": blocker.mode.value,
        "message": blocker.message,
        "remedy": blocker.remedy,
        "source": blocker.source,
        "who": list(blocker.who),
        "earliest": blocker.earliest,
        "message_id": blocker.message_id,
        "params": plain(blocker.params),
        "actions": [
            {"kind": a.kind, "title": a.title, "href": a.href, "fields": list(a.fields)}
            for a in blocker.actions
        ],
    }


def _approval(line: ApprovalView) -> Json:
    return {
        "approval": line.approval,
        "title": line.title,
        "round": line.round,
        "status": line.status.value,
        "asked_at": line.asked_at,
        "expires_at": line.expires_at,
        "asked": list(line.asked),
        "missing": list(line.missing),
        "summary": line.summary,
        "votes": [
            {
                "actor": vote.actor,
                "decision": vote.decision.value,
                "at": vote.at,
                "on_behalf_of": vote.on_behalf_of,
                "comment": vote.comment,
            }
            for vote in line.votes
        ],
    }


def approval(line: ApprovalView) -> Json:
    """An approval in a list, with the item that it belongs to."""
    return {"item": summary(line.item), **_approval(line)}


def waiver(waiver: Waiver) -> Json:
    """A way through a gate."""
    return {
        "id": waiver.id,
        "gate": waiver.gate,
        "reason": waiver.reason,
        "asked_by": waiver.asked_by,
        "asked_at": waiver.asked_at,
        "expires_at": waiver.expires_at,
        "granted": waiver.granted,
        "decided_by": waiver.decided_by,
        "decided_at": waiver.decided_at,
        "comment": waiver.comment,
        "reviewed_by": waiver.reviewed_by,
        "reviewed_at": waiver.reviewed_at,
        "review": waiver.review,
    }


def timer(line: TimerView, *, explain: bool = False) -> Json:
    """A clock, read; with `explain` the sum line by line."""
    reading = line.reading
    told: Json = {
        "timer": line.timer,
        "title": line.title,
        "item": line.item.key,
        "status": reading.status.value,
        "started_at": reading.started_at,
        "stopped_at": reading.stopped_at,
        "due_at": reading.due_at,
        "breached_at": reading.breached_at,
        "elapsed": _whole(reading.elapsed),
        "remaining": None if reading.remaining is None else _whole(reading.remaining),
    }
    if explain:
        counted = timedelta()
        told["explanation"] = lines = []
        for each in line.explanation:
            # Of the sum so far, so that the lines add up to what has elapsed.
            before, counted = counted, counted + each.counted
            lines.append({
                "from": each.start, "to": each.end, "counted": _whole(counted) - _whole(before), "reason": each.reason
            })  # fmt: skip
    return told


def _whole(span: timedelta) -> timedelta:
    """In whole seconds, as the format `duration` of JSON Schema knows no fractions."""
    return span // _SECOND * _SECOND


def evidence(evidence: Evidence) -> Json:
    """A proof, without its bytes."""
    return {
        "id": evidence.id,
        "kind": evidence.kind,
        "name": evidence.name,
        "at": evidence.at,
        "actor": evidence.actor,
        "sha256": evidence.sha256,
        "url": evidence.url,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "valid_until": evidence.valid_until,
    }


def summary(record: ItemRecord) -> Json:
    """What names an item to a person."""
    return {
        "key": record.key,
        "workspace": record.workspace,
        "type": record.type,
        "title": record.title,
        "state": record.state,
        "category": record.category,
    }


def row(record: ItemRecord) -> Json:
    """An item as it is kept, without what is counted or read of it at a moment."""
    return {
        "key": record.key,
        "workspace": record.workspace,
        "type": record.type,
        "title": record.title,
        "state": record.state,
        "category": record.category,
        "version": record.version,
        "fields": record.fields,
        "parent": record.parent,
        "roles": {role: list(people) for role, people in record.roles.items()},
        "evidence": [evidence(each) for each in record.evidence],
        "waivers": [waiver(each) for each in record.waivers],
        "links": {link_type: list(keys) for link_type, keys in record.links.items()},
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "state_since": record.state_since,
        "definition": record.definition,
    }


def item(record: ItemRecord, approvals: Iterable[ApprovalView], timers: Iterable[TimerView]) -> Json:
    """An item with everything that its own rules look at."""
    return row(record) | {
        "approvals": [_approval(line) for line in approvals],
        "timers": [timer(line) for line in timers],
    }


def items(engine: Engine, actor: Actor, records: Sequence[ItemRecord]) -> list[Json]:
    """Items as of now, whole: approvals counted and timers read in one view of the store, where there are any."""
    found = engine.reports.details(actor, records, ("approvals", "timers"))
    return [item(each.item, each.approvals or (), each.timers or ()) for each in found]


def rows(engine: Engine, actor: Actor, records: Sequence[ItemRecord], include: Collection[str]) -> list[Json]:
    """Items of a list, with as much as was asked for of what has to be evaluated for each: see `INCLUDED`."""
    asked = [(name, shape) for name, shape in INCLUDED.items() if name in include]
    found = engine.reports.details(actor, records, [name for name, _ in asked])
    return [row(each.item) | {name: shape(each) for name, shape in asked} for each in found]


def _next(details: ItemDetails) -> Json | None:
    primary = details.next
    if primary is None:
        return None
    return {
        "name": primary.name,
        "title": primary.title,
        "to": primary.to,
        "allowed": primary.allowed,
        "blockers": len(primary.blockers),
    }


#: What lists add to items when `include` names it.
INCLUDED: Mapping[str, Callable[[ItemDetails], Any]] = {
    "approvals": lambda details: [_approval(view) for view in details.approvals or ()],
    "timers": lambda details: [timer(view) for view in details.timers or ()],
    "next": _next,
}


def preview(preview: TransitionPreview, *, checks: bool = False) -> Json:
    """A transition as it would be for the asking person; `checks` adds every check with what it read."""
    shape: Json = {
        "name": preview.name,
        "title": preview.title,
        "to": preview.to,
        "allowed": preview.allowed,
        "roles": list(preview.roles),
        "blockers": [blocker(each) for each in preview.blockers],
        "earliest": preview.earliest,
        "waits_on": list(preview.waits_on),
        "fields_schema": preview.fields_schema,
    }
    if checks:
        shape["checks"] = [
            {
                "gate": report.gate,
                "check": report.check,
                "title": report.title,
                "source": report.source,
                "mode": report.mode.value,
                "verdict": report.verdict.value,
                "read": plain(report.read),
            }
            for report in preview.checks
        ]
    return shape


def moved(moved: Moved) -> Json:
    """What became of a transition, and what can be done next."""
    return {
        "item": row(moved.item)
        | {
            "approvals": None if moved.approvals is None else [_approval(line) for line in moved.approvals],
            "timers": None if moved.timers is None else [timer(line) for line in moved.timers],
        },
        "event": None if moved.event is None else event(moved.event),
        "transitions": None if moved.previews is None else [preview(each) for each in moved.previews],
    }


def event(event: EventRecord, *, proof: bool = False) -> Json:
    """One thing that happened; members of its kind follow those that every event has."""
    if not proof:
        return event_document(event)
    text = event.text or EventText(None, None)
    hashed = {
        "body": event.body, "salt": text.salt, "document": text.document, "erased_at": text.erased_at,
    }  # fmt: skip
    return event_document(event) | {"proof": hashed}


def link_end(end: LinkEnd) -> Json:
    """One link of an item, seen from it."""
    return {
        "link_type": end.link_type,
        "title": end.title,
        "direction": end.direction,
        "key": end.key,
        "type": end.type,
        "item_title": end.item_title,
        "state": end.state,
    }


def _calendar(timetable: Timetable) -> Json:
    """A calendar as it is now. Of its public holidays it is told how far they are known."""
    told = calendar_document(timetable.latest)
    holidays = told.pop("public_holidays")
    return {**told, "public_holidays_until": max(holidays, default=None), "since": timetable.versions[-1][0]}


def workspace(record: WorkspaceRecord) -> Json:
    """A workspace with what it has decided."""
    return {
        "key": record.key,
        "name": record.name,
        "version": record.version,
        "methods": list(record.methods),
        "settings": plain(record.settings),
        "gate_modes": {gate: str(mode) for gate, mode in record.gate_modes.items()},
        "calendars": {name: _calendar(timetable) for name, timetable in record.calendars.items()},
        "notification_rules": plain(record.notification_rules),
        "record_refusals": record.record_refusals,
        "require_if_match": record.require_if_match,
        "roles": {role: list(people) for role, people in record.roles.items()},
        "created_at": record.created_at,
    }


def actor(actor: Actor) -> Json:
    """A person or a service account."""
    return {
        "id": actor.id,
        "name": actor.name,
        "email": actor.email,
        "kind": actor.kind,
        "admin": actor.admin,
        "created_at": actor.created_at,
    }


def token(token: Token) -> Json:
    """A token, without its secret."""
    return {
        "id": token.id,
        "actor": token.actor,
        "name": token.name,
        "scopes": list(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
    }


def delegation(delegation: Delegation) -> Json:
    """One person's right to vote for another for a while."""
    return {
        "id": delegation.id,
        "from_actor": delegation.from_actor,
        "to_actor": delegation.to_actor,
        "starts_at": delegation.starts_at,
        "ends_at": delegation.ends_at,
        "roles": list(delegation.roles),
        "workspace": delegation.workspace,
        "created_by": delegation.created_by,
        "created_at": delegation.created_at,
    }


def notification(notice: NotificationRecord) -> Json:
    """One thing that somebody is notified of."""
    return {
        "id": notice.id,
        "at": notice.at,
        "workspace": notice.workspace,
        "item": notice.key,
        "title": notice.title,
        "message": notice.message,
        "because": [{"rule": why.rule, "reason": why.reason} for why in notice.because],
        "event": notice.event,
        "read_at": notice.read_at,
    }


def preferences(told: ChosenPreferences) -> Json:
    """How somebody is told, without the secrets of channels."""
    chosen = told.preferences
    return {
        "channels": [
            {
                "id": each.id,
                "url": each.shown if each.sealed is not None else None,
                "mail": each.shown if each.sealed is None else None,
                "digest": each.digest.value,
                **asdict(told.states.get(each.id, ChannelState())),
            }
            for each in chosen.channels
        ],
        "muted": list(chosen.muted),
        "zone": chosen.zone,
        "digest_at": chosen.digest_at.isoformat(timespec="minutes"),
    }


def notification_rule(rule: Rule) -> Json:
    """Who is notified of what in a workspace."""
    notice = rule.notice
    declared = notice if isinstance(notice, Notice) else None
    return {
        "id": notice.id,
        "title": notice.title,
        "source": method_of(notice.id),
        "item_type": declared.item_type if declared else None,
        "on": list(declared.on) if declared else [],
        "to": list(declared.to) if declared else [],
        "because": declared.because if declared else None,
        "off": rule.choice.off,
        "also_to": list(rule.choice.to),
    }


def webhook(webhook: Webhook) -> Json:
    """An address that is told of events, without its secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "kinds": list(webhook.kinds),
        "workspace": webhook.workspace,
        "created_by": webhook.created_by,
        "created_at": webhook.created_at,
        "gone_at": webhook.gone_at,
    }


def delivery(delivery: Delivery) -> Json:
    """One event for one receiver, and what became of it."""
    return {
        "id": delivery.id,
        "receiver": delivery.receiver,
        "event": delivery.event,
        "item": delivery.item,
        "kind": delivery.kind,
        "status": delivery.status,
        "next_at": delivery.next_at if delivery.status == "pending" else None,
        "attempts": [
            {"at": each.at, "seconds": each.seconds, "status": each.status, "error": each.error or None}
            for each in delivery.attempts
        ],
        "created_at": delivery.created_at,
    }


def occurrence(line: AgendaEntry, start: datetime, end: datetime) -> Json:
    """One time at which an item of the agenda comes about."""
    record = line.item
    return {
        "item": record.key,
        "type": record.type,
        "title": record.title,
        "kind": line.kind,
        "state": record.state,
        "start": start,
        "end": end,
        "rrule": line.rrule,
    }


def page(name: str, rows: list[Json], next_cursor: str | None) -> Json:
    """A page of a list."""
    return {name: rows, "next_cursor": next_cursor}


def mapping(values: Mapping[str, Any]) -> Json:
    """Values of a definition as JSON."""
    return {name: plain(value) for name, value in values.items()}
