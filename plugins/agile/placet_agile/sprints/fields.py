"""The fields of a sprint.

Source: the Scrum Guide, 2020. Our choice: the commitment is a snapshot that the start takes, and what was added and
removed since is counted, so that the scope of a sprint can be explained at every moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from placet import Fields, ItemKey, Line, Moment, Ref, Text
from placet_agile.ids import BUG, STORY, TEAM


class EventKind(StrEnum):
    """The events of a sprint."""

    PLANNING = "planning"
    DAILY = "daily"
    REVIEW = "review"
    RETROSPECTIVE = "retrospective"


class SprintEvent(BaseModel):
    """An event that was held."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: EventKind
    held_at: Moment
    minutes: Annotated[int, Field(ge=1, le=2880)]
    outcome: Line | None = None


Points = Annotated[Decimal, Field(ge=0)]


class SprintFields(Fields):
    """A sprint of a team."""

    team: Annotated[ItemKey, Ref(TEAM)]
    #: Counted for each team: the first is 1.
    number: Annotated[int, Field(ge=1, le=100_000)]
    #: The goal: the single objective of the sprint, 10 to 500 characters.
    goal: Text | None = None
    planned_start: Moment | None = None
    planned_end: Moment | None = None
    #: Hours.
    capacity_hours: Annotated[Decimal, Field(ge=0, le=100_000)] | None = None
    events: Annotated[tuple[SprintEvent, ...], Field(max_length=200)] = ()
    #: Computed: minutes by which its events exceeded their timeboxes.
    overrun_minutes: Annotated[Decimal, Field(ge=0)] | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    #: The commitment: what was selected when it started, and its points.
    committed_items: tuple[Annotated[ItemKey, Ref(STORY, BUG)], ...] = ()
    committed_points: Points | None = None
    #: By item, the points with which it was committed.
    committed_sizes: Mapping[ItemKey, Points] = Field(default_factory=dict)
    #: Points that came in and went out since then; a new estimate counts as either.
    added_points: Points = Decimal(0)
    removed_points: Points = Decimal(0)
    #: Points done in it, with the sizes at which work began; and points committed that are done, as committed.
    completed_points: Points | None = None
    completed_committed_points: Points | None = None
    #: Items in it at its end, and those of them that were not done.
    items_at_end: Annotated[int, Field(ge=0)] | None = None
    unfinished_at_end: Annotated[int, Field(ge=0)] | None = None
    #: Whether the goal was met, as the review found.
    goal_met: bool | None = None
    #: The reason of its cancellation, and that its goal is obsolete.
    cancel_reason: Text | None = None
    goal_obsolete: bool | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> SprintFields:
        start, end = self.planned_start, self.planned_end
        if start is not None and end is not None and end <= start:
            raise ValueError(
                f"planned_end {end:%Y-%m-%d %H:%M} is not after planned_start {start:%Y-%m-%d %H:%M}"
            )
        return self
