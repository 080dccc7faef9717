"""Confirmations: answers of the people who are named on an item."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from placet.api.dependencies import ConfirmationPath, CurrentActor, CurrentEngine, IfMatch, ItemPath
from placet.api.items import shown
from placet.api.models.approvals import ConfirmationWish, OwnConfirmation
from placet.api.models.items import Item
from placet.api.problems import header, refused_with
from placet.api.routing import Route

router = APIRouter(tags=["Approvals"], route_class=Route)

_PATH = "/items/{key}/confirmations/{confirmation}"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": header("ETag")}},
    **refused_with(409, 412, 428),
}


@router.get(_PATH, operation_id="get_confirmation")
def get_confirmation(
    key: ItemPath, confirmation: ConfirmationPath, actor: CurrentActor, engine: CurrentEngine
) -> OwnConfirmation:
    """Read what you are asked to confirm, or what you confirmed, also once you do not see the item any more."""
    return OwnConfirmation.of(*engine.confirmations.own(actor, key, confirmation))


@router.put(
    _PATH, operation_id="answer_confirmation", response_description="The item, with the answer.",
    responses=_ANSWERS,
)  # fmt: skip
def answer_confirmation(
    key: ItemPath, confirmation: ConfirmationPath, wish: ConfirmationWish, *, actor: CurrentActor,
    engine: CurrentEngine, response: Response, expected: IfMatch = None,
) -> Item:  # fmt: skip
    """Confirm or decline what you are named for. Nobody can do it for you; your latest answer counts."""
    record = engine.confirmations.decide(
        actor, key, confirmation, confirm=wish.decision == "confirm", comment=wish.comment, expected=expected
    )
    return shown(engine, actor, record, response)


@router.delete(
    _PATH, operation_id="take_back_confirmation", response_description="The item, which waits for your answer.",
    responses=_ANSWERS,
)  # fmt: skip
def take_back_confirmation(
    key: ItemPath, confirmation: ConfirmationPath, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response, expected: IfMatch = None,
) -> Item:  # fmt: skip
    """Take back your answer, so that the question is open again."""
    record = engine.confirmations.take_back(actor, key, confirmation, expected=expected)
    return shown(engine, actor, record, response)
