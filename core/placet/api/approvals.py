"""Decisions: approvals, waivers and worklists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from placet.api.dependencies import ApprovalPath, CurrentActor, CurrentEngine, ItemPath, WaiverPath, me
from placet.api.items import shown
from placet.api.models.approvals import (
    Approvals,
    ApprovalsQuery,
    DecisionWish,
    Waiver,
    WaiverDecision,
    WaiverReview,
    WaiverWish,
)
from placet.api.models.items import Item
from placet.api.models.worklist import Worklist
from placet.api.problems import header, refused_with
from placet.api.routing import Route

router = APIRouter(tags=["Approvals"], route_class=Route)


@router.get("/approvals", operation_id="list_approvals", responses=refused_with(404))
def list_approvals(
    query: Annotated[ApprovalsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Approvals:
    """List pending approvals, and whom they wait for."""
    page = engine.approvals.find(
        actor, waiting_for=me(actor, query.actor), workspace=query.workspace, item=query.item, after=query.cursor,
        limit=query.limit,
    )  # fmt: skip
    return Approvals.model_validate({"approvals": page.rows, "next_cursor": page.next_cursor})


@router.post(
    "/items/{key}/approvals/{approval}", operation_id="decide_approval",
    response_description="The item, with its votes.",
    responses={200: {"headers": {"ETag": header("ETag")}}, **refused_with(409)},
)  # fmt: skip
def decide_approval(
    key: ItemPath, approval: ApprovalPath, vote: DecisionWish, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response,
) -> Item:  # fmt: skip
    """Vote, for yourself or by delegation. A person's latest vote counts."""
    record = engine.approvals.vote(
        actor, key, approval, vote.decision, comment=vote.comment, on_behalf_of=vote.on_behalf_of
    )
    return shown(engine, actor, record, response)


@router.get("/me/worklist", operation_id="get_worklist")
def get_worklist(actor: CurrentActor, engine: CurrentEngine) -> Worklist:
    """Read your worklist: votes, items you can move, checks that name you, waivers, timers, changes of rules."""
    return Worklist.model_validate(engine.reports.worklist(actor))


@router.post(
    "/items/{key}/waivers", operation_id="ask_waiver", status_code=201,
    response_description="The waiver, which waits for a decision.", responses=refused_with(409),
)  # fmt: skip
def ask_waiver(key: ItemPath, wish: WaiverWish, actor: CurrentActor, engine: CurrentEngine) -> Waiver:
    """Request a waiver of a gate, with a reason and an end."""
    waiver = engine.waivers.ask(actor, key, gate=wish.gate, reason=wish.reason, expires_at=wish.expires_at)
    return Waiver.model_validate(waiver)


@router.post(
    "/items/{key}/waivers/{waiver}/decision", operation_id="decide_waiver", responses=refused_with(409)
)
def decide_waiver(
    key: ItemPath, waiver: WaiverPath, decision: WaiverDecision, actor: CurrentActor, engine: CurrentEngine
) -> Waiver:
    """Grant or refuse a waiver, as a second person with a role that may."""
    decided = engine.waivers.decide(actor, key, waiver, grant=decision.grant, comment=decision.comment)
    return Waiver.model_validate(decided)


@router.post(
    "/items/{key}/waivers/{waiver}/review", operation_id="review_waiver", responses=refused_with(409)
)
def review_waiver(
    key: ItemPath, waiver: WaiverPath, wish: WaiverReview, actor: CurrentActor, engine: CurrentEngine
) -> Waiver:
    """Review a granted waiver."""
    return Waiver.model_validate(engine.waivers.review(actor, key, waiver, review=wish.review))
