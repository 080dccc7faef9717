"""The material of an approval: the content that was decided on, and whether an item still has it.

A decision holds for the thing that was decided on, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from placet.definitions.approvals import Approval, Change
from placet.definitions.context import ApprovalStatus
from placet.definitions.document import canonical
from placet.definitions.items import ItemType
from placet.engine.act.records import ApprovalRound, ItemRecord, Message, Waiver
from placet.engine.act.sorting import as_compared, sortable

#: The name of the title in the material; no field has it, since the title is none.
TITLE = "title"


def material(record: ItemRecord, approval: Approval) -> dict[str, Any]:
    """The material of an approval: the title, the values of material fields, and digests of material evidence."""
    values: dict[str, Any] = {TITLE: record.title}
    values |= {name: record.fields.get(name) for name in approval.material_fields}
    for kind in approval.material_evidence:
        # The same file once more says nothing new.
        held = sorted({e.sha256 or e.url or "" for e in record.evidence if e.kind == kind})
        values[f"evidence:{kind}"] = sha256(canonical(held).encode()).hexdigest()
    return values


def outdated(record: ItemRecord, item_type: ItemType | None, round: ApprovalRound) -> Message | None:
    """The reason why an open round does not cover an item as it is, or would be; `None` if it does."""
    definition = item_type.approval(round.approval) if item_type is not None and round.open else None
    if item_type is None or definition is None:
        return None
    others = _changes(record, item_type, definition, round.material)
    return Message("approval.changed", {"fields": others}) if others else None


def fixed_with_title(record: ItemRecord, item_type: ItemType) -> tuple[str, ...]:
    """The approved fields that are all frozen in the item's state, so that its title is too; empty if it is free.

    An approval was for the title as well. Where other content voids it, another title does: that needs no lock.
    """
    for approval in item_type.approvals:
        round = record.round(approval.id)
        given = round is not None and round.status in (ApprovalStatus.GRANTED, ApprovalStatus.EXPIRED)
        if given and is_fixed(record, item_type, approval):
            return tuple(name for name in approval.material_fields if name not in item_type.computed_fields)
    return ()


def is_fixed(record: ItemRecord, item_type: ItemType, approval: Approval) -> bool:
    """Whether nobody can edit in the item's state what an approval is about."""
    fields = set(approval.material_fields)
    return bool(fields) and fields <= {*item_type.frozen(record.state), *item_type.computed_fields}


def waived_content(record: ItemRecord, item_type: ItemType | None, gate: str) -> dict[str, Any]:
    """The content for which a gate is waived: the title, what it declares, and what is material to an approval."""
    return {name: _held(record, name) for name in _waived_with(item_type, gate)}


def is_waived_for(record: ItemRecord, item_type: ItemType | None, waiver: Waiver) -> bool:
    """Whether a waiver was granted for the content that the item has, or would have."""
    return item_type is None or not any(
        name in waiver.content
        and _counts(
            as_compared(item_type.fields, name, waiver.content[name]),
            as_compared(item_type.fields, name, _held(record, name)),
            change,
        )
        for name, change in _waived_with(item_type, waiver.gate).items()
    )


def _held(record: ItemRecord, name: str) -> Any:
    """A part of an item's content: its title, a field, or its links of a type, each with the attributes that it has."""
    if name == TITLE:
        return record.title
    if "." not in name:
        return record.fields.get(name)
    said = {key: record.attributes_of(name, key) for key in sorted(record.links.get(name, ()))}
    return [[key, dict(attributes)] if attributes else key for key, attributes in said.items()]


def _waived_with(item_type: ItemType | None, gate: str) -> dict[str, Change]:
    """The parts of the content with the change that counts; the first approval that has a field says which."""
    if item_type is None:
        return {}
    declared = (name for each in item_type.gates if each.id == gate for name in each.waived_content)
    found = dict.fromkeys((TITLE, *declared), Change.ANY)
    for approval in item_type.approvals:
        found = {**approval.material_fields, **found}
    return found


def _changes(
    record: ItemRecord, item_type: ItemType, approval: Approval, decided: Mapping[str, Any]
) -> list[str]:
    """The names of the material that has changed in a direction that counts."""
    return [
        name
        for name, value in material(record, approval).items()
        if name in decided
        and value != decided[name]
        and _counts(
            as_compared(item_type.fields, name, decided[name]),
            as_compared(item_type.fields, name, value),
            approval.material_fields.get(name, Change.ANY),
        )
    ]


def _counts(old: Any, new: Any, change: Change) -> bool:
    """Whether a change of value makes an approval stale."""
    if old == new:
        return False
    if change is Change.REPLACED:
        return old is not None
    if change is Change.ADDED:
        return any(each not in (old or ()) for each in new or ())
    if change is Change.ANY or old is None or new is None:
        return True
    return sortable(new) < sortable(old) if change is Change.LOWER else sortable(new) > sortable(old)
