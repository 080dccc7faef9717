"""Decisions: approvals, waivers and worklists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from placet.api.dependencies import (
    ApprovalPath,
    CurrentActor,
    CurrentEngine,
    IfMatch,
    ItemPath,
    WaiverPath,
    me,
)
from placet.api.items import shown
from placet.api.models.approvals import (
    Approvals,
    ApprovalsQuery,
    DecisionWish,
    RoundWish,
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
    responses={200: {"headers": {"ETag": header("ETag")}}, **refused_with(409, 412, 428)},
)  # fmt: skip
def decide_approval(
    key: ItemPath, approval: ApprovalPath, vote: DecisionWish, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response, expected: IfMatch = None,
) -> Item:  # fmt: skip
    """Vote, for yourself or by delegation. One person has one vote, and the latest counts."""
    voted = engine.approvals.vote(
        actor, key, approval, vote.decision, comment=vote.comment, on_behalf_of=vote.on_behalf_of, expected=expected
    )  # fmt: skip
    return shown(engine, actor, voted.item, response, judged=voted.judged)


@router.post(
    "/items/{key}/approvals/{approval}/rounds", operation_id="ask_approval_again", status_code=201,
    response_description="The item, with the new round.",
    responses={201: {"headers": {"ETag": header("ETag")}}, **refused_with(409, 412, 428)},
)  # fmt: skip
def ask_approval_again(
    key: ItemPath, approval: ApprovalPath, wish: RoundWish | None = None, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response, expected: IfMatch = None,
) -> Item:  # fmt: skip
    """Ask for an approval again from where the item stands, once its last round is stale, expired or refused."""
    record = engine.approvals.ask_again(
        actor, key, approval, comment=wish.comment if wish else "", expected=expected
    )
    return shown(engine, actor, record, response)


@router.get("/me/worklist", operation_id="get_worklist")
def get_worklist(actor: CurrentActor, engine: CurrentEngine) -> Worklist:
    """Read what you can decide, do or unblock: first what is due first, each with the reason why it is there."""
    return Worklist.model_validate(engine.reports.worklist(actor))


@router.post(
    "/items/{key}/waivers", operation_id="ask_waiver", status_code=201,
    response_description="The waiver, which waits for a decision.", responses=refused_with(409, 412, 428),
)  # fmt: skip
def ask_waiver(
    key: ItemPath, wish: WaiverWish, *, actor: CurrentActor, engine: CurrentEngine, expected: IfMatch = None
) -> Waiver:
    """Request a waiver of a gate, with a reason and an end that is not further ahead than the gate allows."""
    waiver = engine.waivers.ask(
        actor, key, gate=wish.gate, reason=wish.reason, expires_at=wish.expires_at, expected=expected
    )
    return Waiver.model_validate(waiver)


@router.post(
    "/items/{key}/waivers/{waiver}/decision",
    operation_id="decide_waiver",
    responses=refused_with(409, 412, 428),
)
def decide_waiver(
    key: ItemPath, waiver: WaiverPath, decision: WaiverDecision, *, actor: CurrentActor, engine: CurrentEngine,
    expected: IfMatch = None,
) -> Waiver:  # fmt: skip
    """Grant or refuse a waiver, as a second person with a role that may, whom no duty bars."""
    decided = engine.waivers.decide(
        actor, key, waiver, grant=decision.grant, comment=decision.comment, expected=expected
    )
    return Waiver.model_validate(decided)


@router.post(
    "/items/{key}/waivers/{waiver}/review",
    operation_id="review_waiver",
    responses=refused_with(409, 412, 428),
)
def review_waiver(
    key: ItemPath, waiver: WaiverPath, wish: WaiverReview, *, actor: CurrentActor, engine: CurrentEngine,
    expected: IfMatch = None,
) -> Waiver:  # fmt: skip
    """Review a granted waiver."""
    reviewed = engine.waivers.review(actor, key, waiver, review=wish.review, expected=expected)
    return Waiver.model_validate(reviewed)
