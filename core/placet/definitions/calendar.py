"""Working time: business days and hours of a workspace, right across daylight-saving changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Give up looking for open time after so many closed days: a calendar that is never open is a mistake.
_LONGEST_CLOSURE = 400


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """When a workspace works: one span of hours on certain weekdays, less closed days.

    One business day is `hours_per_day` business hours, so that `8 bh` and `1 bd` are the same time.
    """

    zone: str = "UTC"
    #: ISO weekdays, Monday is 1.
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: time = time(9)
    closes: time = time(17)
    closed_days: frozenset[date] = frozenset()

    @property
    def hours_per_day(self) -> timedelta:
        """Length of one business day by the wall clock."""
        day = date(2000, 1, 1)
        return datetime.combine(day, self.closes) - datetime.combine(day, self.opens)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed since `start`, in UTC.

        Raises:
            ValueError: the calendar has no open time in over a year.
        """
        # In UTC from here on: Python adds to a moment in a zone by the wall clock, which skips or repeats an hour.
        start, left = start.astimezone(UTC), span
        for opens, closes in self._open_from(start):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        raise ValueError(
            f"the calendar has no open time in the {_LONGEST_CLOSURE} days after {start.isoformat()}"
        )

    def add_days(self, start: datetime, days: float) -> datetime:
        """The moment when so many business days of working time have passed since `start`, in UTC."""
        return self.add(start, self.hours_per_day * days)

    def subtract_days(self, end: datetime, days: float) -> datetime:
        """The latest moment from which so many business days of working time still fit before `end`, in UTC."""
        end, left = end.astimezone(UTC), self.hours_per_day * days
        for opens, closes in self._open_until(end):
            finish = min(closes, end)
            if finish - opens >= left:
                return finish - left
            left -= finish - opens
        raise ValueError(
            f"the calendar has no open time in the {_LONGEST_CLOSURE} days before {end.isoformat()}"
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end); zero if `end` is not after `start`."""
        start, end, total = start.astimezone(UTC), end.astimezone(UTC), timedelta()
        for opens, closes in self._open_from(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def lines(self, start: datetime, end: datetime) -> Iterator[TimeLine]:
        """The time from `start` to `end`, in stretches that count and stretches that do not."""
        at = start.astimezone(UTC)
        end = end.astimezone(UTC)
        for opens, closes in self._open_from(at):
            if opens >= end:
                break
            if opens > at:
                yield TimeLine(at, opens, timedelta(), "closed")
            begin, finish = max(opens, at), min(closes, end)
            yield TimeLine(begin, finish, finish - begin, "working hours")
            at = finish
        if at < end:
            yield TimeLine(at, end, timedelta(), "closed")

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(ZoneInfo(self.zone)).date()
        closed = 0
        while closed <= _LONGEST_CLOSURE:
            opens, closes = self._hours_of(day)
            if opens < closes and closes > start:
                closed = 0
                yield opens, closes
            else:
                closed += 1
            day += timedelta(days=1)

    def _open_until(self, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = end.astimezone(ZoneInfo(self.zone)).date()
        closed = 0
        while closed <= _LONGEST_CLOSURE:
            opens, closes = self._hours_of(day)
            if opens < closes and opens < end:
                closed = 0
                yield opens, closes
            else:
                closed += 1
            day -= timedelta(days=1)

    def _hours_of(self, day: date) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.zone)
        opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
        if day.isoweekday() not in self.weekdays or day in self.closed_days:
            return opens, opens
        return opens, datetime.combine(day, self.closes, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A stretch of time, what of it counted, and why the rest did not."""

    start: datetime
    end: datetime
    counted: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """The versions of one calendar, each from the moment at which it came into force; `None` for the first.

    Whatever is computed over a time takes for each moment of it the version that was in force then.
    """

    versions: tuple[tuple[datetime | None, BusinessCalendar], ...]

    def in_force(self, at: datetime) -> BusinessCalendar:
        """The calendar as it was at a moment."""
        found = self.versions[0][1]
        for since, calendar in self.versions:
            if since is None or since <= at:
                found = calendar
        return found

    def _pieces(self, start: datetime) -> Iterator[tuple[datetime, datetime | None, BusinessCalendar]]:
        """From a moment on: (from, until, calendar)."""
        for n, (since, calendar) in enumerate(self.versions):
            until = self.versions[n + 1][0] if n + 1 < len(self.versions) else None
            if until is not None and until <= start:
                continue
            yield max(since or start, start), until, calendar

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end); zero if `end` is not after `start`."""
        total = timedelta()
        for begin, until, calendar in self._pieces(start):
            finish = end if until is None else min(until, end)
            if finish > begin:
                total += calendar.between(begin, finish)
        return total

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed since `start`, in UTC."""
        left = span
        for begin, until, calendar in self._pieces(start):
            if until is None:
                return calendar.add(begin, left)
            whole = calendar.between(begin, until)
            if whole >= left:
                return calendar.add(begin, left)
            left -= whole
        raise AssertionError("the last version has no end")

    def lines(self, start: datetime, end: datetime) -> Iterator[TimeLine]:
        """The time from `start` to `end`, in stretches that count and stretches that do not."""
        for begin, until, calendar in self._pieces(start):
            finish = end if until is None else min(until, end)
            if finish > begin:
                yield from calendar.lines(begin, finish)
