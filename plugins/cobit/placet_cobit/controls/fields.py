"""The fields of a control.

Source: COBIT 2019, MEA02 Managed system of internal control, and DSS06 Managed business process controls.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import AssigneeId, Fields, ItemKey, Line, Ref, Text
from placet_cobit.controls.bindings import Binding, ControlMode
from placet_cobit.ids import CONTROL


class Nature(StrEnum):
    """When a control acts."""

    PREVENTIVE = "preventive"
    DETECTIVE = "detective"
    CORRECTIVE = "corrective"


class Execution(StrEnum):
    """Who operates a control: the system, a person with the system, or a person."""

    AUTOMATED = "automated"
    IT_DEPENDENT_MANUAL = "it_dependent_manual"
    MANUAL = "manual"


class Frequency(StrEnum):
    """How often a control is operated, or tested."""

    PER_EVENT = "per_event"
    CONTINUOUS = "continuous"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"


class EvidenceRequirement(BaseModel):
    """Evidence that every operation of a control leaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: `test_result`, `approval_record`, ...
    kind: Line
    min_count: Annotated[int, Field(ge=1, le=100)] = 1
    #: How old it may be at the operation; the usual age of its kind if left out.
    max_age: Annotated[timedelta, Field(gt=timedelta(0))] | None = None
    #: Attached by somebody else than the performer.
    independent: bool = False


class Design(BaseModel):
    """A design as it was activated, with those who own and operate the control."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    practice_id: Line
    statement: Text | None = None
    nature: Nature | None = None
    execution: Execution | None = None
    frequency: Frequency | None = None
    key_control: bool | None = None
    high_risk: bool | None = None
    legal_basis: bool = False
    bindings: tuple[Binding, ...] = ()
    mode: ControlMode | None = None
    evidence_requirements: tuple[EvidenceRequirement, ...] = ()
    test_procedure: Text | None = None
    test_frequency: Frequency | None = None
    control_owner: AssigneeId | None = None
    control_performer: AssigneeId | None = None


class Suspended(BaseModel):
    """A time in which a control gated nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: date
    #: The day on which it was resumed; `None` while it is suspended.
    last: date | None = None


class ControlFields(Fields):
    """A rule that is operated, with what it gates, the evidence that it leaves, and how it is tested."""

    #: The practice that it serves: BAI06.01.
    practice_id: Line
    #: The default control of which it was made, if it was.
    template: Line | None = None
    #: Who does what, and when; so that it can be tested.
    statement: Text | None = None
    nature: Nature | None = None
    execution: Execution | None = None
    frequency: Frequency | None = None
    key_control: bool | None = None
    high_risk: bool | None = None
    #: A law or a regulation requires it.
    legal_basis: bool = False
    bindings: Annotated[tuple[Binding, ...], Field(max_length=20)] = ()
    #: Whether it stops what does not meet it; by default a preventive control does.
    mode: ControlMode | None = None
    #: The bindings that gate transitions now; a redesign leaves them until the next activation.
    in_force: Annotated[tuple[Binding, ...], Field(max_length=20)] = ()
    #: The design that was activated last: assurance goes by it, whatever a redesign drafts.
    activated: Design | None = None
    evidence_requirements: Annotated[tuple[EvidenceRequirement, ...], Field(max_length=20)] = ()
    test_procedure: Text | None = None
    #: By default once a year, and each quarter for a control of high risk.
    test_frequency: Frequency | None = None
    control_owner: AssigneeId | None = None
    control_performer: AssigneeId | None = None
    #: Who is to own it, and to operate it, once a second person has agreed.
    next_owner: AssigneeId | None = None
    next_performer: AssigneeId | None = None
    #: The last day of a suspension, and what works in the place of the control meanwhile.
    suspended_until: date | None = None
    compensating_controls: Annotated[tuple[Annotated[ItemKey, Ref(CONTROL)], ...], Field(max_length=20)] = ()
    #: The accepted risk of a suspension, where no other control works in its place.
    accepted_risk: Annotated[ItemKey, Ref()] | None = None
    #: Its suspensions, in order of time, as far as they lie within twelve months.
    suspensions: Annotated[tuple[Suspended, ...], Field(max_length=400)] = ()


#: The design that is approved, in the order in which it is filled in.
DESIGN = (
    "practice_id", "statement", "nature", "execution", "frequency", "key_control", "high_risk", "legal_basis",
    "bindings", "mode", "evidence_requirements", "test_procedure", "test_frequency",
)  # fmt: skip
#: Those who own and operate it.
PEOPLE = ("control_owner", "control_performer")
#: The content of a handover.
HANDOVER = ("next_owner", "next_performer")
#: The content of a suspension.
SUSPENSION = ("suspended_until", "compensating_controls", "accepted_risk")


def mode_of(fields: ControlFields) -> ControlMode:
    """The mode of a control: its own, and else that of its nature."""
    return mode_by(fields.mode, fields.nature)


def mode_by(mode: str | None, nature: str | None) -> ControlMode:
    """The mode of a design, as it says or by its nature: who prevents, stops."""
    if mode is not None:
        return ControlMode(mode)
    return ControlMode.BLOCK if nature == Nature.PREVENTIVE else ControlMode.RECORD
