"""Models of the worklist."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from placet.api.models.approvals import Approval, Waiver
from placet.api.models.base import Answer
from placet.api.models.proposals import Proposal
from placet.api.models.summaries import Summary
from placet.api.models.timers import Timer
from placet.api.models.transitions import Blocker


class WorklistItem(Answer):
    """An item that the actor of the request can move."""

    item: Summary
    transitions: list[str]


class WorklistCheck(Answer):
    """A blocker that names the actor of the request."""

    item: Summary
    transition: str
    blocker: Blocker


class WorklistReview(Answer):
    """A waiver that has expired and has not been reviewed."""

    item: Summary
    waiver: Waiver

    @model_validator(mode="before")
    @classmethod
    def _read(cls, pair: Any) -> Any:
        return {"item": pair[0], "waiver": pair[1]} if isinstance(pair, tuple) else pair


class Worklist(Answer):
    """The worklist of the actor of the request."""

    approvals: list[Approval]
    items: list[WorklistItem]
    checks: list[WorklistCheck]
    reviews: list[WorklistReview]
    timers: list[Timer]
    proposals: list[Proposal]
