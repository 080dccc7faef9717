"""Rounds of approvals, as pure functions over an item: opened, voted on, stale, closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from placet.definitions.approvals import Approval, Change
from placet.definitions.context import ApprovalStatus
from placet.definitions.copies import changed
from placet.definitions.document import canonical, content_hash
from placet.definitions.items import ItemType
from placet.engine.act.records import ApprovalRound, ItemRecord, Message
from placet.engine.act.sorting import as_compared, sortable
from placet.engine.rules.context import Context
from placet.engine.rules.panels import panel_of
from placet.engine.rules.quorum import recorded


def opened(ctx: Context, approval: Approval) -> ItemRecord:
    """The item with a new round, which replaces one that was still open."""
    record = ctx.record
    panel = panel_of(ctx, approval)
    ends = _end(ctx, approval)
    last = record.round(approval.id)
    record = voided(record, approval.id, Message("approval.asked_again"))
    fresh = ApprovalRound(
        approval=approval.id,
        round=1 if last is None else last.round + 1,
        status=ApprovalStatus.PENDING,
        asked_at=ctx.now,
        state=record.state,
        ballots=recorded(panel),
        ordered=panel.ordered,
        expires_at=ends,
        material=material(record, approval),
        rules=ctx.catalog.definition(record.type).hash,
    )
    return replace(record, approvals=(*record.approvals, fresh))


def _end(ctx: Context, approval: Approval) -> datetime | None:
    if approval.expires is None:
        return None
    return ctx.now + approval.expires if isinstance(approval.expires, timedelta) else approval.expires(ctx)


def material(record: ItemRecord, approval: Approval) -> dict[str, Any]:
    """The material of an approval: the values of its material fields, and digests of its material evidence."""
    values: dict[str, Any] = {name: record.fields.get(name) for name in approval.material_fields}
    for kind in approval.material_evidence:
        held = sorted(e.sha256 or e.url or "" for e in record.evidence if e.kind == kind)
        values[f"evidence:{kind}"] = sha256(canonical(held).encode()).hexdigest()
    return values


def material_data(record: ItemRecord, item_type: ItemType | None, round: ApprovalRound) -> dict[str, Any]:
    """The subject of a vote, as its event keeps it: the item's version, and a digest of the material.

    The material is what the item holds now, as the voter saw it: it may have changed since the round was opened, in a
    direction that voids nothing. Where the definition is gone, it is the material at the opening of the round.
    """
    definition = item_type.approval(round.approval) if item_type is not None else None
    held = round.material if definition is None else material(record, definition)
    return {
        "version": record.version,
        "of": sorted(held),
        "digest": content_hash(held),
    }


def stale(record: ItemRecord, item_type: ItemType) -> Iterator[tuple[ApprovalRound, Message]]:
    """Open rounds whose material has changed since they were opened, each with the changes."""
    for approval in item_type.approvals:
        round = record.round(approval.id)
        if round is None or not round.open:
            continue
        now = material(record, approval)
        others = [
            name
            for name, value in now.items()
            if name in round.material
            and _counts(
                as_compared(item_type.fields, name, round.material[name]),
                as_compared(item_type.fields, name, value),
                approval.material_fields.get(name, Change.ANY),
            )
        ]
        if others:
            yield round, Message("approval.changed", {"fields": others})


def _counts(old: Any, new: Any, change: Change) -> bool:
    """Whether a change of value makes an approval stale."""
    if old == new:
        return False
    if change is Change.ANY or old is None or new is None:
        return True
    return sortable(new) < sortable(old) if change is Change.LOWER else sortable(new) > sortable(old)


def voided(record: ItemRecord, approval: str, reason: Message) -> ItemRecord:
    """The item with the latest round of an approval withdrawn, if it is open."""
    round = record.round(approval)
    if round is None or not round.open:
        return record
    return with_round(record, changed(round, status=ApprovalStatus.VOIDED, reason=reason))


def closed(record: ItemRecord, reason: Message) -> ItemRecord:
    """The item with all undecided rounds and waivers withdrawn, because nothing needs the decision any more."""
    for round in record.approvals:
        if round.status is ApprovalStatus.PENDING:
            record = voided(record, round.approval, reason)
    return record


def with_round(record: ItemRecord, round: ApprovalRound) -> ItemRecord:
    """The item with one of its rounds replaced."""
    return changed(
        record,
        approvals=tuple(
            round if (r.approval, r.round) == (round.approval, round.round) else r for r in record.approvals
        ),
    )
