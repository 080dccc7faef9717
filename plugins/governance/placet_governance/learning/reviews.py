"""Reviews: what they look at and find, and those that come back by themselves.

Source: COBIT 2019, MEA01 Managed performance and conformance monitoring; ITIL 4, practice Continual improvement.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import (
    Fields,
    Gate,
    ItemKey,
    Job,
    JobContext,
    Line,
    NotificationRule,
    Ref,
    Settings,
    Text,
    Threshold,
    Timer,
    Until,
    fields_present,
)
from placet_governance.ids import REVIEW
from placet_governance.roles import PROCESS_OWNER


class Cadence(StrEnum):
    """How often a review comes back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


#: By cadence: the subjects of the review.
LOOKS_AT = {
    Cadence.WEEKLY: ("change schedule", "collisions", "open incidents of the highest priorities"),
    Cadence.MONTHLY: ("service levels kept", "acceptances about to end", "lessons of the month"),
    Cadence.QUARTERLY: ("objectives", "order of the portfolio", "capacity", "change models"),
    Cadence.YEARLY: ("rules and their exceptions", "tailoring of methods", "training of role holders"),
}


class ReviewSettings(Settings):
    """Of reviews."""

    #: Reviews that come back by themselves, on the first day of each week, month, quarter or year.
    review_cadence: tuple[Cadence, ...] = ()


class ReviewFields(Fields):
    """One review."""

    cadence: Cadence
    looks_at: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    due_on: date
    findings: Text | None = None
    #: Improvements, decisions and other items that it has led to.
    follow_ups: Annotated[tuple[Annotated[ItemKey, Ref()], ...], Field(max_length=100)] = ()


FOUND = Gate(
    "governance.review_findings",
    "Findings recorded",
    fields_present("governance.findings", "findings", remedy="record what was found, or that nothing was"),
)
REVIEW_DUE = Timer(
    "governance.review_due",
    "Review",
    starts=("create",),
    stops=("hold_review", "skip_review"),
    target=Until("due_on"),
    thresholds=(Threshold(100, notifies=(PROCESS_OWNER.id,)),),
)
REVIEW_CALLED = NotificationRule(
    "governance.review_called",
    "A review is due",
    REVIEW,
    ["create"],
    [PROCESS_OWNER],
    "you answer for how it works, and for its improvement",
)


def begins(cadence: Cadence, day: date) -> bool:
    """Whether a period of a cadence begins on a day."""
    match cadence:
        case Cadence.WEEKLY:
            return day.isoweekday() == 1
        case Cadence.MONTHLY:
            return day.day == 1
        case Cadence.QUARTERLY:
            return day.day == 1 and day.month % 3 == 1
        case Cadence.YEARLY:
            return (day.month, day.day) == (1, 1)


def call_reviews(ctx: JobContext) -> None:
    """Make the reviews whose period begins today. Setting: `review_cadence`."""
    for cadence in dict.fromkeys(ctx.settings.review_cadence):
        if begins(cadence, ctx.today):
            title = f"{cadence.capitalize()} review: {ctx.today:%Y-%m-%d}"
            ctx.create(REVIEW, title, cadence=cadence, looks_at=LOOKS_AT[cadence], due_on=ctx.today)


JOBS = (Job("governance.reviews", "Reviews that come back", call_reviews, time(6)),)
