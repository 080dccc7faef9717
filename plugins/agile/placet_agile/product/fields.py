"""The fields of product goals, epics, features and increments.

Source: the Scrum Guide, 2020, product goal and increment; SAFe, epics, features and weighted shortest job first.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from placet import ActorId, Fields, ItemKey, Line, Ref, Text
from placet_agile.ids import BUG, PROGRAM_INCREMENT, STORY, TEAM
from placet_agile.teams.fields import EntryId, each_once

#: The teams that work on it: their people have their roles on it too.
Teams = Annotated[tuple[Annotated[ItemKey, Ref(TEAM)], ...], Field(max_length=50)]
#: A size relative to others.
Score = Literal[1, 2, 3, 5, 8, 13, 20]


class ProductGoalFields(Fields):
    """A long-term target of a product."""

    teams: Teams = ()
    statement: Text
    #: How success shows.
    measure: Text
    target_date: date


class Weighed(Fields):
    """Fields for the order by weighted shortest job first."""

    user_business_value: Score | None = None
    time_criticality: Score | None = None
    risk_reduction_opportunity: Score | None = None
    job_size: Score | None = None
    #: Computed: cost of delay for the size of the job.
    wsjf: Annotated[Decimal | None, Field(title="WSJF")] = None


#: The four values that are weighed.
WEIGHTS = ("user_business_value", "time_criticality", "risk_reduction_opportunity", "job_size")


class EpicFields(Weighed):
    """A large initiative."""

    teams: Teams = ()
    hypothesis: Text | None = None
    #: The least that tests the hypothesis.
    mvp: Annotated[Text | None, Field(title="Minimum viable product")] = None
    lean_business_case: Text | None = None


class FeatureCriterion(BaseModel):
    """An acceptance criterion of a feature, and who accepts that it is met."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: EntryId
    text: Line
    accepted_by: ActorId | None = None


class FeatureFields(Weighed):
    """A service that fits into a planning interval."""

    teams: Teams = ()
    benefit_hypothesis: Text | None = None
    acceptance_criteria: Annotated[
        tuple[FeatureCriterion, ...], Field(max_length=50), AfterValidator(each_once)
    ] = ()
    program_increment: Annotated[ItemKey, Ref(PROGRAM_INCREMENT)] | None = None


class IncrementFields(Fields):
    """A usable sum of done items."""

    team: Annotated[ItemKey, Ref(TEAM)]
    items: Annotated[tuple[Annotated[ItemKey, Ref(STORY, BUG)], ...], Field(max_length=1000)] = ()
    version: Line | None = None
    release_notes: Text | None = None
