"""The recorder: appends every event of an item, together with the timers and approvals that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter, is_
from typing import Any

from placet.definitions.context import ApprovalStatus
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE
from placet.engine.act.attachments import attached_since
from placet.engine.act.input import differing
from placet.engine.act.installation import acted_for
from placet.engine.act.messages import message_data
from placet.engine.act.patches import Operation
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.act.workspace_state import with_event

#: The parts of an item whose changes an event describes in a form of its own; most acts leave them as they are.
_decided_on = attrgetter("approvals", "confirmations", "asks", "evidence")


def append(
    unit: UnitOfWork,
    record: ItemRecord,
    kind: str,
    actor: str,
    data: Mapping[str, Any],
    *,
    content: bool = True,
) -> tuple[ItemRecord, EventRecord]:
    """Append an event to an item, even if the item's method is missing.

    Args:
        unit: the act.
        record: the item after the event.
        kind: the kind of the event.
        actor: who did it.
        data: the other members of the event.
        content: whether content changed on which others decide: it increases the version, and timers follow it.

    Raises:
        BlockedError: a timer's definition failed.
    """
    item_type = unit.item_type(record)
    version = unit.workspace(record.workspace).version
    if item_type is None:
        entry = {**data, "definition": record.definition, "workspace_version": version}
        return unit.record(record, kind, actor, entry, content=content)
    definition = unit.catalog(record.workspace).definition(record.type).hash
    if record.definition != definition:
        record = replace(record, definition=definition)
    # The timer's own event records its changes.
    marks: list[dict[str, Any]] = list(data.get("timers", ()))
    if content:
        act = _act(kind, data, record, item_type)
        record, marks = unit.environment.derived.timers(unit, record, item_type, act, actor)
    recorded = unit.as_recorded(record)
    entry = {**data, "timers": marks, "definition": definition, "workspace_version": version}
    if recorded is None or not all(map(is_, _decided_on(recorded), _decided_on(record))):
        entry |= _approvals_since(recorded, record) | _confirmations_since(recorded, record)
        entry |= _asks_since(recorded, record)
        if kind != "evidence":
            # An event of kind `evidence` already describes the evidence that somebody attached.
            entry |= attached_since(recorded, record)
    return unit.record(record, kind, actor, entry, content=content)


def append_to_workspace(
    unit: UnitOfWork,
    old: WorkspaceRecord | None,
    new: WorkspaceRecord,
    kind: str,
    actor: Actor,
    data: Mapping[str, Any],
    rows: Sequence[Operation] = (),
) -> WorkspaceRecord:
    """Write a workspace with an event in its own history; `old` is `None` for one that is opened.

    `rows` are the changes of its proposals; see `placet.engine.act.sources`.
    """
    written, event = with_event(old, new, kind, unit.now, actor.id, {**data, **acted_for(actor)}, rows)
    unit.session.save_workspace(old, written, [event])
    return written


def _act(kind: str, data: Mapping[str, Any], record: ItemRecord, item_type: ItemType) -> str:
    """The act in the terms of timers: `create`, a transition's name, or empty for an edit."""
    if kind == "created" and record.state == item_type.workflow.initial.id:
        return CREATE
    return str(data.get("transition") or "")


def _approvals_since(before: ItemRecord | None, after: ItemRecord) -> dict[str, Any]:
    """The changes of approvals between two events, in the form of the later one: requested, or withdrawn and why."""
    if before is not None and before.approvals is after.approvals:
        return {}
    known = {(r.approval, r.round): r for r in before.approvals} if before is not None else {}
    lapsed = [r for r in after.approvals if r.status is ApprovalStatus.VOIDED]
    return {
        "asked": [
            r.approval for r in after.approvals if (r.approval, r.round) not in known and r not in lapsed
        ],
        "voided": {
            r.approval: message_data(r.reason)
            for r in lapsed
            if r.reason is not None and (old := known.get((r.approval, r.round))) is not None and old.open
        },
    }


def _confirmations_since(before: ItemRecord | None, after: ItemRecord) -> dict[str, Any]:
    """The confirmations that became asked, answered or withdrawn between two events, in the form of the later one."""
    known = before.confirmations if before is not None else ()
    if known is after.confirmations:
        return {}
    # A comment may be erased afterwards, and the answer stays the same.
    wordless = [replace(each, comment="") for each in known]
    return {
        "confirmations": [
            {"confirmation": each.confirmation, "person": each.actor, "status": each.status.value}
            for each in after.confirmations
            if replace(each, comment="") not in wordless
        ]
    }


def _asks_since(before: ItemRecord | None, after: ItemRecord) -> dict[str, Any]:
    """The requests that were made or ended between two events, in the form of the later one."""
    known = before.asks if before is not None else ()
    if known is after.asks:
        return {}
    return {
        "asks": [
            {"check": each.check, "person": each.actor, "status": each.status.value}
            for each in after.asks
            if each not in known
        ]
    }


def with_act(acts: Mapping[str, tuple[str, ...]], act: str, *people: str) -> Mapping[str, tuple[str, ...]]:
    """The acts and the people who did them, with one more act; the same object where they all did it before."""
    before = acts.get(act, ())
    if people and set(people).issubset(before):
        return acts
    return {**acts, act: tuple(dict.fromkeys((*before, *people)))}


def with_acts(
    acts: Mapping[str, tuple[str, ...]], more: Iterable[str], person: str
) -> dict[str, tuple[str, ...]]:
    """The acts and the people who did them, with several more acts of one person."""
    return {**acts, **{act: tuple(dict.fromkeys((*acts.get(act, ()), person))) for act in more}}


def changed_fields(before: ItemRecord, after: ItemRecord) -> dict[str, list[Any]]:
    """`{field: [old, new]}` for the fields that differ."""
    names = differing(before.fields, after.fields)
    return {name: [before.fields.get(name), after.fields.get(name)] for name in sorted(names)}


def unrecorded_fields(
    unit: UnitOfWork, before: ItemRecord, after: ItemRecord, since: int
) -> dict[str, list[Any]]:
    """`changed_fields`, without what events of the item have recorded since there were so many in the act."""
    if len(unit.events) == since:
        return changed_fields(before, after)
    between = [event for event in unit.events[since:] if event.number == before.number]
    recorded = {
        name: new
        for event in between
        if event.workspace == before.workspace
        for name, (_, new) in event.data.get("changes", {}).items()
    }
    if not recorded:
        return changed_fields(before, after)
    return changed_fields(replace(before, fields={**before.fields, **recorded}), after)
