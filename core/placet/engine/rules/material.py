"""The material of an approval: the content that was decided on, and whether an item still has it.

A decision holds for the thing that was decided on, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from placet.definitions.approvals import Approval, Change
from placet.definitions.document import canonical
from placet.definitions.items import ItemType
from placet.engine.act.records import ApprovalRound, ItemRecord, Message
from placet.engine.act.sorting import as_compared, sortable


def material(record: ItemRecord, approval: Approval) -> dict[str, Any]:
    """The material of an approval: the values of its material fields, and digests of its material evidence."""
    values: dict[str, Any] = {name: record.fields.get(name) for name in approval.material_fields}
    for kind in approval.material_evidence:
        held = sorted(e.sha256 or e.url or "" for e in record.evidence if e.kind == kind)
        values[f"evidence:{kind}"] = sha256(canonical(held).encode()).hexdigest()
    return values


def outdated(record: ItemRecord, item_type: ItemType | None, round: ApprovalRound) -> Message | None:
    """The reason why an open round does not cover an item as it is, or would be; `None` if it does."""
    definition = item_type.approval(round.approval) if item_type is not None and round.open else None
    if item_type is None or definition is None:
        return None
    others = _changes(record, item_type, definition, round.material)
    return Message("approval.changed", {"fields": others}) if others else None


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
    if change is Change.ANY or old is None or new is None:
        return True
    return sortable(new) < sortable(old) if change is Change.LOWER else sortable(new) > sortable(old)
