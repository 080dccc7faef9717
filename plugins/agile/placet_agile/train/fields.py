"""The fields of planning intervals and their objectives.

Source: SAFe, planning interval and PI objectives. Our choice: a vote of confidence counts once its
voter confirms it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from placet import ActorId, Fields, ItemKey, Line, Ref
from placet_agile.ids import PROGRAM_INCREMENT, SPRINT, TEAM
from placet_agile.product.fields import Teams


class ConfidenceVote(BaseModel):
    """One person's confidence that the objectives can be met: 1 none to 5 very high."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: ActorId
    vote: Annotated[int, Field(ge=1, le=5)]
    #: Required of a vote of 1 or 2.
    comment: Line | None = None


class ProgramIncrementFields(Fields):
    """A planning interval of a train."""

    teams: Teams = ()
    planned_start: date | None = None
    planned_end: date | None = None
    sprints: Annotated[tuple[Annotated[ItemKey, Ref(SPRINT)], ...], Field(max_length=200)] = ()
    confidence_vote: Annotated[tuple[ConfidenceVote, ...], Field(max_length=500)] = ()
    #: Percent: actual value of all objectives for the planned value of those committed to.
    predictability: Decimal | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> ProgramIncrementFields:
        start, end = self.planned_start, self.planned_end
        if start is not None and end is not None and end <= start:
            raise ValueError(f"planned_end {end} is not after planned_start {start}")
        return self


class PiObjectiveFields(Fields):
    """An objective of a team for a planning interval."""

    team: Annotated[ItemKey, Ref(TEAM)]
    program_increment: Annotated[ItemKey, Ref(PROGRAM_INCREMENT)]
    committed: bool = True
    #: 1 to 10, set by the business owner.
    planned_value: Annotated[int, Field(ge=1, le=10)] | None = None
    #: 0 to 10, scored at the end.
    actual_value: Annotated[int, Field(ge=0, le=10)] | None = None
