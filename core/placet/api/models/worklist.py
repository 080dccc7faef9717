"""Models of the worklist. In each of its lists, first what is due first."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from placet.api.models.approvals import Approval, Confirmation, Waiver
from placet.api.models.base import Answer, Moment
from placet.api.models.proposals import Proposal
from placet.api.models.summaries import Summary
from placet.api.models.timers import Timer
from placet.api.models.transitions import Blocker
from placet.engine.reports.worklist import WorklistTimer as Ending
from placet.engine.reports.worklist import WorklistVote as Vote

Reason = Annotated[str, Field(description="Why it is on the worklist, in a sentence.")]
DueAt = Annotated[
    Moment | None, Field(description="The moment by which something has to happen, if there is one.")
]


class WorklistApproval(Approval):
    """An approval that waits for the vote of the actor of the request."""

    reason: Reason
    due_at: DueAt

    @model_validator(mode="before")
    @classmethod
    def _read(cls, entry: Any) -> Any:
        if not isinstance(entry, Vote):
            return entry
        view = entry.approval
        known = {name: getattr(view, name) for name in Approval.model_fields}
        return {**known, "reason": entry.reason, "due_at": entry.due_at}


class WorklistItem(Answer):
    """An item that the actor of the request can move now."""

    item: Summary
    transitions: Annotated[
        list[str],
        Field(
            description="The transitions that are allowed, some of them after filling in what they ask for."
        ),
    ]
    reason: Reason
    due_at: DueAt


class WorklistCheck(Answer):
    """A blocker that the actor of the request can clear."""

    item: Summary
    unblocks: Annotated[list[str], Field(description="The transitions of the item that it stops.")]
    blocker: Blocker
    reason: Reason
    due_at: DueAt


class WorklistWaiver(Answer):
    """A waiver to be decided on, or one that has ended and is to be reviewed."""

    item: Summary
    waiver: Waiver
    reason: Reason
    due_at: DueAt


class WorklistTimer(Timer):
    """A timer that is nearly or already due, on an item that the actor of the request can move."""

    reason: Reason

    @model_validator(mode="before")
    @classmethod
    def _ending(cls, entry: Any) -> Any:
        if not isinstance(entry, Ending):
            return entry
        return {**Timer.model_validate(entry.timer).model_dump(by_alias=False), "reason": entry.reason}


class WorklistConfirmation(Answer):
    """Something that the actor of the request is named for, and asked to confirm."""

    item: Summary
    confirmation: Confirmation
    reason: Reason
    due_at: DueAt


class Worklist(Answer):
    """The worklist of the actor of the request. In each list, first what is due first."""

    approvals: list[WorklistApproval]
    confirmations: list[WorklistConfirmation]
    items: list[WorklistItem]
    checks: list[WorklistCheck]
    waivers: Annotated[list[WorklistWaiver], Field(description="Waivers that you can grant or refuse.")]
    reviews: Annotated[
        list[WorklistWaiver], Field(description="Waivers that you granted and have to review.")
    ]
    timers: list[WorklistTimer]
    proposals: Annotated[
        list[Proposal], Field(description="Changes of rules that you can decide on as a second person.")
    ]
    complete: Annotated[
        bool,
        Field(
            description="Whether all your open items were looked at; of very many, only the first ones are."
        ),
    ]
