"""The history of items as plain values: the fields that figures read, each through time.

A moment alone does not order two events of different items, as several may have the same one. A `Stamp` therefore has
the number of the act besides, in which acts depend on each other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Stamp(NamedTuple):
    """The place of an act in the log."""

    at: datetime
    #: The act's number: an act depends only on acts with smaller ones.
    act: int = 0


@dataclass(frozen=True, slots=True)
class Course(Generic[Value]):
    """One value through time, in the order of its changes."""

    #: The value before the first change.
    initial: Value
    changes: tuple[tuple[Stamp, Value], ...] = ()

    def before(self, stamp: Stamp) -> Value:
        """The value before an act: its own changes do not count."""
        place = bisect_left(self.changes, stamp, key=lambda change: change[0])
        return self.changes[place - 1][1] if place else self.initial

    @property
    def last(self) -> Value:
        """The value after all changes."""
        return self.changes[-1][1] if self.changes else self.initial


@dataclass(frozen=True, slots=True)
class Flow:
    """The states of a workflow, from the first to the last, without those that are cancelled."""

    order: tuple[str, ...]
    active: frozenset[str]
    done: frozenset[str]

    @property
    def started(self) -> frozenset[str]:
        """The first active state and all after it."""
        first = next((n for n, state in enumerate(self.order) if state in self.active), len(self.order))
        return frozenset(self.order[first:])


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """A story or bug through time."""

    key: str
    created_at: datetime
    #: The state; `None` before the item was made.
    states: Course[str | None]
    points: Course[Decimal | None] = field(default_factory=lambda: Course(None))
    #: The key of its sprint.
    sprint: Course[str | None] = field(default_factory=lambda: Course(None))
    blocked: Course[bool] = field(default_factory=lambda: Course(initial=False))
    service_class: str = "standard"

    def entered(self, states: frozenset[str]) -> datetime | None:
        """When it first came into one of these states."""
        return next((stamp.at for stamp, state in self.states.changes if state in states), None)

    def stamps(self) -> list[Stamp]:
        """The acts that changed its state, sprint or points, in order."""
        courses: tuple[Course[str | None] | Course[Decimal | None], ...] = (
            self.states, self.sprint, self.points,
        )  # fmt: skip
        return sorted({stamp for course in courses for stamp, _ in course.changes})


def day_of(at: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment."""
    return at.astimezone(zone).date()


def end_of(day: date, zone: tzinfo) -> Stamp:
    """The end of a calendar day: all acts of the day are before it."""
    return Stamp(datetime.combine(day + _DAY, time(), zone))


def end_of_last_day(over: datetime, zone: tzinfo) -> datetime:
    """The end of the day on which a timebox ends: of the day before, if it ends at midnight."""
    return end_of(day_of(over - _INSTANT, zone), zone).at.astimezone(UTC)


def days(first: date, last: date) -> Iterator[date]:
    """Every calendar day from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY
