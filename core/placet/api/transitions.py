"""Transitions: what can be done with an item, and doing it."""

from __future__ import annotations

from hashlib import sha256

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import BulkShape, ExplanationShape, MovedShape
from placet.api.forms import BulkRequest, ExplainQuery, NoForm, NoQuery, TransitionQuery, TransitionWish
from placet.api.operations import IDEMPOTENCY_KEY, IF_MATCH, Answer, Call, Operations, respond
from placet.api.problems import problem_of
from placet.engine.moved import BulkResult, Idempotency, Wish
from placet.errors import MalformedError

TRANSITIONS = Operations("Transitions")
_KEY_LIMIT = 255
_OK = 200


@TRANSITIONS.add("GET", "/items/{key}/transitions", id="explain_item", scope="read",
                 answers={200: Answer(ExplanationShape, "Each with everything in its way.")})  # fmt: skip
async def explain_item(call: Call[ExplainQuery, NoForm]) -> Response:
    """Tell every transition defined from the item's state, for the asking actor."""
    found = await call.run(lambda: call.engine.explain(call.actor, call.path["key"], as_of=call.query.as_of))
    item, checks = found.item, call.query.include == "met"
    return respond({
        "key": item.key,
        "state": item.state,
        "version": item.version,
        "transitions": [shapes.preview(each, checks=checks) for each in found.previews],
    })  # fmt: skip


@TRANSITIONS.add("POST", "/items/{key}/transitions", id="transition_item", scope="write",
                 answers={200: Answer(MovedShape, "It has moved.", headers=("ETag", "Idempotency-Replayed"))},
                 headers=(IF_MATCH, IDEMPOTENCY_KEY),
                 problems=("blocked", "conflict", "stale", "precondition-required"))  # fmt: skip
async def transition_item(call: Call[TransitionQuery, TransitionWish]) -> Response:
    """Move an item, or say everything that stands in the way.

    `fields` are merged before the checks run, and kept only if the transition succeeds. A dry run writes nothing.
    """
    wish, query, expected = call.form, call.query, call.expected()
    if query.as_of is not None and not query.dry_run:
        raise MalformedError("as_of is for dry runs: send dry_run=true with it")
    idempotency = None if query.dry_run else _idempotency(call)
    moved = await call.run(
        lambda: call.engine.transition(
            call.actor, call.path["key"], wish.transition, fields=wish.fields, comment=wish.comment,
            expected=expected, idempotency=idempotency, dry_run=query.dry_run, as_of=query.as_of,
        )
    )  # fmt: skip
    headers = {"ETag": shapes.etag(moved.item.version)}
    if moved.replayed:
        headers["Idempotency-Replayed"] = "true"
    return respond(shapes.moved(moved), headers=headers)


def _idempotency(call: Call[TransitionQuery, TransitionWish]) -> Idempotency | None:
    """The request's idempotency key, with a digest of what is asked for. Raises `MalformedError`."""
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= _KEY_LIMIT or not all("!" <= letter <= "~" for letter in key):
        raise MalformedError(f"Idempotency-Key is not 1 to {_KEY_LIMIT} visible ASCII characters")
    return Idempotency(key, sha256(f"{call.request.url.path}\n".encode() + call.content).hexdigest())


@TRANSITIONS.add("POST", "/transitions", id="transition_items", scope="write",
                 answers={200: Answer(BulkShape, "Each with what became of it.")})  # fmt: skip
async def transition_items(call: Call[NoQuery, BulkRequest]) -> Response:
    """Move several items: one by one, or with `atomic` all or none."""
    wishes = [Wish(each.key, each.transition, each.fields, each.comment) for each in call.form.requests]
    results = await call.run(lambda: call.engine.bulk(call.actor, wishes, atomic=call.form.atomic))
    moved = sum(result.moved is not None for result in results)
    return respond({
        "moved": moved,
        "refused": len(results) - moved,
        "results": [_result(result) for result in results],
    })  # fmt: skip


def _result(result: BulkResult) -> shapes.Json:
    shape: shapes.Json = {"key": result.key, "status": _OK, "item": None, "event": None, "problem": None}
    if result.moved is not None:
        told = shapes.moved(result.moved)
        return shape | {"item": told["item"], "event": told["event"]}
    if result.error is not None:
        problem = problem_of(result.error)
        return shape | {"status": problem["status"], "problem": problem}
    return shape
