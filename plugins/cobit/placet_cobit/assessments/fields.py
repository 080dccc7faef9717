"""The fields of a control assessment and of its tests.

Source: COBIT 2019, MEA02.03 and MEA04.05 to 04.08.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import ActorId, AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_cobit.assessments.conclusion import Conclusion, Design
from placet_cobit.ids import CONTROL

Count = Annotated[int, Field(ge=0)]


class AssessmentFields(Fields):
    """One test cycle of one control for one period."""

    #: The first and the last day of the period.
    period_start: date
    period_end: date
    #: Computed: the control.
    control: Annotated[ItemKey, Ref(CONTROL)] | None = None
    #: Computed: who does not test or review it.
    control_owner: AssigneeId | None = None
    control_performer: AssigneeId | None = None
    #: How often the control operated in the period, and SHA-256 over the ids of these operations in order, a line feed
    #: between each two: the population can be read from the log again, and compared.
    population_size: Count | None = None
    population_digest: Line | None = None
    #: Operations that the control missed although it was in force.
    bypasses: Count | None = None
    sample_size: Count | None = None
    #: Elements that somebody has replaced, as they do not apply.
    replaced: Count = 0
    #: The drawing can be repeated with it.
    seed: Line | None = None
    extended: bool = False
    evidence_requested_at: Moment | None = None
    #: The time to provide evidence has passed.
    evidence_overdue: bool = False
    tester: AssigneeId | None = None
    design_result: Design | None = None
    design_note: Text | None = None
    #: Rises with every result and replacement below it, from which the figures are counted anew.
    tests_changed: Count = 0
    deviations: Count | None = None
    #: Percent, for reading.
    deviation_rate: Decimal | None = None
    #: Percent that the rate does not exceed, with a confidence of 90 percent on one side; for reading.
    upper_limit: Decimal | None = None
    #: By the table.
    rule_conclusion: Conclusion | None = None
    #: Another conclusion, with its reason and the second reviewer who agrees to it.
    override: Conclusion | None = None
    override_reason: Text | None = None
    second_reviewer: ActorId | None = None
    conclusion: Conclusion | None = None
    reviewer: AssigneeId | None = None
    #: The day by which it is to be concluded, and whether it was.
    due_on: date | None = None
    on_time: bool | None = None


#: Nobody types them.
RECORDED = (
    "population_size", "population_digest", "bypasses", "sample_size", "seed", "extended", "evidence_requested_at",
    "evidence_overdue", "tester", "replaced", "tests_changed", "deviations", "deviation_rate", "upper_limit",
    "rule_conclusion", "conclusion", "reviewer", "on_time",
)  # fmt: skip
COMPUTED_FIELDS = ("control", "control_owner", "control_performer", "due_on")


class Result(StrEnum):
    """The result of one test."""

    PASS = "pass"  # noqa: S105  # a result
    DEVIATION = "deviation"
    NOT_APPLICABLE = "not_applicable"


class ElementFields(Fields):
    """One element of a sample, or a pass that a person checks again."""

    #: The id of the event, or the period in which a control operates: `2026-03`.
    element: Line
    #: The item to which it happened, and when.
    about: Annotated[ItemKey, Ref()]
    at: Moment
    happened: Line
    #: Its place in the order of the drawing, from 1 on.
    place: Annotated[int, Field(ge=1)]
    #: The control missed it.
    bypass: bool = False
    #: Somebody had taken the item out of the control's scope.
    left_scope: bool = False
    #: People who had approved the item by then, in the approvals of the engine.
    approvers: Annotated[tuple[ActorId, ...], Field(max_length=100)] = ()
    #: No accepted evidence was there when the time to provide it had passed.
    evidence_missing: bool = False
    result: Result | None = None
    note: Text | None = None
    tested_by: AssigneeId | None = None
    #: Computed: the control.
    control: Annotated[ItemKey, Ref(CONTROL)] | None = None
