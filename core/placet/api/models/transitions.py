"""Transitions with everything that stands in their way, as they are asked for and answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from placet.api.models.approvals import ItemApproval
from placet.api.models.base import (
    Answer,
    Body,
    Comment,
    Flag,
    ItemKey,
    JsonSchema,
    Moment,
    Name,
    Parameters,
    PlainValues,
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

# What is sent


class ExplainQuery(Parameters):
    """How much is told."""

    include: Annotated[Literal["met"] | None, Field(description="Adds every check with what it read.")] = None
    as_of: Annotated[Time | None, Field(description="Tell it for this moment instead of now.")] = None


class TransitionWish(Body):
    """A transition to be made."""

    transition: Name
    fields: Values = Field(default_factory=dict)
    comment: Comment = ""


class TransitionQuery(Parameters):
    """Whether it is meant."""

    dry_run: Annotated[Flag, Field(description="Tell what would happen, and write nothing.")] = False
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
        """What the engine is asked for."""
        return [moves.Wish(each.key, each.transition, each.fields, each.comment) for each in self.requests]


# What is answered


class Action(Answer):
    """Something to be offered as a button."""

    kind: str
    title: str
    href: str
    fields: list[str]


class Blocker(Answer):
    """One thing that stands in the way of a transition."""

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
    params: PlainValues
    actions: list[Action]


class Check(Answer):
    """One check with its verdict and what it read."""

    gate: str
    check: str
    title: str
    source: str
    mode: GateMode
    verdict: Outcome
    read: PlainValues


class Preview(Answer):
    """One transition as it would be for the asking person.

    `fields_schema` requires what has to come with it, such as a reason as `comment`: nothing of that is a blocker yet.
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
    """One transition with all of its checks: those that are met, and those that wait for an input of it, included."""

    checks: list[Check]


class Explanation(Answer):
    """Every transition defined from an item's state; with their checks where `include=met` asks for them."""

    key: ItemKey
    state: str
    version: int
    transitions: list[ExplainedPreview] | list[Preview]

    @classmethod
    def of(cls, found: previews.Explanation, *, checks: bool) -> Explanation:
        """What the engine found, with or without every check."""
        model, item = ExplainedPreview if checks else Preview, found.item
        previews: Any = [model.model_validate(each) for each in found.previews]
        # Not validated again: trying both kinds of previews on each would cost more than all the rest.
        return cls.model_construct(key=item.key, state=item.state, version=item.version, transitions=previews)


class MovedItem(Row):
    """An item that was moved, as it is after the commit.

    `approvals` and `timers` are null where it was moved and could not be looked at again; it is as committed then.
    """

    approvals: list[ItemApproval] | None
    timers: list[Timer] | None

    @classmethod
    def of(cls, moved: moves.Moved) -> MovedItem:
        """The item of a transition that was made."""
        return cls.model_validate(kept(moved.item) | {"approvals": moved.approvals, "timers": moved.timers})


class Moved(Answer):
    """A transition that was made; in a dry run `event` is null.

    `event` is as committed. `item` and `transitions` come from one view after the commit, and may be newer.
    `transitions` are null where it was made and the transitions that are available next could not be found out.
    """

    item: MovedItem
    event: Event | None
    transitions: list[Preview] | None

    @classmethod
    def of(cls, moved: moves.Moved) -> Moved:
        """What became of a transition."""
        return cls.model_validate(
            {
                "item": MovedItem.of(moved),
                "event": None if moved.event is None else Event.of(moved.event),
                "transitions": moved.previews,
            }
        )


class BulkResult(Answer):
    """What became of one request of a bulk call: moved, or refused with a problem."""

    key: str
    status: Annotated[int, Field(ge=200, le=599)]
    item: MovedItem | None = None
    event: Event | None = None
    problem: dict[str, Any] | None = None


class Bulk(Answer):
    """What became of each request, in their order."""

    moved: Annotated[int, Field(ge=0)]
    refused: Annotated[int, Field(ge=0)]
    results: list[BulkResult]

    @classmethod
    def of(cls, results: Sequence[BulkResult]) -> Bulk:
        """Results, counted."""
        moved = sum(each.problem is None for each in results)
        return cls(moved=moved, refused=len(results) - moved, results=list(results))
