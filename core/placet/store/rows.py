"""From records to rows and back, written out by hand, as this is on the hot path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, TypeVar

import orjson

from placet.definitions.added_gates import AddedGate
from placet.definitions.calendar import Timetable, calendar_of
from placet.definitions.context import ApprovalStatus, ConfirmationStatus, Decision
from placet.definitions.copies import changed
from placet.definitions.readonly import ReadOnlyDict, read_only_dict
from placet.definitions.verdicts import GateMode
from placet.engine.act.input import parse_key
from placet.engine.act.journal import read
from placet.engine.act.people import Actor, NotificationChoice, WorkspaceRecord
from placet.engine.act.queries import TimeRow
from placet.engine.act.questions import AskRecord, AskStatus, ConfirmationRecord
from placet.engine.act.records import (
    ApprovalRound,
    BallotRecord,
    DuePoint,
    EventRecord,
    EventText,
    Evidence,
    ItemRecord,
    ItemRef,
    Mark,
    Message,
    Overtaken,
    Schedule,
    TimerRecord,
    Vote,
    Waiver,
)
from placet.engine.act.targets import target_of, timer_data
from placet.engine.act.workspace_state import configuration_data

T = TypeVar("T")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else _at(text)


@lru_cache(maxsize=8192)
def _at(text: str) -> datetime:
    """A moment read back: an item has the same ones many times, for all that one act has changed."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


# Items


def item_row(record: ItemRecord) -> dict[str, Any]:
    """An item as a row of `items`."""
    parent = parse_key(record.parent) if record.parent else None
    return {
        "workspace": record.workspace,
        "number": record.number,
        "type": record.type,
        "title": record.title,
        "state": record.state,
        "category": record.category,
        "version": record.version,
        "seq": record.seq,
        "head": record.head,
        "parent_workspace": parent.workspace if parent else None,
        "parent_number": parent.number if parent else None,
        "fields": record.fields,
        "body": {
            "roles": record.roles,
            "approvals": record.approvals,
            "confirmations": record.confirmations,
            "asks": record.asks,
            "waivers": record.waivers,
            "evidence": record.evidence,
            "links": record.links,
            "link_attributes": record.link_attributes,
            "acts": record.acts,
            "edited": record.edited,
            "timers": {name: timer_data(timer_record) for name, timer_record in record.timers.items()},
        },
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "state_since": record.state_since,
        "definition": record.definition,
    }


def item_record(row: Any) -> ItemRecord:
    """From a row of all columns of `items`, with `workspace_version`; read-only, as acts share it."""
    body = document(row.body)
    return ItemRecord(
        workspace=row.workspace,
        number=row.number,
        type=row.type,
        title=row.title,
        state=row.state,
        category=row.category,
        version=row.version,
        seq=row.seq,
        head=row.head,
        fields=read_only_dict(document(row.fields)),
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        state_since=row.state_since,
        definition=row.definition,
        parent=None if row.parent_number is None else f"{row.parent_workspace}-{row.parent_number}",
        roles=_tuples(body["roles"]),
        approvals=tuple(_round(each) for each in body["approvals"]),
        confirmations=tuple(_confirmation(each) for each in body["confirmations"]),
        asks=tuple(_ask(each) for each in body["asks"]),
        waivers=tuple(_waiver(each) for each in body["waivers"]),
        evidence=tuple(_evidence(each) for each in body["evidence"]),
        links=_tuples(body["links"]),
        link_attributes=read_only_dict(body["link_attributes"]),
        acts=_tuples(body["acts"]),
        edited=ReadOnlyDict(zip(body["edited"], map(_at, body["edited"].values()), strict=True)),
        timers=ReadOnlyDict(zip(body["timers"], map(_timer, body["timers"].values()), strict=True)),
        workspace_version=row.workspace_version,
    )


def document(kept: Any) -> Any:
    """A document of an item, which a row of the hot path has as text."""
    return orjson.loads(kept) if isinstance(kept, str) else kept


def time_rows(rows: Sequence[Any], *, whole: bool) -> list[TimeRow]:
    """When items take place; `whole`: with their fields. There are thousands, and none of them costs a call."""
    # Its constructor would be one.
    new, loads = tuple.__new__, orjson.loads
    if not whole:
        return [new(TimeRow, (row.number, row.starts, row.ends, None)) for row in rows]
    return [
        new(
            TimeRow,
            (row.number, row.starts, row.ends, loads(kept) if isinstance(kept := row.fields, str) else kept),
        )
        for row in rows
    ]


_NOTHING: Mapping[str, tuple[str, ...]] = ReadOnlyDict()


def _tuples(lists: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return ReadOnlyDict([(name, tuple(values)) for name, values in lists.items()]) if lists else _NOTHING


def _round(data: dict[str, Any]) -> ApprovalRound:
    return ApprovalRound(
        approval=data["approval"],
        round=data["round"],
        status=ApprovalStatus(data["status"]),
        asked_at=_at(data["asked_at"]),
        state=data["state"],
        ballots=tuple(
            BallotRecord(quorum=b["quorum"], **{n: tuple(v) for n, v in b.items() if n != "quorum"})
            for b in data["ballots"]
        ),
        ordered=data["ordered"],
        combined=data["combined"],
        expires_at=_moment(data["expires_at"]),
        reminds_at=_moment(data["reminds_at"]),
        material=data["material"],
        votes=tuple(_vote(each) for each in data["votes"]),
        reason=None if data["reason"] is None else Message(**data["reason"]),
        rules=data["rules"],
    )


def _vote(data: dict[str, Any]) -> Vote:
    return Vote(
        actor=data["actor"],
        decision=Decision(data["decision"]),
        at=_at(data["at"]),
        on_behalf_of=data["on_behalf_of"],
        comment=data["comment"],
        roles=tuple(data["roles"]),
    )


def _confirmation(data: dict[str, Any]) -> ConfirmationRecord:
    moments = {name: _moment(data[name]) for name in ("expires_at", "reminds_at", "decided_at")}
    known = {"asked_at": _at(data["asked_at"]), "status": ConfirmationStatus(data["status"])}
    return ConfirmationRecord(**{**data, **moments, **known})


def _ask(data: dict[str, Any]) -> AskRecord:
    moments = {name: _moment(data[name]) for name in ("reminds_at", "ended_at")}
    known = {"asked_at": _at(data["asked_at"]), "expires_at": _at(data["expires_at"])}
    return AskRecord(**{**data, **moments, **known, "status": AskStatus(data["status"])})


def _waiver(data: dict[str, Any]) -> Waiver:
    moments = {name: _moment(data[name]) for name in ("decided_at", "reviewed_at")}
    known: dict[str, Any] = {"asked_at": _at(data["asked_at"]), "expires_at": _at(data["expires_at"])}
    known["content"] = read_only_dict(data.get("content", {}))
    return Waiver(**{**data, **moments, **known})


def _timer(data: dict[str, Any]) -> TimerRecord:
    return TimerRecord(
        marks=tuple(map(_mark, data["marks"])),
        fired=tuple(data["fired"]),
        turns=data["turns"],
        due_points=tuple(map(_due_point, data["due_points"])),
        overtaken=_overtaken(data.get("overtaken")),
    )


def _mark(data: dict[str, Any]) -> Mark:
    return Mark(_at(data["at"]), data["what"], data["reason"], target_of(data["target"]), data["grace"])


def _overtaken(data: dict[str, Any] | None) -> Overtaken | None:
    return None if data is None else Overtaken(tuple(data["notifies"]), data["turns"])


def _due_point(data: dict[str, Any]) -> DuePoint:
    return DuePoint(**{**data, "since": _at(data["since"]), "refused_by": tuple(data["refused_by"])})


def _evidence(data: dict[str, Any]) -> Evidence:
    return Evidence(**{**data, "at": _at(data["at"]), "valid_until": _moment(data["valid_until"])})


# Events


def event_row(event: EventRecord) -> dict[str, Any]:
    """An event as a row of `events`."""
    return {
        "workspace": event.workspace,
        "number": event.number,
        "seq": event.seq,
        "id": event.id,
        "kind": event.kind,
        "at": event.at,
        "actor": event.actor,
        "body": event.body,
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }


def text_row(event: EventRecord) -> dict[str, Any] | None:
    """The texts that people typed in an event, as a row of `event_texts`; `None` if they typed nothing."""
    if event.text is None:
        return None
    return {
        "workspace": event.workspace,
        "number": event.number,
        "seq": event.seq,
        "salt": event.text.salt,
        "document": event.text.document,
        "erased_at": event.text.erased_at,
    }


def event_record(row: Any) -> EventRecord:
    """From a row of `events` with the columns of its text."""
    event = bare_event(row)
    data, erased = read(event.body, event.text)
    return changed(event, data=data, erased=erased)


def bare_event(row: Any) -> EventRecord:
    """The same without its data, for who reads the body alone."""
    # A row of texts has one or the other; without such a row the join has neither.
    has_text = row.document is not None or row.erased_at is not None
    text = EventText(row.salt, row.document, row.erased_at) if has_text else None
    return EventRecord(
        id=row.id,
        workspace=row.workspace,
        number=row.number,
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        actor=row.actor,
        prev_hash=row.prev_hash,
        hash=row.hash,
        body=row.body,
        data={},
        text=text,
        decided=row.decided,
    )


# Timers and due work


def timer_rows(ref: ItemRef, schedule: Schedule) -> list[dict[str, Any]]:
    """The timers of an item as rows of `timers`."""
    return [
        {**ref._asdict(), "timer": row.timer, "status": row.status, "due_at": row.due_at,
         "spent": None if row.spent is None else row.spent // timedelta(microseconds=1)}
        for row in schedule.timers
    ]  # fmt: skip


def due_rows(ref: ItemRef, schedule: Schedule) -> list[dict[str, Any]]:
    """The due work of an item as rows of `dues`."""
    return [{**ref._asdict(), "subject": subject, "at": at, "tries": 0} for subject, at in schedule.dues]


# Administration


def workspace_row(record: WorkspaceRecord) -> dict[str, Any]:
    """A workspace as a row."""
    return {
        "key": record.key,
        "name": record.name,
        "version": record.version,
        "configuration": configuration_data(record),
        "seq": record.seq,
        "head": record.head,
        "created_at": record.created_at,
    }


def workspace_record(row: Any) -> WorkspaceRecord:
    """From a row of `workspaces`."""
    configuration = row.configuration
    return WorkspaceRecord(
        key=row.key,
        name=row.name,
        version=row.version,
        methods=tuple(configuration["methods"]),
        settings=configuration["settings"],
        gate_modes={gate: GateMode(mode) for gate, mode in configuration["gate_modes"].items()},
        calendars={
            name: Timetable(tuple((_moment(since), calendar_of(kept)) for since, kept in versions))
            for name, versions in configuration["calendars"].items()
        },
        record_refusals=configuration["record_refusals"],
        require_if_match=configuration["require_if_match"],
        longest_delegation=timedelta(seconds=configuration["longest_delegation"]),
        effects_with=tuple(configuration["effects_with"]),
        roles=_tuples(configuration["roles"]),
        notification_rules={
            id: NotificationChoice(choice["off"], tuple(choice["to"]))
            for id, choice in configuration["notification_rules"].items()
        },
        governed=tuple(configuration["governed"]),
        governed_by=tuple(configuration["governed_by"]),
        gates=tuple(AddedGate(**gate | {"mode": GateMode(gate["mode"])}) for gate in configuration["gates"]),
        created_at=row.created_at,
        seq=row.seq,
        head=row.head,
    )


def actor_record(row: Any) -> Actor:
    """From a row of `actors`."""
    return Actor(
        row.id,
        row.name,
        row.email,
        row.kind,
        row.admin,
        row.created_at,
        row.auditor,
        row.deactivated_at,
        row.erased_at,
    )


def actor_row(actor: Actor) -> dict[str, Any]:
    """A row of `actors`."""
    row = asdict(actor)
    del row["token_issued_by"]
    return row


def record_of(kind: Callable[..., T], row: Any, **turned: Any) -> T:
    """From a row that has a column for each field of a record; some are converted into another form."""
    return kind(**{name: getattr(row, name) for name in _names(kind)} | turned)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
