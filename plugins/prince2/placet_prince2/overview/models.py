"""The documents of a project: dashboard, registers and reports.

Amounts are decimal strings, in the workspace's currency where no unit is named.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from placet import plain_number
from placet.api import Answer, Moment
from placet_prince2.numbers.exact import percent
from placet_prince2.numbers.tolerances import Level

Light = Literal["green", "amber", "red"]


def _plain(value: Decimal | date) -> Decimal | date:
    return plain_number(value) if isinstance(value, Decimal) else value


Amount = Annotated[Decimal, AfterValidator(plain_number)]
#: With one decimal.
Percent = Annotated[Decimal, AfterValidator(percent)]
#: An amount, or a day for time.
Value = Annotated[Level, AfterValidator(_plain)]


class ItemLine(Answer):
    """One item."""

    key: str
    title: str
    state: str


class ToleranceLine(Answer):
    """One tolerance and its forecast, in its own unit; without a forecast it has no light."""

    aspect: str
    indicator: str | None = None
    unit: str
    target: Value
    forecast: Value | None = None
    deviation: Amount | None = None
    limit_upper: Amount | None = None
    limit_lower: Amount | None = None
    #: Percent of the limit; null where the limit is 0 and the deviation is not.
    used_percent: Percent | None = None
    light: Light | None = None
    #: Items that make it red by themselves.
    because: list[str] = Field(default_factory=list)


class OfferedTolerance(Answer):
    """A usual tolerance with the target of the item, in the form in which the item takes it."""

    aspect: str
    target: Value
    unit: str
    upper: Amount
    lower: Amount
    basis: str


class OpenTolerance(Answer):
    """A usual tolerance that has no target yet."""

    aspect: str
    indicator: str | None = None
    unit: str
    upper: Amount | None
    lower: Amount
    basis: str
    #: The figure that has to be given first.
    missing: str


class UsualTolerances(Answer):
    """The tolerances that are usual in the workspace, for one project, plan or work package."""

    key: str
    part: str
    tolerances: list[OfferedTolerance]
    open: list[OpenTolerance]


class PartLine(ItemLine):
    """A stage or a work package: the plan, and the forecast."""

    number: int | None = None
    planned_start: date | None
    planned_end: date | None
    forecast_end: date | None
    budget: Amount | None
    actual_cost: Amount | None
    forecast_cost: Amount
    light: Light | None
    tolerances: list[ToleranceLine]


class StageLine(PartLine):
    """A stage."""

    kind: str
    work_packages: int
    open_work_packages: int


class BreachLine(Answer):
    """One measure outside its tolerance."""

    aspect: str
    indicator: str | None = None
    unit: str
    target: Value
    limit: Amount
    forecast: Value
    deviation: Amount
    because: list[str] = Field(default_factory=list)


class ExceptionLine(ItemLine):
    """An exception."""

    level: str
    subject: str | None
    breaches: list[BreachLine]
    raised_at: Moment
    decision: str | None


class IssueLine(ItemLine):
    """An issue, with its decision once there is one."""

    kind: str
    severity: int | None
    priority: str | None
    cost_impact: Amount | None
    decision: str | None
    decided_by: str | None


class RiskLine(ItemLine):
    """A risk, after its response once one is in hand."""

    kind: str
    score: int | None
    exposure: Amount | None
    owner: str | None


class LessonLine(ItemLine):
    """A lesson."""

    event: str
    recommendation: str


class BenefitLine(ItemLine):
    """A benefit, in its own unit."""

    unit: str | None
    target_value: Amount | None
    forecast_value: Amount | None
    actual_value: Amount | None


class Register(Answer):
    """A register by number."""

    name: str
    open: int
    total: int
    #: The number of items in each state that has any.
    states: dict[str, int]


class ChangeBudget(Answer):
    """The change budget."""

    budget: Amount
    used: Amount
    left: Amount


class Exposure(Answer):
    """The expected cost of all open threats."""

    open_threats: int
    exposure: Amount
    risk_budget: Amount | None


class EarnedValueLine(Answer):
    """Earned value: budget, planned, earned and spent, and the two ratios."""

    budget: Amount
    planned: Amount
    earned: Amount
    spent: Amount
    cost_performance: Amount | None
    schedule_performance: Amount | None


class ScenarioLine(Answer):
    """The net present value if something turns out otherwise."""

    name: str
    npv: Amount


class CaseLine(ItemLine):
    """The business case."""

    npv: Amount | None
    roi_percent: Amount | None
    payback_years: Amount | None
    #: Percent by which benefits may fall, or costs rise, until the case no longer stands.
    benefit_margin: Percent | None
    cost_margin: Percent | None
    scenarios: list[ScenarioLine]


class QualityFigures(Answer):
    """Quality activities by number."""

    passed: int
    failed: int
    outstanding: int


class DecisionLine(Answer):
    """A decision or step that is next, and who takes it."""

    item: ItemLine
    type: str
    decision: str
    #: Role ids, and the people who hold them on the item.
    roles: list[str]
    people: list[str]
    since: Moment


class Dashboard(Answer):
    """A project as its board and its manager see it."""

    project: PartLine
    as_of: Moment
    #: The worst light of the project and of its running stages.
    light: Light
    stages: list[StageLine]
    exceptions: list[ExceptionLine]
    registers: list[Register]
    change_budget: ChangeBudget | None
    risk: Exposure
    earned_value: EarnedValueLine | None
    business_case: CaseLine | None
    decisions: list[DecisionLine]


class Report(Answer):
    """A report of a project, made from its log."""

    key: str
    kind: str
    project: ItemLine
    #: The project, stage or work package that it is about.
    subject: ItemLine
    #: After the report before it; null for the first.
    since: Moment | None
    #: When it was issued; until then, now.
    as_of: Moment
    issued: bool
    parts: list[PartLine]
    exceptions: list[ExceptionLine]
    products_done: list[ItemLine]
    products_next: list[ItemLine]
    quality: QualityFigures
    issues_raised: list[IssueLine]
    issues_decided: list[IssueLine]
    issues_open: list[IssueLine]
    risks_new: list[RiskLine]
    risks_open: list[RiskLine]
    risk: Exposure
    change_budget: ChangeBudget | None
    earned_value: EarnedValueLine | None
    business_case: CaseLine | None
    benefits: list[BenefitLine]
    lessons: list[LessonLine]
    issues_risks_summary: str | None
    lessons_summary: str | None
    outlook: str | None
