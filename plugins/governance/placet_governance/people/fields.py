"""The fields of a communication, a training and an allocation.

Source: PRINCE2 7, practice organizing (communication); COBIT 2019, APO07 Managed human resources, BAI05 Managed
organizational change.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from placet import ActorId, AssigneeId, Fields, ItemKey, Line, Moment, Text
from placet_governance.people.weeks import Week, between, monday

#: Weeks that one allocation covers at most.
LONGEST = 106


def _once(members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(members))


class Channel(StrEnum):
    """How a communication reaches people."""

    MAIL = "mail"
    PORTAL = "portal"
    CHAT = "chat"
    CALL = "call"
    STATUS_PAGE = "status_page"
    CALENDAR = "calendar"


class CommunicationFields(Fields):
    """One entry of a communication plan."""

    #: Groups, in words.
    audience: Annotated[tuple[Line, ...], Field(max_length=100), AfterValidator(_once)]
    message: Text
    channel: Channel
    due_at: Moment
    #: It is sent automatically when it is due; otherwise its owner is reminded.
    automatic: bool = False
    #: People who confirm that they have read it.
    needs_ack: bool = False
    readers: Annotated[tuple[AssigneeId, ...], Field(max_length=500), AfterValidator(_once)] = ()
    #: Roles whose holders become readers too when it is sent.
    reader_roles: Annotated[tuple[Line, ...], Field(max_length=50), AfterValidator(_once)] = ()
    sent_at: Moment | None = None
    #: The items that it informed of when it was sent: a link that is made later makes it no message about an item.
    sent_about: Annotated[tuple[ItemKey, ...], Field(max_length=500)] = ()
    #: Computed: it was sent after it was due.
    late: bool | None = None
    acknowledged_by: Annotated[tuple[ActorId, ...], Field(max_length=500)] = ()
    #: Readers who had not confirmed it when the time was up.
    unacknowledged: Annotated[tuple[ActorId, ...], Field(max_length=500)] = ()


_People = Annotated[int, Field(ge=0, le=1_000_000)]


class TrainingFields(Fields):
    """One measure that enables a group to do what is new."""

    #: People and groups, in words.
    audience: Annotated[tuple[Line, ...], Field(max_length=500), AfterValidator(_once)] = ()
    required_count: _People | None = None
    completed_count: _People | None = None
    #: Percent of those who completed it that have to pass.
    pass_mark: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    passed_count: _People | None = None
    #: How one can see that people apply the training.
    adoption_measure: Text | None = None
    #: The target for that, and the result after the training, in the counted unit.
    adoption_target: Annotated[Decimal, Field(gt=0, le=1_000_000_000)] | None = None
    adoption_found: Annotated[Decimal, Field(ge=0, le=1_000_000_000)] | None = None

    @model_validator(mode="after")
    def _nobody_passes_twice(self) -> TrainingFields:
        if (self.passed_count or 0) > (self.completed_count or 0):
            raise ValueError(
                f"passed_count {self.passed_count} is more than completed_count {self.completed_count or 0}"
            )
        return self


class AllocationFields(Fields):
    """The share of a person for a time."""

    person: AssigneeId
    #: Of their working time in each week.
    percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
    week_from: Week
    week_to: Week
    #: Computed: the beginning of the first week.
    starts_at: Moment | None = None
    #: Weeks of it in which it took the promised time of the person beyond 100 percent, when it was confirmed.
    overloaded_weeks: Annotated[int, Field(ge=0)] | None = None
    #: Computed: the end of the last week.
    ends_at: Moment | None = None

    @model_validator(mode="after")
    def _comes_to_an_end(self) -> AllocationFields:
        if self.week_to < self.week_from:
            raise ValueError(f"week_to {self.week_to} lies before week_from {self.week_from}")
        weeks = (monday(self.week_to) - monday(self.week_from)).days // 7 + 1
        if weeks > LONGEST:
            raise ValueError(
                f"it covers {weeks} weeks, and {LONGEST} at most: allocate for less, and again then"
            )
        return self

    @property
    def weeks(self) -> tuple[str, ...]:
        """The weeks that it covers."""
        return tuple(between(self.week_from, self.week_to))
