"""Calendars prepared for use: impossible ones are refused, and a country's public holidays are looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from placet.definitions.calendar import WEEKDAYS, BusinessCalendar, Hours
from placet.errors import Fault, InvalidError

#: Years for which public holidays are looked up, from the year before the calendar is made on. Later years come with
#: its next version, as a country may change its holidays.
_YEARS_BEFORE, _YEARS_AHEAD = 1, 15
_WEEK_HOURS = 24 * 7


def checked_calendar(calendar: BusinessCalendar, pointer: str, now: datetime) -> BusinessCalendar:
    """The calendar with its country's public holidays. Raises `InvalidError` with pointers below `pointer`."""
    faults = [Fault(f"{pointer}{at}", message) for at, message in _faults(calendar)]
    if faults:
        raise InvalidError(faults)
    if not calendar.country:
        return replace(calendar, public_holidays={})
    years = range(now.year - _YEARS_BEFORE, now.year + _YEARS_AHEAD + 1)
    return replace(calendar, public_holidays=public_holidays(calendar, years, pointer))


def _faults(calendar: BusinessCalendar) -> Iterator[tuple[str, str]]:
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "/zone", f'"{calendar.zone[:50]}" is not a time zone: take a name such as Europe/Vienna'
    if not calendar.ever_open:
        yield "/hours", "the calendar has no open time: give the hours of a weekday, such as 09:00-17:00"
    for n, spans in enumerate(calendar.hours):
        then = calendar.hours[(n + 1) % 7]
        yield from _overlaps(f"/hours/{WEEKDAYS[n]}", spans, then)
    for day, spans in calendar.extra_days.items():
        pointer = f"/extra_days/{day.isoformat()}"
        if not spans:
            yield pointer, "an extra day needs its hours: give some, such as 10:00-14:00"
        yield from _overlaps(pointer, spans, ())
    if calendar.subdivision and not calendar.country:
        yield "/subdivision", "a subdivision belongs to a country: give the country too"
    if calendar.day is not None and not 0 < calendar.day.total_seconds() <= _WEEK_HOURS * 3600:
        yield "/hours_per_day", "a business day has more than 0 hours and at most those of a week, 168"


def _overlaps(pointer: str, spans: tuple[Hours, ...], then: tuple[Hours, ...]) -> Iterator[tuple[str, str]]:
    """Overlapping hours, also where those of a night reach into the next day."""
    day = date(2000, 1, 3)
    zone = ZoneInfo("UTC")
    laid = sorted((*span.on(day, zone), str(span)) for span in spans)
    laid += sorted((*span.on(date(2000, 1, 4), zone), f"{span} of the next day") for span in then)
    for (_, end, one), (start, _, other) in pairwise(laid):
        if start < end:
            yield pointer, f"{one} and {other} overlap: make one span of them, or part them"


def public_holidays(calendar: BusinessCalendar, years: range, pointer: str) -> dict[date, str]:
    """The public holidays of a calendar's country by day. Raises `InvalidError` with the nearest names."""
    import holidays  # noqa: PLC0415  # it loads every country of the world, and few calendars are made

    known = holidays.list_supported_countries()
    if calendar.country not in known:
        raise InvalidError.unknown(f"{pointer}/country", "country", calendar.country, known)
    parts = known[calendar.country]
    if calendar.subdivision and calendar.subdivision not in parts:
        what = f"subdivision of {calendar.country}"
        raise InvalidError.unknown(f"{pointer}/subdivision", what, calendar.subdivision, parts)
    found = holidays.country_holidays(
        calendar.country, subdiv=calendar.subdivision or None, years=years, language="en_US"
    )
    return {day: str(name) for day, name in sorted(found.items())}
