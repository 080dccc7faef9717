"""The fields of an issue.

Source: PRINCE2 7, practice Issues.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import AssigneeId, ItemKey, Line, Moment, Ref, Text
from placet_prince2.control.fields import Money
from placet_prince2.ids import MANAGEMENT_PRODUCT, PRODUCT
from placet_prince2.numbers.change_budget import Authority, Reason
from placet_prince2.numbers.tolerances import Aspect, Figure
from placet_prince2.place import PlacedFields
from placet_prince2.projects.fields import Moscow


class IssueKind(StrEnum):
    """The kind of an issue."""

    REQUEST_FOR_CHANGE = "request_for_change"
    OFF_SPECIFICATION = "off_specification"
    PROBLEM_CONCERN = "problem_concern"
    EXTERNAL_EVENT = "external_event"
    BUSINESS_OPPORTUNITY = "business_opportunity"


class IssueDecision(StrEnum):
    """The decision on an issue."""

    APPROVE = "approve"
    REJECT = "reject"
    DEFER = "defer"
    MORE_INFORMATION = "more_information"
    EXCEPTION_PLAN = "exception_plan"
    CONCESSION = "concession"


class IssueOption(BaseModel):
    """A way to treat an issue, or an exception."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Text
    cost: Money | None = None
    days: int | None = None
    note: Text | None = None


class IssueFields(PlacedFields):
    """Something that happened, was not planned, and has to be treated or decided."""

    kind: IssueKind
    description: Text
    #: 1 negligible to 5 project-threatening.
    severity: Annotated[int, Field(ge=1, le=5)] | None = None
    priority: Moscow | None = None
    baselines_affected: Annotated[
        tuple[Annotated[ItemKey, Ref(PRODUCT, MANAGEMENT_PRODUCT)], ...], Field(max_length=200)
    ] = ()
    #: Those of the products among them that are left out of the project where it is approved.
    descopes: Annotated[
        tuple[Annotated[ItemKey, Ref(PRODUCT)], ...], Field(max_length=200, title="Products left out")
    ] = ()
    #: Of an off-specification: the criterion that is missed.
    criterion: Line | None = None
    #: Of the recommended option: currency, and days.
    cost_impact: Annotated[Money, Field(ge=0)] | None = None
    time_impact: int | None = None
    #: By aspect, in its unit.
    impact: dict[Aspect, Figure] | None = None
    options: Annotated[tuple[IssueOption, ...], Field(max_length=20)] = ()
    recommendation: Text | None = None
    #: Computed: who has to decide, and why.
    required_authority: Authority | None = None
    authority_because: Annotated[tuple[Reason, ...], Field(max_length=10)] = ()
    #: Computed: the role of that authority, whose holders are notified.
    deciding: tuple[Line, ...] = ()
    decision: IssueDecision | None = None
    decision_reason: Text | None = None
    decided_by: AssigneeId | None = None
    decided_at: Moment | None = None
    defer_until: date | None = None


IMPACT = (
    "severity", "priority", "baselines_affected", "descopes", "criterion", "cost_impact", "time_impact", "impact",
    "options", "recommendation",
)  # fmt: skip
RECORDED = ("decision", "decision_reason", "decided_by", "decided_at", "defer_until")
