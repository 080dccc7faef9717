"""Periods: the days of an assessment as a time, those in which a control operates, and when the next one is tested.

Pure functions over dates; weeks begin on Monday. Source: COBIT 2019, MEA04.02 for plans of assurance.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import week_of

_DAY = timedelta(days=1)
#: Months of a period, by frequency.
MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}
_WEEK = 7


def span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The time [since, until) of some days, both included."""
    there = ZoneInfo(zone)
    return datetime.combine(first, time(), there), datetime.combine(last + _DAY, time(), there)


def plus_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_end(start: date, frequency: str) -> date:
    """The last day of a test period that begins on a day; a control that is tested at every event once a year."""
    if frequency == "daily":
        return start
    if frequency == "weekly":
        return start + (_WEEK - 1) * _DAY
    return plus_months(start, MONTHS.get(frequency, MONTHS["annual"])) - _DAY


@dataclass(frozen=True, slots=True)
class Period:
    """A period in which a control operates once."""

    #: `2026-03-02`, `2026-W10`, `2026-03`, `2026-Q1`, `2026-H1`, `2026`.
    name: str
    first: date
    last: date


def _named(first: date, frequency: str) -> str:
    match frequency:
        case "daily":
            return first.isoformat()
        case "weekly":
            return week_of(first)
        case "monthly":
            return f"{first:%Y-%m}"
        case "quarterly":
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case "semiannual":
            return f"{first.year}-H{(first.month + 5) // 6}"
        case _:
            return str(first.year)


def _first(day: date, frequency: str) -> date:
    """The first day of the period of a day."""
    if frequency == "daily":
        return day
    if frequency == "weekly":
        return day - (day.isoweekday() - 1) * _DAY
    months = MONTHS[frequency]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def ended_in(start: date, end: date, frequency: str) -> Iterator[Period]:
    """The periods of a frequency whose last day lies between two days, both included."""
    first = _first(start, frequency)
    while (last := next_end(first, frequency)) <= end:
        if last >= start:
            yield Period(_named(first, frequency), first, last)
        first = last + _DAY
