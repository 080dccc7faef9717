"""Decisions: approvals, waivers, and what waits for whom."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import ApprovalsShape, ItemShape, TurnShape, WaiverShape
from placet.api.forms import (
    ApprovalsQuery,
    DecisionWish,
    NoForm,
    NoQuery,
    WaiverDecision,
    WaiverReview,
    WaiverWish,
)
from placet.api.operations import Answer, Call, Operations, Plain, respond, respond_item

APPROVALS = Operations("Approvals")


@APPROVALS.add("GET", "/approvals", id="list_approvals", scope="read", answers={200: Answer(ApprovalsShape)},
               problems=("not-found",))  # fmt: skip
async def list_approvals(call: Call[ApprovalsQuery, NoForm]) -> Response:
    """List what waits for a decision, and for whose."""
    query = call.query
    page = await call.run(
        lambda: call.engine.approvals.find(
            call.actor, waiting_for=call.me(query.actor), workspace=query.workspace, item=query.item,
            after=query.cursor, limit=query.limit,
        )
    )  # fmt: skip
    return respond(shapes.page("approvals", [shapes.approval(line) for line in page.rows], page.next_cursor))


@APPROVALS.add("POST", "/items/{key}/approvals/{approval}", id="decide_approval", scope="write",
               answers={200: Answer(ItemShape, "The item, with its votes.", headers=("ETag",))},
               problems=("blocked",))  # fmt: skip
async def decide_approval(call: Call[NoQuery, DecisionWish]) -> Response:
    """Vote, for yourself or by delegation. A person's latest vote counts."""
    form = call.form

    def decided() -> shapes.Json:
        record = call.engine.approvals.vote(
            call.actor, call.path["key"], call.path["approval"], form.decision, comment=form.comment,
            on_behalf_of=form.on_behalf_of,
        )  # fmt: skip
        return shapes.items(call.engine, call.actor, [record])[0]

    item = await call.run(decided)
    return respond_item(item)


@APPROVALS.add("GET", "/me/turn", id="get_turn", scope="read", answers={200: Answer(TurnShape)})
async def get_turn(call: Plain) -> Response:
    """Tell what waits for you: votes, items you can move, checks that name you, waivers, clocks."""
    turn = await call.run(lambda: call.engine.reports.worklist(call.actor))
    return respond({
        "approvals": [shapes.approval(line) for line in turn.approvals],
        "items": [
            {"item": shapes.summary(each.item), "transitions": list(each.transitions)} for each in turn.items
        ],
        "checks": [
            {
                "item": shapes.summary(each.item),
                "transition": each.transition,
                "blocker": shapes.blocker(each.blocker),
            }
            for each in turn.checks
        ],
        "reviews": [
            {"item": shapes.summary(item), "waiver": shapes.waiver(waiver)} for item, waiver in turn.reviews
        ],
        "timers": [shapes.timer(line) for line in turn.timers],
    })  # fmt: skip


@APPROVALS.add("POST", "/items/{key}/waivers", id="ask_waiver", scope="write",
               answers={201: Answer(WaiverShape, "It waits for a decision.")}, problems=("blocked",))  # fmt: skip
async def ask_waiver(call: Call[NoQuery, WaiverWish]) -> Response:
    """Ask for a way through a gate, with a reason and an end."""
    form = call.form
    waiver = await call.run(
        lambda: call.engine.waivers.ask(
            call.actor, call.path["key"], gate=form.gate, reason=form.reason, expires_at=form.expires_at
        )
    )
    return respond(shapes.waiver(waiver), 201)


@APPROVALS.add("POST", "/items/{key}/waivers/{waiver}/decision", id="decide_waiver", scope="write",
               answers={200: Answer(WaiverShape)}, problems=("blocked", "conflict"))  # fmt: skip
async def decide_waiver(call: Call[NoQuery, WaiverDecision]) -> Response:
    """Grant or refuse a waiver, as a second person with a role that may."""
    form = call.form
    waiver = await call.run(
        lambda: call.engine.waivers.decide(
            call.actor, call.path["key"], call.path["waiver"], grant=form.grant, comment=form.comment
        )
    )
    return respond(shapes.waiver(waiver))


@APPROVALS.add("POST", "/items/{key}/waivers/{waiver}/review", id="review_waiver", scope="write",
               answers={200: Answer(WaiverShape)}, problems=("blocked", "conflict"))  # fmt: skip
async def review_waiver(call: Call[NoQuery, WaiverReview]) -> Response:
    """Look back on a granted waiver."""
    waiver = await call.run(
        lambda: call.engine.waivers.review(
            call.actor, call.path["key"], call.path["waiver"], review=call.form.review
        )
    )
    return respond(shapes.waiver(waiver))
