"""The approvals of an item as people see them, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placet.definitions.context import ApprovalStatus
from placet.engine.act.records import ApprovalRound, ItemRecord, Vote
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """The latest round of one approval on one item, counted."""

    item: ItemRecord
    approval: str
    title: str
    round: int
    status: ApprovalStatus
    asked_at: datetime
    expires_at: datetime | None
    #: The people who are asked now.
    asked: tuple[str, ...]
    #: Those of them who have not voted.
    missing: tuple[str, ...]
    summary: str
    votes: tuple[Vote, ...]
    #: `{name: [before, now]}` of the material that is not what the round before was asked for: what to look at again.
    changes: Mapping[str, list[Any]]


def _changes(record: ItemRecord, round: ApprovalRound) -> dict[str, list[Any]]:
    """The material that differs between a round and the one before it."""
    former = [r for r in record.approvals if r.approval == round.approval and r.round < round.round]
    if not former:
        return {}
    before, now = former[-1].material, round.material
    return {
        name: [before.get(name), now.get(name)]
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    }


def approval_views(work: UnitOfWork, record: ItemRecord) -> tuple[ApprovalView, ...]:
    """The latest round of every approval of an item, counted at the act's moment."""
    if not record.approvals:
        return ()
    ctx = Context(work, record, "")
    item_type = work.item_type(record)
    titles = {a.id: a.title for a in item_type.approvals} if item_type is not None else {}
    latest = {round.approval: round for round in record.approvals}
    views = []
    for approval, round in latest.items():
        view = ctx.round_view(round)
        views.append(
            ApprovalView(
                item=record,
                approval=approval,
                title=titles.get(approval, approval),
                round=round.round,
                status=view.status,
                asked_at=round.asked_at,
                expires_at=round.expires_at,
                asked=view.asked,
                missing=view.missing,
                summary=view.summary,
                votes=tuple(round.votes),
                changes=_changes(record, round),
            )
        )
    return tuple(views)
