"""The fields of a finding and of the actions that remedy it.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from placet import AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_cobit.ids import CONTROL, FINDING, MONITOR
from placet_cobit.severity import Severity, Source


class FindingFields(Fields):
    """A deficiency."""

    #: The state that was found, the one that ought to be, and the effect of the difference.
    condition: Text
    criteria: Text
    effect: Text
    source: Source
    cause: Text | None = None
    #: Computed: the control that is deficient.
    control: Annotated[ItemKey, Ref(CONTROL)] | None = None
    #: The monitor that found it.
    monitor: Annotated[ItemKey, Ref(MONITOR)] | None = None
    #: The event of the log that it is about, such as the transition that the control missed.
    event: Line | None = None
    #: Set when it is made, by `severity.py`.
    severity: Severity | None = None
    #: The finding on the same control that was closed within the last twelve months.
    recurrence_of: Annotated[ItemKey, Ref(FINDING)] | None = None
    #: The last day that its due date may be.
    latest_due: Annotated[date | None, Field(title="Latest due date")] = None
    owner: AssigneeId | None = None
    due_date: date | None = None
    #: When the last action was completed: a retest counts from there.
    fixed_at: Moment | None = None
    closed_at: Moment | None = None


#: Kept with the finding from its making on: nobody types them.
RECORDED = ("control", "monitor", "event", "severity", "recurrence_of", "latest_due", "fixed_at", "closed_at")


class RemediationFields(Fields):
    """One step that remedies a finding."""

    assignee: AssigneeId
    due_date: date
    description: Text | None = None
    done_at: Moment | None = None
