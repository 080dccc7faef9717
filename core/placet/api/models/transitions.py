"""Models of transitions with their blockers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from placet.api.models.approvals import ItemApproval
from placet.api.models.base import (
    Answer,
    Body,
    Comment,
    Figures,
    Flag,
    ItemKey,
    JsonSchema,
    Moment,
    Name,
    Parameters,
    Time,
    Values,
)
from placet.api.models.history import Event
from placet.api.models.items import Row, kept
from placet.api.models.timers import Timer
from placet.definitions.verdicts import GateMode, Outcome
from placet.engine import moved as moves
from placet.engine.rules import previews
from placet.engine.transitions import BULK_LIMIT

# Requests


class ExplainQuery(Parameters):
    """The details of previews."""

    include: Annotated[
        Literal["met"] | None, Field(description="Adds every check with the values that it read.")
    ] = None
    as_of: Annotated[Time | None, Field(description="Preview for this moment instead of now.")] = None


class TransitionWish(Body):
    """A transition to be made."""

    transition: Name
    fields: Values = Field(default_factory=dict)
    comment: Comment = ""


class TransitionQuery(Parameters):
    """Options of a transition."""

    dry_run: Annotated[Flag, Field(description="Show what would happen, and write nothing.")] = False
    as_of: Annotated[Time | None, Field(description="With `dry_run`: at this moment instead of now.")] = None

    @model_validator(mode="after")
    def _only_rehearsed(self) -> TransitionQuery:
        if self.as_of is not None and not self.dry_run:
            raise ValueError("as_of is for dry runs: send dry_run=true with it")
        return self


class BulkWish(TransitionWish):
    """One transition of several."""

    key: ItemKey


class BulkRequest(Body):
    """Several transitions; `atomic` makes all of them or none."""

    requests: Annotated[list[BulkWish], Field(min_length=1, max_length=BULK_LIMIT)]
    atomic: bool = False

    @property
    def wishes(self) -> list[moves.Wish]:
        """The wish for the engine."""
        return [moves.Wish(each.key, each.transition, each.fields, each.comment) for each in self.requests]


# Answers


class Action(Answer):
    """An action to be offered as a button."""

    kind: str
    title: str
    href: str
    fields: list[str]


class Blocker(Answer):
    """One reason for which a transition is blocked."""

    gate: str
    check: str
    verdict: Outcome
    mode: GateMode
    message: str
    remedy: str
    source: str
    who: list[str]
    earliest: Moment | None
    message_id: str
    params: Figures
    actions: list[Action]


class Check(Answer):
    """One check with its verdict and the values that it read."""

    gate: str
    check: str
    title: str
    source: str
    mode: GateMode
    verdict: Outcome
    read: Figures


class Preview(Answer):
    """One transition as it would be for the actor of the request.

    `fields_schema` has the required inputs, such as a reason as `comment`; they are not blockers before it is tried.
    """

    name: str
    title: str
    to: str
    allowed: bool
    roles: list[str]
    blockers: list[Blocker]
    earliest: Moment | None
    waits_on: list[str]
    fields_schema: JsonSchema


class ExplainedPreview(Preview):
    """One transition with all its checks, including those that are met and those that wait for an input."""

    checks: list[Check]


class Explanation(Answer):
    """All transitions defined from an item's state; with `include=met` also their checks."""

    key: ItemKey
    state: str
    version: int
    transitions: list[ExplainedPreview] | list[Preview]

    @classmethod
    def of(cls, found: previews.Explanation, *, checks: bool) -> Explanation:
        """The previews of the engine, with or without all checks."""
        model, item = ExplainedPreview if checks else Preview, found.item
        previews: Any = [model.model_validate(each) for each in found.previews]
        # Not validated again: trying both kinds of models on each preview would cost more than all the rest.
        return cls.model_construct(key=item.key, state=item.state, version=item.version, transitions=previews)


class MovedItem(Row):
    """The moved item, as it is after the commit.

    `approvals` and `timers` are null if it was moved but could not be read again; it is as committed then.
    """

    approvals: list[ItemApproval] | None
    timers: list[Timer] | None

    @classmethod
    def of(cls, moved: moves.Moved) -> MovedItem:
        """The item of a transition that was made."""
        return cls.model_validate(
            kept(moved.item, moved.former) | {"approvals": moved.approvals, "timers": moved.timers}
        )


class Moved(Answer):
    """A transition that was made; in a dry run `event` is null.

    `event` is as committed. `item` and `transitions` come from one view of the commit or after it, and may be newer.
    `transitions` are null if it was made but the next transitions could not be evaluated.
    """

    item: MovedItem
    event: Event | None
    transitions: list[Preview] | None

    @classmethod
    def of(cls, moved: moves.Moved) -> Moved:
        """The result of a transition."""
        return cls.model_validate(
            {
                "item": MovedItem.of(moved),
                "event": None if moved.event is None else Event.of(moved.event),
                "transitions": moved.previews,
            }
        )


class BulkResult(Answer):
    """The result of one request of a bulk call: moved, or refused with a problem."""

    key: str
    status: Annotated[int, Field(ge=200, le=599)]
    item: MovedItem | None = None
    event: Event | None = None
    problem: dict[str, Any] | None = None


class Bulk(Answer):
    """The results of all requests, in their order."""

    moved: Annotated[int, Field(ge=0)]
    refused: Annotated[int, Field(ge=0)]
    results: list[BulkResult]

    @classmethod
    def of(cls, results: Sequence[BulkResult]) -> Bulk:
        """Results, counted."""
        moved = sum(each.problem is None for each in results)
        return cls(moved=moved, refused=len(results) - moved, results=list(results))
