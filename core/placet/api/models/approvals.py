"""Models of approvals, votes, confirmations, requests and waivers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from placet.api.models.base import (
    PAGE,
    ActorId,
    Answer,
    Body,
    Comment,
    Cursor,
    InWorkspace,
    ItemKey,
    Limit,
    Moment,
    Name,
    OfItem,
    Paged,
    Parameters,
    Sentence,
    Time,
)
from placet.api.models.summaries import Summary
from placet.definitions.context import ConfirmationStatus, Decision
from placet.engine.act.questions import AskStatus, ConfirmationRecord
from placet.engine.act.records import ItemRecord


class Vote(Answer):
    """One person's decision."""

    actor: str
    decision: Decision
    at: Moment
    on_behalf_of: str | None
    comment: str | None


class ItemApproval(Answer):
    """The latest round of one approval."""

    approval: str
    title: str
    round: Annotated[int, Field(ge=1)]
    status: str
    asked_at: Moment
    expires_at: Moment | None
    asked: list[str]
    missing: list[str]
    summary: str
    votes: list[Vote]
    changes: Annotated[
        dict[str, list[Any]],
        Field(description="`{name: [before, now]}` of the material that differs from the round before."),
    ]


class Approval(ItemApproval):
    """The latest round of one approval of an item."""

    item: Summary
    on_behalf_of: Annotated[
        list[str],
        Field(description="The people whose vote is missing, and for whom you may vote by delegation."),
    ]


class RoundWish(Body):
    """Asking for an approval again."""

    comment: Comment = ""


class Approvals(Paged):
    """A page of pending approvals."""

    approvals: list[Approval]


class ApprovalsQuery(Parameters):
    """Which approvals."""

    status: Annotated[
        Literal["pending"], Field(description="The status: only pending approvals are listed.")
    ] = "pending"
    actor: Annotated[
        ActorId | None, Field(description="The person whose vote it waits for; `me` for yourself.")
    ] = None
    workspace: InWorkspace = None
    item: OfItem = None
    limit: Limit = PAGE
    cursor: Cursor | None = None


class DecisionWish(Body):
    """A vote."""

    decision: Annotated[Decision, Field(strict=False)]
    comment: Comment = ""
    on_behalf_of: ActorId | None = None


class Waiver(Answer):
    """A waiver: passing a gate by the decision of a second person."""

    id: str
    gate: str
    reason: str
    asked_by: str
    asked_at: Moment
    expires_at: Moment
    granted: bool | None
    decided_by: str | None
    decided_at: Moment | None
    comment: str
    reviewed_by: str | None
    reviewed_at: Moment | None
    review: str


class Confirmation(Answer):
    """A confirmation that is asked of one person who is named on an item, with the answer."""

    confirmation: str
    actor: str
    status: ConfirmationStatus
    asked_at: Moment
    asked_by: str
    expires_at: Moment | None
    decided_at: Moment | None
    comment: str


class OwnConfirmation(Confirmation):
    """A confirmation as the one who is named reads it: with what is confirmed."""

    item: ItemKey
    material: Annotated[
        dict[str, Any],
        Field(
            description="The part of the item that names you and what is confirmed with it, as it was asked."
        ),
    ]

    @classmethod
    def of(cls, record: ItemRecord, confirmation: ConfirmationRecord) -> OwnConfirmation:
        """A confirmation with the key of its item."""
        own = {name: getattr(confirmation, name) for name in cls.model_fields if name != "item"}
        return cls.model_validate(own | {"item": record.key})


class Ask(Answer):
    """A request to one person to clear a check."""

    check: str
    actor: Annotated[str, Field(description="The person who is asked.")]
    status: AskStatus
    asked_at: Moment
    asked_by: str
    expires_at: Moment
    ended_at: Moment | None


class ConfirmationWish(Body):
    """An answer of the one who is named."""

    decision: Literal["confirm", "decline"]
    comment: Comment = ""


class WaiverWish(Body):
    """A request for a waiver."""

    gate: Name
    reason: Sentence
    expires_at: Time


class WaiverDecision(Body):
    """Whether the waiver is granted."""

    grant: bool
    comment: Comment = ""


class WaiverReview(Body):
    """The review of a waiver."""

    review: Sentence
