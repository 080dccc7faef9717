"""The approvals of an item as people see them, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from placet.definitions.context import ApprovalStatus
from placet.engine.act.records import ItemRecord, Vote
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
        view = ctx.view_of(round)
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
            )
        )
    return tuple(views)
