"""The fields of a risk and a lesson.

Source: PRINCE2 7, practices risk and issues; lessons: principle learn from experience.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import AssigneeId, Fields, ItemKey, Line, Ref, Text

Percent = Annotated[Decimal, Field(ge=0, le=100)]
#: An amount in the workspace's currency, and never negative: no threat makes up for another one.
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]


class RiskKind(StrEnum):
    """Whether a risk would harm or help."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"


class Proximity(StrEnum):
    """When a risk could happen."""

    IMMINENT = "imminent"
    THIS_STAGE = "this_stage"
    THIS_PROJECT = "this_project"
    LATER = "later"


class Velocity(StrEnum):
    """How fast the effect of a risk arrives."""

    IMMEDIATE = "immediate"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Response(StrEnum):
    """The response to a risk."""

    AVOID = "avoid"
    REDUCE = "reduce"
    TRANSFER = "transfer"
    SHARE = "share"
    ACCEPT = "accept"
    PREPARE_CONTINGENT_PLAN = "prepare_contingent_plan"
    EXPLOIT = "exploit"
    ENHANCE = "enhance"


#: Responses that fit one kind only.
ONLY_FOR = {
    Response.AVOID: RiskKind.THREAT,
    Response.REDUCE: RiskKind.THREAT,
    Response.EXPLOIT: RiskKind.OPPORTUNITY,
    Response.ENHANCE: RiskKind.OPPORTUNITY,
}


class RiskFields(Fields):
    """An uncertain event that would affect what is aimed at."""

    kind: RiskKind
    cause: Text
    event: Text
    effect: Text
    probability_percent: Annotated[Percent | None, Field(title="Probability (%)")] = None
    #: The loss of a threat, or the gain of an opportunity.
    cost_impact: Amount | None = None
    #: Days.
    time_impact: int | None = None
    #: 1 little to 5 much.
    impact_level: Annotated[int, Field(ge=1, le=5)] | None = None
    proximity: Proximity | None = None
    velocity: Velocity | None = None
    #: Computed: 1 to 5 by `probability_bands`, and times the impact.
    probability_level: Annotated[int, Field(ge=1, le=5)] | None = None
    score: Annotated[int, Field(ge=1, le=25)] | None = None
    #: Who answers for it, and who acts on it.
    owner: AssigneeId | None = None
    action_owner: AssigneeId | None = None
    response: Response | None = None
    residual_probability_percent: Annotated[Percent | None, Field(title="Residual probability (%)")] = None
    residual_cost_impact: Amount | None = None
    residual_impact_level: Annotated[int, Field(ge=1, le=5)] | None = None
    #: Computed from the values after the response.
    residual_score: Annotated[int, Field(ge=1, le=25)] | None = None
    #: Computed: probability times cost, after the response once there is one, in the workspace's currency.
    exposure: Amount | None = None
    review_by: Annotated[date | None, Field(title="Day of the review")] = None
    #: The item that it has become.
    became: Annotated[ItemKey, Ref()] | None = None


class Scope(StrEnum):
    """The people whom a lesson is for."""

    PROJECT = "project"
    ORGANISATION = "organisation"


class LessonFields(Fields):
    """Something learned that should change what people do."""

    event: Text
    effect: Text
    cause: Text
    recommendation: Text
    scope: Scope
    #: Methods, item types or tags that it is for.
    applies_to: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    #: The item that puts it into practice.
    action: Annotated[ItemKey, Ref()] | None = None
