"""Transitions: those available from an item's state, and making them."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query, Response

from placet.api.dependencies import (
    CurrentActor,
    CurrentEngine,
    CurrentRates,
    CurrentToken,
    IdempotencyKey,
    IfMatch,
    ItemPath,
)
from placet.api.items import etag
from placet.api.models.transitions import (
    Bulk,
    BulkRequest,
    BulkResult,
    ExplainQuery,
    Explanation,
    Moved,
    TransitionQuery,
    TransitionWish,
)
from placet.api.problems import Responses, header, problem_of, refused_with
from placet.api.routing import Route
from placet.engine import moved as moves

router = APIRouter(tags=["Transitions"], route_class=Route)

_MOVED: Responses = {
    200: {"headers": {"ETag": header("ETag"), "Idempotency-Replayed": header("Idempotency-Replayed")}}
}


@router.get(
    "/items/{key}/transitions",
    operation_id="explain_item",
    response_description="Each with all its blockers.",
)
def explain_item(
    key: ItemPath, query: Annotated[ExplainQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Explanation:
    """List every transition defined from the item's state, as it would be for you."""
    return Explanation.of(engine.explain(actor, key, as_of=query.as_of), checks=query.include == "met")


@router.post(
    "/items/{key}/transitions", operation_id="transition_item", response_description="The moved item.",
    responses={**_MOVED, **refused_with(409, 412, 428)},
)  # fmt: skip
def transition_item(
    key: ItemPath, wish: TransitionWish, query: Annotated[TransitionQuery, Query()], *, actor: CurrentActor,
    engine: CurrentEngine, response: Response, expected: IfMatch = None, idempotency_key: IdempotencyKey = None,
) -> Moved:  # fmt: skip
    """Move an item, or get every blocker.

    `fields` are merged before the checks run, and kept only if the transition succeeds. A dry run writes nothing.
    """
    once = None if query.dry_run or idempotency_key is None else _once(idempotency_key, key, wish)
    moved = engine.transition(
        actor, key, wish.transition, fields=wish.fields, comment=wish.comment, expected=expected, idempotency=once,
        dry_run=query.dry_run, as_of=query.as_of,
    )  # fmt: skip
    response.headers["ETag"] = etag(moved.item.version)
    if moved.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return Moved.of(moved)


def _once(idempotency_key: str, key: str, wish: TransitionWish) -> moves.Idempotency:
    """An idempotency key with a digest of its request."""
    return moves.Idempotency(idempotency_key, sha256(f"{key}\n{wish.model_dump_json()}".encode()).hexdigest())


@router.post(
    "/transitions", operation_id="transition_items", response_description="The result of each request."
)
def transition_items(
    bulk: BulkRequest, actor: CurrentActor, token: CurrentToken, engine: CurrentEngine, rates: CurrentRates
) -> Bulk:
    """Move several items: one by one, or with `atomic` all or none."""
    rates.charge(token.id, len(bulk.requests) - 1)  # the request itself is counted already
    return Bulk.of([_result(each) for each in engine.bulk(actor, bulk.wishes, atomic=bulk.atomic)])


def _result(result: moves.BulkResult) -> BulkResult:
    if result.error is not None:
        problem = problem_of(result.error)
        return BulkResult(key=result.key, status=problem["status"], problem=problem)
    if result.moved is None:
        return BulkResult(key=result.key, status=200)
    moved = Moved.of(result.moved)
    return BulkResult(key=result.key, status=200, item=moved.item, event=moved.event)
