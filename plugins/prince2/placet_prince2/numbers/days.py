"""Days from one date to another, in the unit of a tolerance for time.

    calendar days    every day counts
    business days    the days count on which the workspace's calendar is open

Only the days after the first date count, so that a stage that ends on the Monday after a planned Friday is one business
day late, and one that ends on the Saturday is not late at all.

Source: PRINCE2 7, practice progress, leaves the unit of time to the project.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

#: Whether work is done on a day.
Workday = Callable[[date], bool]
_DAY: Final = timedelta(days=1)
#: Days beyond which nobody counts workdays.
_FAR: Final = 36_525


class TimeUnit(StrEnum):
    """The days in which tolerances for time are counted."""

    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"

    @property
    def noun(self) -> str:
        """The name of one day."""
        return "business day" if self is TimeUnit.BUSINESS_DAYS else "day"


#: The ways in which tolerances write each unit, the usual one first.
WRITTEN: Final[dict[TimeUnit, tuple[str, ...]]] = {
    TimeUnit.CALENDAR_DAYS: ("days", "calendar days", "calendar_days"),
    TimeUnit.BUSINESS_DAYS: ("business days", "business_days", "bd"),
}


def unit_of(written: str) -> TimeUnit:
    """The unit that a tolerance for time is written in."""
    business = written in WRITTEN[TimeUnit.BUSINESS_DAYS]
    return TimeUnit.BUSINESS_DAYS if business else TimeUnit.CALENDAR_DAYS


def every_day(_: date) -> bool:
    """The calendar of an organization that never closes."""
    return True


def days_from(start: date, end: date, unit: TimeUnit, works: Workday) -> int:
    """Days from one date to another; negative where the end lies before the start.

    Workdays more than a century ahead are not counted.
    """
    if unit is TimeUnit.CALENDAR_DAYS:
        return (end - start).days
    if end < start:
        return -days_from(end, start, unit, works)
    return sum(works(start + _DAY * n) for n in range(1, min((end - start).days, _FAR) + 1))


def last_within(start: date, days: int, unit: TimeUnit, works: Workday) -> date:
    """The last date that is at most so many days after another: before a closed Monday, the Monday is still one."""
    most = min(_FAR, (date.max - start).days)
    if unit is TimeUnit.CALENDAR_DAYS:
        return start + _DAY * min(days, most)
    left = days
    for n in range(1, most + 1):
        left -= works(start + _DAY * n)
        if left < 0:
            return start + _DAY * (n - 1)
    return start + _DAY * most
