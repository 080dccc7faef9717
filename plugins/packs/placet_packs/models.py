"""The form of a pack: the parts of its file. Each part is written as the definition of Placet that it becomes."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from placet import GateMode

Word = Annotated[str, Field(min_length=1)]
Words = tuple[Word, ...]
Span = Annotated[timedelta, Field(gt=timedelta())]


class Kind(StrEnum):
    """The kind of a value: of a field or a setting."""

    LINE = "line"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    DATE = "date"
    MOMENT = "moment"
    DURATION = "duration"
    PERSON = "person"
    ITEM = "item"
    CHOICE = "choice"


class Part(BaseModel):
    """A part of a pack."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SettingPart(Part):
    """A setting, which each workspace may set."""

    type: Kind
    default: Any
    #: Of its value, for people.
    unit: str = ""
    #: The values of a choice.
    choices: Words = ()


class RolePart(Part):
    """A role of people."""

    id: Word
    title: Word
    decides: str = ""


class FieldPart(Part):
    """A field of an item type."""

    type: Kind
    choices: Words = ()
    #: Whether lists can be sorted and filtered by it.
    indexed: bool = False
    #: States in which it cannot be edited.
    frozen_in: Words = ()


class CheckPart(Part):
    """A requirement, as a condition in CEL."""

    id: Word
    #: The requirement as an auditor reads it aloud.
    title: Word
    #: The condition: true where it is met.
    requires: Word
    #: It is required only where this condition holds.
    when: Word | None = None
    #: The blocker's message: fields and settings of the condition in braces.
    message: Word
    remedy: Word
    #: Roles that can clear it.
    who: Words = ()


class GatePart(Part):
    """A gate before transitions."""

    id: Word
    title: Word
    #: The transitions that wait for it.
    before: Annotated[Words, Field(min_length=1)]
    checks: Annotated[tuple[CheckPart, ...], Field(min_length=1)]
    waived_by: Words = ()
    mode: GateMode = GateMode.ENFORCE


class QuorumPart(Part):
    """A quorum that counts: a number of approvals, or percent of the people asked."""

    n: Annotated[int, Field(ge=1)] | None = None
    percent: Annotated[float, Field(gt=0, le=100)] | None = None


class ApprovalPart(Part):
    """An approval by holders of roles."""

    id: Word
    title: Word
    by: Annotated[Words, Field(min_length=1)]
    quorum: Literal["any", "all"] | QuorumPart = "any"
    asked_by: Words = ()
    needed_by: Words = ()
    voided_by: Words = ()
    material_fields: Words = ()
    material_evidence: Words = ()
    reminds: Span | None = None
    expires: Span | None = None


class DutyPart(Part):
    """Segregation of duties."""

    id: Word
    title: Word
    acts: Annotated[Words, Field(min_length=1)]
    bars: Annotated[Words, Field(min_length=1)]
    remedy: str = ""


class TimePart(Part):
    """A length of time: on a calendar of the workspace, or elapsed time without one."""

    days: Annotated[float, Field(ge=0)] = 0
    hours: Annotated[float, Field(ge=0)] = 0
    minutes: Annotated[float, Field(ge=0)] = 0
    calendar: Word | None = None


class ThresholdPart(Part):
    """A point in a timer's time: percent of it, 100 when it is due."""

    percent: Annotated[int, Field(ge=1)] = 100
    notifies: Words = ()
    #: The transition that it makes.
    fires: Word | None = None


class TimerPart(Part):
    """A timer: with a time, or until the moment in a field."""

    id: Word
    title: Word
    starts: Annotated[Words, Field(min_length=1)]
    stops: Words = ()
    time: TimePart | None = None
    until: Word | None = None
    thresholds: Annotated[tuple[ThresholdPart, ...], Field(min_length=1)]


class NotificationPart(Part):
    """A notification rule."""

    id: Word
    title: Word
    on: Annotated[Words, Field(min_length=1)]
    to: Annotated[Words, Field(min_length=1)]
    because: Word


class TypePart(Part):
    """Additions to one item type."""

    fields: dict[Word, FieldPart] = Field(default_factory=dict)
    #: The fields that a transition requires.
    inputs: dict[Word, Annotated[Words, Field(min_length=1)]] = Field(default_factory=dict)
    gates: tuple[GatePart, ...] = ()
    approvals: tuple[ApprovalPart, ...] = ()
    duties: tuple[DutyPart, ...] = ()
    timers: tuple[TimerPart, ...] = ()
    notifications: tuple[NotificationPart, ...] = ()


class PackPart(Part):
    """The whole file."""

    #: The first part of every id in it.
    id: Word
    title: Word
    description: str = ""
    requires: Words = ()
    extends: Words = ()
    roles: tuple[RolePart, ...] = ()
    settings: dict[Word, SettingPart] = Field(default_factory=dict)
    item_types: dict[Word, TypePart] = Field(default_factory=dict)
