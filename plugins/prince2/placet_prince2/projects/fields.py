"""The fields of a project.

Source: PRINCE2 7, practices Organizing, Plans and Progress.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_governance.ids import BENEFIT, OBJECTIVE
from placet_prince2.control.fields import Amount, Breaches, Forecasts, PlanDay, Statuses, Tolerances
from placet_prince2.ids import ISSUE

#: Nobody reports more often than once a day.
Interval = Annotated[timedelta, Field(ge=timedelta(days=1), le=timedelta(days=366))]


class Approach(StrEnum):
    """How the project delivers."""

    LINEAR = "linear"
    ITERATIVE = "iterative"
    HYBRID = "hybrid"


class ClosureKind(StrEnum):
    """Whether a project ends as planned."""

    PLANNED = "planned"
    PREMATURE = "premature"


class Moscow(StrEnum):
    """How much it matters."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"
    WONT = "wont"


class AcceptanceCriterion(BaseModel):
    """A condition under which the customer accepts the result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Line
    text: Text
    moscow: Moscow = Moscow.MUST
    #: Who confirms that it is met; by that, and not by a word in a field, it is.
    accepted_by: AssigneeId | None = None
    evidence: Line | None = None
    #: The issue with the concession for a criterion that is not met.
    concession: Annotated[ItemKey, Ref(ISSUE)] | None = None


class BenefitReview(BaseModel):
    """A review of a benefit after the project."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    benefit: Annotated[ItemKey, Ref(BENEFIT)]
    date: date
    owner: AssigneeId


class ProjectFields(Fields):
    """The temporary organization that delivers products for a business case."""

    #: Why, and from whom.
    mandate: Text
    objective_links: Annotated[
        tuple[Annotated[ItemKey, Ref(OBJECTIVE)], ...], Field(max_length=20, title="Objectives")
    ] = ()
    project_approach: Approach | None = None
    planned_start: PlanDay | None = None
    planned_end: PlanDay | None = None
    #: Without the change and the risk budget, in the workspace's currency.
    budget: Amount | None = None
    change_budget: Amount | None = None
    risk_budget: Amount | None = None
    #: Computed: the cost of approved issues.
    change_budget_used: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] = Decimal(0)
    #: The cost up to which the change authority decides.
    ca_limit: Annotated[Amount | None, Field(title="Limit of the change authority")] = None
    tolerances: Tolerances = ()
    forecasts: Forecasts = ()
    #: When the forecasts were last changed.
    forecast_at: Moment | None = None
    #: Set when figures change: every tolerance against its forecast.
    statuses: Statuses = ()
    #: Deviations that were accepted without an action.
    accepted_breaches: Breaches = ()
    #: Computed: the last day that is inside the tolerance for time.
    latest_end: date | None = None
    highlight_interval: Interval = timedelta(days=14)
    acceptance_criteria: Annotated[tuple[AcceptanceCriterion, ...], Field(max_length=100)] = ()
    closure_kind: ClosureKind | None = None
    closing_since: Moment | None = None
    closure_reason: Text | None = None
    #: Why the business layer goes on with a business case below the least value.
    value_override: Annotated[Text | None, Field(title="Reason for a low value")] = None
    post_project_reviews: Annotated[tuple[BenefitReview, ...], Field(max_length=100)] = ()


#: The figures with which the project is authorized.
BASELINE = (
    "planned_start",
    "planned_end",
    "budget",
    "change_budget",
    "risk_budget",
    "ca_limit",
    "tolerances",
)
#: Set by transitions and their effects alone.
RECORDED = (
    "forecasts", "forecast_at", "statuses", "accepted_breaches", "closure_kind", "closing_since", "value_override",
)  # fmt: skip
