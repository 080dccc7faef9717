"""The fields of an exception.

Source: PRINCE2 7, practice Progress: exception report and exception plan.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import AssigneeId, ItemKey, Moment, Ref, Text
from placet_prince2.control.fields import Breaches, Tolerances
from placet_prince2.ids import ISSUE, MANAGEMENT_PRODUCT, PROJECT, STAGE
from placet_prince2.issues.fields import IssueOption
from placet_prince2.place import PlacedFields


class Level(StrEnum):
    """The level whose tolerance is left."""

    STAGE = "stage"
    PROJECT = "project"


class ExceptionDecision(StrEnum):
    """The answer to an exception."""

    INCREASE_TOLERANCE = "increase_tolerance"
    EXCEPTION_PLAN = "exception_plan"
    PREMATURE_CLOSURE = "premature_closure"
    MORE_INFORMATION = "more_information"
    NO_ACTION = "no_action"


class ExceptionFields(PlacedFields):
    """A forecast outside tolerance, which the level above decides on."""

    #: Computed: the level whose tolerance is left, by the item below which it was made.
    level: Level | None = None
    #: Computed: the stage or project that is outside.
    subject: Annotated[ItemKey, Ref(STAGE, PROJECT)] | None = None
    #: Set when figures change.
    breaches: Breaches = ()
    #: The issue for which the board has asked for an exception plan.
    issue: Annotated[ItemKey, Ref(ISSUE)] | None = None
    cause: Text | None = None
    consequence: Text | None = None
    options: Annotated[tuple[IssueOption, ...], Field(max_length=20)] = ()
    recommendation: Text | None = None
    lessons: Text | None = None
    decision: ExceptionDecision | None = None
    decided_by: AssigneeId | None = None
    decided_at: Moment | None = None
    #: When it was reported for the first time.
    reported_at: Moment | None = None
    #: Business days from then to its answer.
    decision_days: Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)] | None = None
    new_tolerances: Tolerances = ()
    exception_plan: Annotated[ItemKey, Ref(MANAGEMENT_PRODUCT)] | None = None


REPORT = ("cause", "consequence", "options", "recommendation", "lessons")
RECORDED = (
    "breaches", "issue", "decision", "decided_by", "decided_at", "reported_at",
    "decision_days", "new_tolerances",
)  # fmt: skip
