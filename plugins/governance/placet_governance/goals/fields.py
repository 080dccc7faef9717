"""The fields of an objective, a benefit and an improvement.

Source: COBIT 2019, EDM02 Ensured benefits delivery and APO02 Managed strategy; ITIL 4, practice Continual improvement.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import AssigneeId, Fields, Line, Moment, Text
from placet_governance.goals.cascade import AlignmentGoal, EnterpriseGoal

#: A figure in the unit of its objective or benefit.
Figure = Annotated[Decimal, Field(max_digits=24, decimal_places=6)]
Score = Annotated[int, Field(ge=1, le=5)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


def _once(members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(members))


class Level(StrEnum):
    """Whose objective it is."""

    ENTERPRISE = "enterprise"
    IT = "it"
    SERVICE = "service"


class ObjectiveFields(Fields):
    """An objective: a measurable aim of the organization or its IT."""

    level: Level
    statement: Text | None = None
    measure: Text | None = None
    unit: Line | None = None
    baseline: Figure | None = None
    target: Figure | None = None
    actual: Figure | None = None
    target_date: date | None = None
    enterprise_goals: Annotated[tuple[EnterpriseGoal, ...], AfterValidator(_once)] = ()
    alignment_goals: Annotated[tuple[AlignmentGoal, ...], AfterValidator(_once)] = ()
    #: Computed, 0 to 5: the importance of the most important of its enterprise goals.
    priority: Annotated[int, Field(ge=0, le=5)] | None = None


class BenefitCategory(StrEnum):
    """The kind of a benefit; a dis-benefit is the price of others."""

    COST_SAVING = "cost_saving"
    REVENUE = "revenue"
    QUALITY = "quality"
    RISK = "risk"
    COMPLIANCE = "compliance"
    SUSTAINABILITY = "sustainability"
    DIS_BENEFIT = "dis_benefit"


class BenefitFields(Fields):
    """A measurable improvement that is expected of a project or a service."""

    description: Text
    category: BenefitCategory
    unit: Line | None = None
    baseline: Figure | None = None
    target_value: Figure | None = None
    forecast_value: Figure | None = None
    actual_value: Figure | None = None
    #: When it was measured, and where the figure comes from.
    measured_on: date | None = None
    measure_source: Line | None = None
    owner: AssigneeId | None = None
    measure_method: Text | None = None
    measure_dates: Annotated[tuple[date, ...], Field(max_length=100)] = ()
    #: Computed: the first date on which it has not been measured yet.
    next_measure: date | None = None
    #: How much of the target may be missing.
    tolerance_percent: Percent = Decimal(10)
    #: Computed: value less baseline, or the other way round where less is better.
    improvement: Figure | None = None
    target_improvement: Figure | None = None


class Effort(StrEnum):
    """How much work an improvement takes."""

    SMALL = "s"
    MEDIUM = "m"
    LARGE = "l"


class InitiativeFields(Fields):
    """An entry of the register of continual improvement."""

    idea: Text | None = None
    expected_value: Text | None = None
    effort: Effort | None = None
    measure: Text | None = None
    #: 1 little to 5 much.
    value_score: Score | None = None
    effort_score: Score | None = None
    #: Computed: value for effort; the register is ordered by it, the highest first.
    rank: float | None = None
    #: Computed, 0 to 100: how well it serves the objectives.
    alignment_score: float | None = None
    finished_at: Moment | None = None
    measured_value: Text | None = None
