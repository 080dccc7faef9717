"""Windows that come again: recurrence rules (RFC 5545) in the time of the workspace's own zone.

A rule says on which days a window comes back; at what hour and for how long, its first start and end say. It repeats by
the clock on the wall, so that a window at 02:00 on Sundays stays there across daylight-saving changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

#: What each part may hold. Hours, minutes and seconds are left out on purpose: a window comes back once a day at most.
#: The bounds are such that a rule without any day is found out soon.
_VALUES = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9]\d{0,2}"),
    "COUNT": re.compile(r"[1-9]\d{0,2}"),
    "UNTIL": re.compile(r"\d{8}T\d{6}Z"),
    "BYDAY": re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*"),
    "BYMONTHDAY": re.compile(r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*"),
    "BYMONTH": re.compile(r"([1-9]|1[0-2])(,([1-9]|1[0-2]))*"),
    "BYSETPOS": re.compile(r"-?[1-5]"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
#: Days of the months, in the longest February.
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: A rule that does not come about once in so long never will (29 February is the rarest day there is).
_RAREST = timedelta(days=9 * 366)
#: Windows are planned so far ahead at most; a later COUNT or UNTIL does not count.
_LONGEST = timedelta(days=30 * 366)
#: The end of a rule that has none.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


def checked_rule(rule: str) -> str:
    """The rule in the one spelling that is stored.

    Raises:
        ValueError: it is none, or uses parts that windows do not take.
    """
    parts: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _VALUES or name in parts or not _VALUES[name].fullmatch(value):
            raise ValueError(f'"{part[:50]}" is not understood: write a rule such as FREQ=WEEKLY;BYDAY=SU')
        parts[name] = value
    if "FREQ" not in parts:
        raise ValueError("FREQ is missing: DAILY, WEEKLY, MONTHLY or YEARLY")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("COUNT and UNTIL exclude each other: leave one out")
    if "BYSETPOS" in parts and parts["FREQ"] != "MONTHLY":
        raise ValueError("BYSETPOS goes with FREQ=MONTHLY only")
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(_MONTH_DAYS[int(month) - 1] for month in parts["BYMONTH"].split(","))
        if min(abs(int(day)) for day in parts["BYMONTHDAY"].split(",")) > longest:
            raise ValueError(f"no month {parts['BYMONTH']} has a day {parts['BYMONTHDAY']}")
    return ";".join(f"{name}={parts[name]}" for name in _VALUES if name in parts)


@lru_cache(maxsize=1024)
def ends(start: datetime, end: datetime, rule: str | None, zone: str) -> datetime:
    """When the last occurrence ends; `FOREVER` if there is no last one.

    Raises:
        ValueError: the rule cannot be read, or never comes about.
    """
    if rule is None:
        return end
    if _bounded(rule):
        starts = list(_starts(start, rule, zone, start + _LONGEST))
        if not starts:
            raise ValueError(f"the rule {rule} never comes about within {_LONGEST.days // 366} years")
        return starts[-1] + (end - start)
    if next(_starts(start, rule, zone, start + _RAREST), None) is None:
        raise ValueError(f"the rule {rule} does not come about within nine years")
    return FOREVER


def occurrences(
    start: datetime, end: datetime, rule: str | None, zone: str, *, after: datetime, before: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The occurrences that overlap [after, before), in order, in UTC."""
    length = end - start
    begins = iter([start]) if rule is None else _starts(start, rule, zone, before)
    for begin in begins:
        if begin < before and begin + length > after:
            yield begin, begin + length


def _bounded(rule: str) -> bool:
    return "COUNT=" in rule or "UNTIL=" in rule


def _starts(start: datetime, rule: str, zone: str, until: datetime) -> Iterator[datetime]:
    """The starts up to `until`, in UTC."""
    local = start.astimezone(ZoneInfo(zone))
    bound = "" if _bounded(rule) or until is FOREVER else f";UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    parsed = rrulestr(f"RRULE:{rule}{bound}", dtstart=local)
    found = (begin.astimezone(UTC) for begin in parsed)
    return takewhile(lambda begin: begin <= until, found)
