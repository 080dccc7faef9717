"""The approvals of an item as people see them, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placet.definitions.context import ApprovalStatus
from placet.engine.act.records import ApprovalRound, ItemRecord, Vote
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.delegated_votes import spent_on, stood_in_for
from placet.engine.rules.computed import for_rounds
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.views import RoundView


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
    #: The people who have not voted, and for whom the viewer may vote by delegation.
    on_behalf_of: tuple[str, ...] = ()


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


def approval_views(
    unit: UnitOfWork, record: ItemRecord, viewer: str = "", *, judged: ItemRecord | None = None
) -> tuple[ApprovalView, ...]:
    """The latest round of every approval of an item as a move would judge it now, for a viewer who may be a delegate.

    `judged` is the item as a move would find it, where that is known, as after an act on the item.
    """
    if not record.approvals:
        return ()
    latest = {round.approval: round for round in record.approvals}
    if judged is None:
        judged = for_rounds(unit, record, latest.values(), viewer)
    ctx = Context(unit, judged, "")
    item_type = unit.item_type(record)
    titles = {a.id: a.title for a in item_type.approvals} if item_type is not None else {}
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
                changes=_changes(record, round),
                on_behalf_of=_waiting_for_delegate(ctx, round, view, viewer) if viewer else (),
            )
        )
    return tuple(views)


def _waiting_for_delegate(
    ctx: Context, round: ApprovalRound, view: RoundView, viewer: str
) -> tuple[str, ...]:
    barred = barred_from(f"vote:{round.approval}", ctx.record, ctx)
    if view.status is not ApprovalStatus.PENDING or viewer in barred:
        return ()
    return tuple(
        person
        for person in stood_in_for(ctx, round, viewer)
        if person in view.missing and spent_on(ctx, round, viewer, person) is None
    )
