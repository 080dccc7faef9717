"""Working time: the hours that count, correct across clock changes, and by the calendar that was in force.

A calendar has its public holidays as days with names, looked up when it was made, and not only its country: a
computation over the past gives the same result after a country's list of holidays has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from placet.definitions.arguments import Requirement, checked
from placet.definitions.openings import LONGEST_CLOSURE, OpenTime

#: Name of the calendar that every workspace has.
DEFAULT_CALENDAR = "default"
_DAY = timedelta(days=1)
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of hours in local time; one that closes no later than it opens ends on the next day."""

    opens: time
    closes: time

    @classmethod
    def of(cls, text: str) -> Hours:
        """`09:00-17:00`; `24:00` is midnight. Raises `ValueError`."""
        opens, _, closes = text.partition("-")
        try:
            return cls(
                time.fromisoformat(opens), time.fromisoformat("00:00" if closes == "24:00" else closes)
            )
        except ValueError:
            raise ValueError(f'"{text[:20]}" is not a span of hours: write 09:00-17:00') from None

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{'24:00' if self.closes == time() else f'{self.closes:%H:%M}'}"

    @property
    def length(self) -> timedelta:
        """Its length on a day without a clock change."""
        day = date(2000, 1, 3)
        return self._ends(day) - datetime.combine(day, self.opens)

    def _ends(self, day: date) -> datetime:
        return datetime.combine(day if self.closes > self.opens else day + _DAY, self.closes)

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The span in UTC that opens on a day."""
        opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
        closes = self._ends(day).replace(tzinfo=zone).astimezone(UTC)
        # Where the clock jumps over the whole span, nothing of it is left.
        return opens, max(opens, closes)


#: How weekdays are written.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: The hours of each weekday, Monday first.
Week = tuple[tuple[Hours, ...], ...]


#: An ISO weekday.
Weekday = Annotated[
    int, Requirement(range(1, 8).__contains__, "an ISO weekday, from 1 (Monday) to 7 (Sunday)")
]


@checked
def week(*spans: str, days: Sequence[Weekday] = (1, 2, 3, 4, 5)) -> Week:
    """The same hours on some ISO weekdays: `week("09:00-12:30", "13:00-17:00")`."""
    hours = tuple(Hours.of(span) for span in spans)
    return tuple(hours if day in days else () for day in range(1, 8))


#: Mondays to Fridays from nine to five.
OFFICE_WEEK = week("09:00-17:00")


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A period of time, how much of it counted, and the reason."""

    start: datetime
    end: datetime
    counted: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The working time of a workspace: hours on weekdays, less public holidays and closed days, plus extra days.

    Hours belong to the day on which they open. An extra day has its own hours, even if it is also a holiday.
    """

    zone: str = "UTC"
    hours: Week = OFFICE_WEEK
    closed_days: frozenset[date] = frozenset()
    extra_days: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    #: The country and subdivision of the public holidays, such as `AT` and `9`; empty for none.
    country: str = ""
    subdivision: str = ""
    public_holidays: Mapping[date, str] = field(default_factory=dict)
    #: The length of one business day, where it is not that of the longest weekday.
    day: timedelta | None = None
    #: Length of one business day.
    hours_per_day: timedelta = field(init=False, repr=False, compare=False)
    _open_time: OpenTime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths = [sum((span.length for span in spans), timedelta()) for spans in self.hours]
        object.__setattr__(self, "hours_per_day", self.day or max(lengths, default=timedelta()))
        object.__setattr__(self, "_open_time", OpenTime(self._on))

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment lies in the calendar's zone."""
        return moment.astimezone(_zone(self.zone)).date()

    @property
    def ever_open(self) -> bool:
        """Whether there is any open time."""
        return any(self.hours) or any(self.extra_days.values())

    def open_on(self, day: date) -> bool:
        """Whether hours open on a day."""
        return bool(self._hours_of(day))

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed since `start`, in UTC.

        Raises:
            ValueError: the calendar has no open time for over a year.
        """
        # In UTC from here on: Python adds to a moment in a zone in local time, which skips or repeats an hour.
        found = self._open_time.add(start.astimezone(UTC), span)
        if found is None:
            raise ValueError(
                f"the calendar has no open time in the {LONGEST_CLOSURE} days after {start.isoformat()}"
            )
        return found

    def add_days(self, start: datetime, days: float) -> datetime:
        """The moment when so many business days of working time have passed since `start`, in UTC."""
        return self.add(start, self.hours_per_day * days)

    def subtract(self, end: datetime, span: timedelta) -> datetime:
        """The latest moment from which so much working time still fits before `end`, in UTC."""
        found = self._open_time.subtract(end.astimezone(UTC), span)
        if found is None:
            raise ValueError(
                f"the calendar has no open time in the {LONGEST_CLOSURE} days before {end.isoformat()}"
            )
        return found

    def subtract_days(self, end: datetime, days: float) -> datetime:
        """The latest moment from which so many business days of working time still fit before `end`, in UTC."""
        return self.subtract(end, self.hours_per_day * days)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end); zero if `end` is not after `start`."""
        return self._open_time.between(start.astimezone(UTC), end.astimezone(UTC))

    def lines(self, start: datetime, end: datetime) -> Iterator[TimeLine]:
        """The time from `start` to `end`, in periods that count and periods that do not, each with its reason."""
        at, end = start.astimezone(UTC), end.astimezone(UTC)
        for opens, closes in self._open_time.spans(at, end):
            yield from self._closed(at, opens)
            yield TimeLine(opens, closes, closes - opens, "working hours")
            at = closes
        yield from self._closed(at, end)

    def _closed(self, start: datetime, end: datetime) -> Iterator[TimeLine]:
        """A period without open time, day by day; days that are closed for the same reason are one period."""
        zone = _zone(self.zone)
        while start < end:
            reason, day = self.closed_because(start), start.astimezone(zone).date()
            until = start
            while until < end and self.closed_because(until) == reason:
                day += _DAY
                until = datetime.combine(day, time(), zone).astimezone(UTC)
            yield TimeLine(start, min(until, end), timedelta(), reason)
            start = min(until, end)

    def closed_because(self, at: datetime) -> str:
        """Why a moment outside all hours does not count."""
        day = self.day_of(at)
        if day in self.extra_days:
            return "closed: outside hours"
        if day in self.closed_days:
            return "closed: closed day"
        if day in self.public_holidays:
            return f"closed: public holiday {self.public_holidays[day]}"
        if not self.hours[day.weekday()]:
            return f"closed: {_NAMES[day.weekday()]}"
        return "closed: outside hours"

    def _on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open spans of a day in UTC."""
        zone = _zone(self.zone)
        spans = (hours.on(day, zone) for hours in self._hours_of(day))
        return tuple(sorted(span for span in spans if span[0] < span[1]))

    def _hours_of(self, day: date) -> tuple[Hours, ...]:
        if day in self.extra_days:
            return self.extra_days[day]
        if day in self.closed_days or day in self.public_holidays:
            return ()
        return self.hours[day.weekday()]


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# In JSON


def calendar_document(calendar: BusinessCalendar) -> dict[str, Any]:
    """A calendar in JSON."""
    return {
        "zone": calendar.zone,
        "hours": {
            name: [str(span) for span in spans]
            for name, spans in zip(WEEKDAYS, calendar.hours, strict=True)
            if spans
        },
        "closed_days": sorted(day.isoformat() for day in calendar.closed_days),
        "extra_days": {
            day.isoformat(): [str(span) for span in spans]
            for day, spans in sorted(calendar.extra_days.items())
        },
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "public_holidays": {day.isoformat(): name for day, name in sorted(calendar.public_holidays.items())},
        "hours_per_day": None if calendar.day is None else calendar.day / timedelta(hours=1),
    }


def calendar_of(document: Mapping[str, Any]) -> BusinessCalendar:
    """A calendar read back from JSON."""
    hours = document["hours"]
    day = document["hours_per_day"]
    return BusinessCalendar(
        zone=document["zone"],
        hours=tuple(tuple(Hours.of(span) for span in hours.get(name, ())) for name in WEEKDAYS),
        closed_days=frozenset(date.fromisoformat(each) for each in document["closed_days"]),
        extra_days={
            date.fromisoformat(each): tuple(Hours.of(span) for span in spans)
            for each, spans in document["extra_days"].items()
        },
        country=document["country"],
        subdivision=document["subdivision"],
        public_holidays={
            date.fromisoformat(each): name for each, name in document["public_holidays"].items()
        },
        day=None if day is None else timedelta(hours=day),
    )


@dataclass(frozen=True, slots=True)
class Timetable:
    """The versions of one calendar, each with the moment at which it came into force; `None` for the first.

    A computation over a time uses for each moment the version that was in force then.
    """

    versions: tuple[tuple[datetime | None, BusinessCalendar], ...]

    @property
    def latest(self) -> BusinessCalendar:
        """The calendar as it is now."""
        return self.versions[-1][1]

    def changed(self, calendar: BusinessCalendar, since: datetime) -> Timetable:
        """The timetable with another version from a moment on; the same where nothing changes."""
        if calendar == self.latest:
            return self
        kept = tuple(version for version in self.versions if version[0] is None or version[0] < since)
        return Timetable((*kept, (since, calendar)))

    def in_force(self, at: datetime) -> BusinessCalendar:
        """The calendar as it was at a moment."""
        found = self.versions[0][1]
        for since, calendar in self.versions:
            if since is None or since <= at:
                found = calendar
        return found

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end); zero if `end` is not after `start`."""
        if len(self.versions) == 1:
            return self.latest.between(start, end)
        pieces = self._pieces(start, end)
        return sum((calendar.between(begin, finish) for begin, finish, calendar in pieces), timedelta())

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed since `start`, in UTC."""
        left, at = span, start
        for since, _ in self.versions[1:]:
            if since is None or since <= at:
                continue
            former = self.in_force(at)
            whole = former.between(at, since)
            if whole >= left:
                return former.add(at, left)
            left, at = left - whole, since
        return self.in_force(at).add(at, left)

    def subtract(self, end: datetime, span: timedelta) -> datetime:
        """The latest moment from which so much working time still fits before `end`, by the calendar in force then."""
        return self.in_force(end).subtract(end, span)

    def lines(self, start: datetime, end: datetime) -> Iterator[TimeLine]:
        """The time from `start` to `end`, in periods that count and periods that do not, each with its reason."""
        for begin, finish, calendar in self._pieces(start, end):
            yield from calendar.lines(begin, finish)

    def _pieces(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime, BusinessCalendar]]:
        for n, (since, calendar) in enumerate(self.versions):
            until = self.versions[n + 1][0] if n + 1 < len(self.versions) else None
            begin = start if since is None else max(since, start)
            finish = end if until is None else min(until, end)
            if begin < finish:
                yield begin, finish, calendar
