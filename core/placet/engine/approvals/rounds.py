"""Rounds of approvals, as pure functions over an item: opened, voted on, stale, closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from placet.definitions.approvals import Approval, Change
from placet.definitions.context import ApprovalStatus
from placet.definitions.copies import changed
from placet.definitions.document import content_hash
from placet.definitions.items import ItemType
from placet.engine.act.records import ApprovalRound, ItemRecord, Message
from placet.engine.rules.context import Context
from placet.engine.rules.material import material, outdated
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
        combined=panel.combined,
        expires_at=ends,
        reminds_at=None if approval.reminds is None else ctx.now + approval.reminds,
        material=material(record, approval),
        rules=ctx.catalog.definition(record.type).hash,
    )
    return replace(record, approvals=(*record.approvals, fresh))


def _end(ctx: Context, approval: Approval) -> datetime | None:
    if approval.expires is None:
        return None
    return ctx.now + approval.expires if isinstance(approval.expires, timedelta) else approval.expires(ctx)


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
        reason = None if round is None else outdated(record, item_type, round)
        if round is not None and reason is not None:
            yield round, reason


def filled_in(record: ItemRecord, item_type: ItemType) -> ItemRecord:
    """The item with what was left open when a round was opened, and was filled in since, as part of its material.

    It is filled in once: from then on another value takes its place, and that needs a new decision.
    """
    for approval in item_type.approvals:
        round = record.round(approval.id)
        if round is None or not round.open or Change.REPLACED not in approval.material_fields.values():
            continue
        given = {
            name: record.fields[name]
            for name, change in approval.material_fields.items()
            if change is Change.REPLACED
            and record.fields.get(name) is not None
            and round.material.get(name, record.fields[name]) is None
        }
        if given:
            record = with_round(record, replace(round, material={**round.material, **given}))
    return record


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
