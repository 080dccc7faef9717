"""Recurring times: the one reading of recurrence rules, for gates, lists and feeds.

A rule follows RFC 5545 and names days only; the first start and end give the hour and the duration of each occurrence.
Occurrences start and end by the local time of a zone: 22:00 to 06:00 ends at 06:00 even in the night in which the
clocks change, and is an hour longer or shorter then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import takewhile
from typing import Annotated
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from pydantic import AfterValidator, StringConstraints

#: The values of each part. Hours, minutes and seconds are left out on purpose: a time recurs once a day at most.
#: The bounds are tight enough to detect a rule without any day soon.
_VALUES = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9]\d{0,2}"),
    "COUNT": re.compile(r"[1-9]\d{0,2}"),
    "UNTIL": re.compile(r"\d{8}(T\d{6}Z)?"),
    "BYDAY": re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*"),
    "BYMONTHDAY": re.compile(r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*"),
    "BYMONTH": re.compile(r"([1-9]|1[0-2])(,([1-9]|1[0-2]))*"),
    "BYSETPOS": re.compile(r"-?[1-5]"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
#: The number of days in each month, with 29 for February.
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: A rule without an occurrence in this span never has one (29 February is the rarest day).
_RAREST = timedelta(days=9 * 366)
#: The longest time to plan ahead; a COUNT or UNTIL beyond it is ignored.
_LONGEST = timedelta(days=30 * 366)
#: More than the greatest difference between two local times of one moment.
_DAY = timedelta(days=1)
#: The first and the last of all local times.
_FIRST, _LAST = datetime.min, datetime.max  # noqa: DTZ901  # local times have no zone
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The parts of rules by which times recur on the same days of every week.
_OF_A_WEEK = frozenset({"FREQ", "INTERVAL", "BYDAY", "WKST", "COUNT", "UNTIL"})
#: Stands for the end of a rule that has no end.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


def checked_rule(rule: str) -> str:
    """The rule in the form that is stored.

    Raises:
        ValueError: the text is not a rule, or uses parts that are not supported.
    """
    parts: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _VALUES or name in parts or not _VALUES[name].fullmatch(value):
            raise ValueError(f'"{part[:50]}" is not understood: write a rule such as FREQ=WEEKLY;BYDAY=SU')
        parts[name] = value
    if "FREQ" not in parts:
        raise ValueError("FREQ is missing: DAILY, WEEKLY, MONTHLY or YEARLY")
    if "UNTIL" in parts:
        _until(parts["UNTIL"], UTC)  # a text of the right form may name a day that there is not
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("COUNT and UNTIL exclude each other: leave one out")
    if "BYSETPOS" in parts and parts["FREQ"] != "MONTHLY":
        raise ValueError("BYSETPOS goes with FREQ=MONTHLY only")
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(_MONTH_DAYS[int(month) - 1] for month in parts["BYMONTH"].split(","))
        if min(abs(int(day)) for day in parts["BYMONTHDAY"].split(",")) > longest:
            raise ValueError(f"no month {parts['BYMONTH']} has a day {parts['BYMONTHDAY']}")
    return ";".join(f"{name}={parts[name]}" for name in _VALUES if name in parts)


#: The type of a field that holds a recurrence rule, such as `FREQ=WEEKLY;BYDAY=SU`.
RecurrenceRule = Annotated[str, StringConstraints(max_length=500), AfterValidator(checked_rule)]


@lru_cache(maxsize=4096)
def last_end(start: datetime, end: datetime, rule: str | None, zone: str) -> datetime:
    """When the last occurrence ends, in UTC; `FOREVER` without a last one.

    Raises:
        ValueError: the rule cannot be read, or has no occurrence.
    """
    if rule is None:
        return end
    wall, parts = _Wall(start, end, zone), _parts(rule)
    if "COUNT" in parts or "UNTIL" in parts:
        last = _last_start(wall.first, rule, zone)
        if last is None:
            raise ValueError(f"the rule {rule} never comes about within {_LONGEST.days // 366} years")
        return wall.occurrence(last)[1]
    first = next(iter(_from(wall.first, rule, wall.first)), None)
    if first is None or first - wall.first > _RAREST:
        raise ValueError(f"the rule {rule} does not come about within nine years")
    return FOREVER


def occurrences(
    start: datetime, end: datetime, rule: str | None, zone: str, *, after: datetime, before: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The occurrences that overlap [after, before), in order, in UTC.

    Args:
        start: start of the first occurrence.
        end: end of the first occurrence; if it equals the start, each occurrence is a moment.
        rule: as `checked_rule` returns it; `None` for a time that does not recur.
        zone: the time zone in which it recurs.
        after: occurrences that have ended by then are left out, however long ago the first one was.
        before: occurrences that have not begun by then are left out.

    Raises:
        ValueError: the rule cannot be read.
    """
    if rule is None:
        if overlaps(start, end, after, before):
            yield start, end
        return
    # In UTC: moments of an hour that comes twice are equal in the zone that has it.
    found = _recurring(start.astimezone(UTC), end.astimezone(UTC), rule, zone)
    yield from found.between(after.astimezone(UTC), before.astimezone(UTC))


def overlaps(start: datetime, end: datetime, after: datetime, before: datetime) -> bool:
    """Whether [start, end), or the moment `start` if it has no length, overlaps [after, before)."""
    return start < before and (end > after or (start == end and start >= after))


@lru_cache(maxsize=8192)
def _recurring(start: datetime, end: datetime, rule: str, zone: str) -> _Recurring:
    """A time that recurs, read once: thousands of them are asked at each look at a schedule."""
    return _Recurring(start, end, rule, zone)


class _Recurring:
    """A time that recurs by a rule."""

    def __init__(self, start: datetime, end: datetime, rule: str, zone: str) -> None:
        self._wall, self._rule = _Wall(start, end, zone), rule
        self._parts = _parts(rule)
        self._last = _end(self._wall.first, rule, zone)
        self._weekdays = _weekdays(self._parts, self._wall.first)

    def between(self, after: datetime, before: datetime) -> Iterator[tuple[datetime, datetime]]:
        """See `occurrences`."""
        wall, last = self._wall, self._last
        earliest, latest, passing = _bounds(after, before, wall.zone, wall.length)
        if wall.first >= latest or last < earliest or self._weekdays.isdisjoint(passing):
            return
        for begin in takewhile(lambda at: at <= last and at < latest, self._starts(earliest)):
            found = wall.occurrence(begin)
            if overlaps(*found, after, before):
                yield found

    def _starts(self, earliest: datetime) -> Iterator[datetime]:
        """The local starts, from one on that is at `earliest` at the latest, without the end of the rule."""
        if self._is_weekly():
            return self._day_by_day(earliest)
        starts: rrule = _from(
            self._wall.first, self._rule, _moved_on(self._wall.first, self._parts, earliest)
        )
        return iter(starts)

    def _is_weekly(self) -> bool:
        """Whether it recurs on the same days of every week."""
        named = self._parts.get("BYDAY", "MO").split(",")
        return (
            _OF_A_WEEK.issuperset(self._parts)
            and self._parts["FREQ"] in {"DAILY", "WEEKLY"}
            and self._parts.get("INTERVAL", "1") == "1"
            and set(named) <= set(_WEEKDAYS)
        )

    def _day_by_day(self, earliest: datetime) -> Iterator[datetime]:
        """The starts of a rule of every week, as most are: by the calendar this takes a tenth of the time."""
        first = self._wall.first.replace(microsecond=0)
        that_day = earliest.replace(hour=first.hour, minute=first.minute, second=first.second, microsecond=0)
        at = max(first, that_day)
        while True:
            if at.weekday() in self._weekdays:
                yield at
            if at > _LAST - _DAY:
                return
            at += _DAY


@lru_cache(maxsize=256)
def _bounds(
    after: datetime, before: datetime, zone: ZoneInfo, length: timedelta
) -> tuple[datetime, datetime, frozenset[int]]:
    """The local times between which occurrences of a length can begin, and the days of the week between them."""
    earliest, latest = _shifted(_wall(after, zone), -length - _DAY), _shifted(_wall(before, zone), _DAY)
    return earliest, latest, frozenset(_passing(earliest, latest))


class _Wall:
    """The first occurrence in local time, of which all others are copies."""

    def __init__(self, start: datetime, end: datetime, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.first = _wall(start, self.zone)
        self.length = _wall(end, self.zone) - self.first
        self._start, self._exact = start.replace(microsecond=0), end - start

    def occurrence(self, begin: datetime) -> tuple[datetime, datetime]:
        """The occurrence that begins at a local time, in UTC.

        The first begins when it was said to: a local time alone would be the earlier one of an hour that comes twice.
        """
        is_first = begin == self.first.replace(microsecond=0)
        start = self._start.astimezone(UTC) if is_first else begin.replace(tzinfo=self.zone).astimezone(UTC)
        end = (begin + self.length).replace(tzinfo=self.zone).astimezone(UTC)
        # If the change of clocks skips its start or end, no time may be left: then it is as long as the first.
        return start, end if end > start else start + self._exact


def _wall(at: datetime, zone: tzinfo) -> datetime:
    """The local time of a moment."""
    try:
        return at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        # At the first and last moment of all, the zone does not matter.
        return at.astimezone(UTC).replace(tzinfo=None)


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return _LAST if by > timedelta() else _FIRST


def _until(value: str, zone: tzinfo) -> datetime:
    """The local time of the last possible start.

    A date goes with a start that is a date (RFC 5545, 3.3.10), and includes that day: it stands for the day's end in
    local time. Raises `ValueError` for a day or time that does not exist.
    """
    try:
        if "T" not in value:
            day = datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007  # local
            return datetime.combine(day, time.max)
        return _wall(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone)
    except ValueError:
        raise ValueError(f'"UNTIL={value}" is not a date or a moment in UTC, such as 20321224') from None


def _end(first: datetime, rule: str, zone: str) -> datetime:
    """The local time after which no occurrence begins."""
    parts = _parts(rule)
    longest = _shifted(first, _LONGEST)
    if "UNTIL" in parts:
        return min(longest, _until(parts["UNTIL"], ZoneInfo(zone)))
    if "COUNT" in parts:
        return _last_start(first, rule, zone) or _FIRST
    return _LAST


@lru_cache(maxsize=4096)
def _last_start(first: datetime, rule: str, zone: str) -> datetime | None:
    """The last start of a rule that ends, in local time; `None` if it has no occurrence."""
    parts = _parts(rule)
    bound = _end(first, rule, zone) if "UNTIL" in parts else _shifted(first, _LONGEST)
    found: datetime | None = _parsed(parts, ("COUNT",), first).before(bound, inc=True)
    return found


@lru_cache(maxsize=4096)
def _from(first: datetime, rule: str, start: datetime) -> rrule:
    """A rule without its end, as if it had begun at a later start of its own."""
    parts = _parts(rule)
    if not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        # The first day implies parts that have to be explicit when the rule begins on another day.
        if parts["FREQ"] == "YEARLY":
            parts.setdefault("BYMONTH", str(first.month))
        if parts["FREQ"] in {"MONTHLY", "YEARLY"}:
            parts["BYMONTHDAY"] = str(first.day)
    return _parsed(parts, (), start)


def _moved_on(first: datetime, parts: dict[str, str], earliest: datetime) -> datetime:
    """A start from which a rule gives the same days, as close before `earliest` as its interval allows."""
    interval = int(parts.get("INTERVAL", "1"))
    if earliest <= first:
        return first
    match parts["FREQ"]:
        case "DAILY" | "WEEKLY" as frequency:
            step = timedelta(days=interval * (7 if frequency == "WEEKLY" else 1))
            return first + (earliest - first) // step * step
        case "MONTHLY":
            months = (earliest.year - first.year) * 12 + earliest.month - first.month
            year, month = divmod(first.year * 12 + first.month - 1 + months - months % interval, 12)
            later = first.replace(year=year, month=month + 1, day=1)
        case _:
            years = earliest.year - first.year
            later = first.replace(year=first.year + years - years % interval, month=1, day=1)
    # The month or year of the first occurrence has days before that occurrence.
    return max(later, first)


def _weekdays(parts: dict[str, str], first: datetime) -> set[int]:
    """The days of the week on which a rule can have occurrences: they rule out most rules at once."""
    if "BYDAY" in parts:
        return {_WEEKDAYS.index(day[-2:]) for day in parts["BYDAY"].split(",")}
    return {first.weekday()} if parts["FREQ"] == "WEEKLY" and "BYMONTHDAY" not in parts else set(range(7))


def _passing(earliest: datetime, latest: datetime) -> set[int]:
    """The days of the week between two moments."""
    days = min((latest - earliest).days + 1, 6)
    return {(earliest.weekday() + n) % 7 for n in range(days + 1)}


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _parsed(parts: dict[str, str], ends: tuple[str, ...], start: datetime) -> rrule:
    """The rule from a start on, with only the named ends (COUNT, UNTIL)."""
    kept = ";".join(
        f"{name}={value}" for name, value in parts.items() if name not in {"COUNT", "UNTIL"} or name in ends
    )
    found: rrule = rrulestr(f"RRULE:{kept}", dtstart=start)
    return found
