"""The fields of a product and of a quality activity.

Source: PRINCE2 7, practice Quality: a product is described by criteria that can be measured before it is made.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from placet import AssigneeId, ItemKey, Line, Moment, Ref, Text
from placet_prince2.ids import ISSUE, PRODUCT, WORK_PACKAGE
from placet_prince2.numbers.tolerances import Figure
from placet_prince2.place import PlacedFields
from placet_prince2.projects.fields import Moscow


class ProductKind(StrEnum):
    """The kind of a product."""

    PROJECT_PRODUCT = "project_product"
    SPECIALIST = "specialist"
    EXTERNAL = "external"


class Criterion(BaseModel):
    """A quality criterion, with the range in which its measured value has to lie."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Line
    text: Text
    unit: Line | None = None
    target: Figure | None = None
    lower: Figure | None = None
    upper: Figure | None = None
    method: Line | None = None
    moscow: Moscow = Moscow.MUST

    @model_validator(mode="after")
    def _has_a_range(self) -> Criterion:
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"criterion {self.id}: lower {self.lower} is above upper {self.upper}")
        return self


class Measured(BaseModel):
    """The value of a criterion, as a quality activity has measured it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criterion_id: Line
    measured: Figure
    at: Moment


class Concession(BaseModel):
    """A criterion that may be missed, by a decided issue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criterion: Line
    issue: Annotated[ItemKey, Ref(ISSUE)]
    granted_by: AssigneeId
    at: Moment
    #: The value that was measured then: a worse one is not conceded. `None` where nothing was measured yet.
    measured: Figure | None = None


class QualityMethod(StrEnum):
    """How quality is assessed."""

    INSPECTION = "inspection"
    TEST = "test"
    DEMONSTRATION = "demonstration"
    DOCUMENT_REVIEW = "document_review"
    AUDIT = "audit"


class QualityResult(StrEnum):
    """The result of a quality activity."""

    PASS = "pass"  # noqa: S105  # no password: an activity was passed
    FAIL = "fail"
    PASS_WITH_CONCESSION = "pass_with_concession"  # noqa: S105


class ProductFields(PlacedFields):
    """Something that the project makes, with the criteria by which it is accepted."""

    kind: ProductKind
    work_package: Annotated[ItemKey, Ref(WORK_PACKAGE)] | None = None
    purpose: Text | None = None
    composition: Text | None = None
    derivation: Text | None = None
    quality_criteria: Annotated[tuple[Criterion, ...], Field(max_length=100)] = ()
    #: Set by quality activities.
    measured: Annotated[tuple[Measured, ...], Field(max_length=100)] = ()
    #: Set by decided issues.
    concessions: Annotated[tuple[Concession, ...], Field(max_length=100)] = ()
    producer: AssigneeId | None = None
    approver: AssigneeId | None = None
    reviewers: Annotated[tuple[AssigneeId, ...], Field(max_length=20)] = ()
    moscow: Moscow | None = None
    weight: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    sustainability_requirements: Text | None = None
    #: Whether it is forecast not to be delivered.
    undelivered: Annotated[bool, Field(title="Forecast not to be delivered")] = False
    #: Grows with every approved change of the description.
    baseline_version: Annotated[int, Field(ge=0)] = 0
    baselined_at: Moment | None = None
    #: The result of its first quality activity, and when that was recorded.
    first_result: QualityResult | None = None
    first_checked_at: Moment | None = None
    #: Computed: criteria that are outside their range without a concession.
    failing: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    #: The operational owner.
    handover_to: Line | None = None


#: The content that is under change control once it is agreed.
DESCRIPTION = (
    "kind", "purpose", "composition", "derivation", "quality_criteria", "producer", "approver", "reviewers", "moscow",
    "weight", "sustainability_requirements",
)  # fmt: skip
RECORDED = (
    "work_package", "measured", "concessions", "baseline_version", "baselined_at", "first_result", "first_checked_at",
)  # fmt: skip


class CriterionResult(BaseModel):
    """The value of one criterion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criterion_id: Line
    measured: Figure
    ok: bool


class ActivityFields(PlacedFields):
    """One planned review or test of a product."""

    #: Computed: the product.
    product: Annotated[ItemKey, Ref(PRODUCT)] | None = None
    method: QualityMethod
    planned_date: date
    actual_date: date | None = None
    reviewers: Annotated[tuple[AssigneeId, ...], Field(min_length=1, max_length=20)]
    result: QualityResult | None = None
    criteria_results: Annotated[tuple[CriterionResult, ...], Field(max_length=100)] = ()
    performed_at: Moment | None = None


def beyond(criterion: Criterion, value: Decimal) -> Decimal:
    """How far a value is outside the range of its criterion; 0 inside."""
    low = Decimal(0) if criterion.lower is None else criterion.lower - value
    high = Decimal(0) if criterion.upper is None else value - criterion.upper
    return max(low, high, Decimal(0))


def conceded(fields: ProductFields) -> set[str]:
    """The criteria that may be missed: those with a concession whose value has not become worse since."""
    values = {each.criterion_id: each.measured for each in fields.measured}
    criteria = {each.id: each for each in fields.quality_criteria}
    return {
        each.criterion
        for each in fields.concessions
        if each.criterion in criteria
        and (
            each.measured is None
            or each.criterion not in values
            or beyond(criteria[each.criterion], values[each.criterion])
            <= beyond(criteria[each.criterion], each.measured)
        )
    }


def outside(criterion: Criterion, value: Decimal) -> bool:
    """Whether a value is outside the range of its criterion; exactly at an end is inside."""
    below = criterion.lower is not None and value < criterion.lower
    return below or (criterion.upper is not None and value > criterion.upper)
