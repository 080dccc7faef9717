"""The open time of a calendar, computed some days at a time and cached, so that no sum goes through all its spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: Days that are computed together.
STRETCH = 32
#: Closed days after which the search for open time ends: a calendar that is never open is a mistake.
LONGEST_CLOSURE = 400
#: Stretches of one calendar in the cache: more than twenty years.
_KEPT = 256

#: Days, as ordinals, whose moments can be expressed in every time zone.
_FIRST, _LAST = date.min.toordinal() + 2, date.max.toordinal() - 2

#: Days by which the local day of an opening may differ from the UTC day of an open moment.
_MARGIN = 2

_NOTHING = timedelta()

#: Spans of one day in UTC, in order; where they or those of two days overlap, the time counts once.
SpansOfDay = Callable[[date], tuple[tuple[datetime, datetime], ...]]


@dataclass(frozen=True, slots=True)
class Openings:
    """The open spans of some consecutive days, in UTC, in order and without overlap."""

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    #: Open time of these days before each span, and before their end.
    before: tuple[timedelta, ...]

    @property
    def total(self) -> timedelta:
        """Open time of all these days."""
        return self.before[-1]

    def until(self, at: datetime) -> timedelta:
        """Open time of these days before a moment."""
        n = bisect_right(self.closes, at)
        if n < len(self.opens) and self.opens[n] < at:
            return self.before[n] + (at - self.opens[n])
        return self.before[n]

    def closes_at(self, at: datetime) -> bool:
        """Whether one of the spans ends at a moment."""
        n = bisect_left(self.closes, at)
        return n < len(self.closes) and self.closes[n] == at

    def reaches(self, amount: timedelta) -> datetime:
        """The first moment before which so much open time lies; there has to be enough, and more than zero."""
        n = bisect_left(self.before, amount) - 1
        return self.opens[n] + (amount - self.before[n])

    def exceeds(self, amount: timedelta) -> datetime:
        """The first open moment before which so much open time lies; there has to be more."""
        n = bisect_right(self.before, amount) - 1
        return self.opens[n] + (amount - self.before[n])


class OpenTime:
    """The open time of a calendar, by moments in UTC. The cache never becomes stale, as calendars do not change."""

    __slots__ = ("_kept", "_spans_of")

    def __init__(self, spans_of: SpansOfDay) -> None:
        self._spans_of = spans_of
        self._kept: dict[int, Openings] = {}

    def of(self, stretch: int) -> Openings:
        """The openings on the days of a stretch, by its number."""
        found = self._kept.get(stretch)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[stretch] = self._worked_out(stretch)
        return found

    def _worked_out(self, stretch: int) -> Openings:
        opens: list[datetime] = []
        closes: list[datetime] = []
        before = [_NOTHING]
        first = stretch * STRETCH
        last: datetime | None = None
        # Hours of the day before may reach into the first.
        for day in range(max(first - 1, _FIRST), min(first + STRETCH, _LAST)):
            for opening, closing in self._spans_of(date.fromordinal(day)):
                begins = opening if last is None else max(opening, last)
                if day >= first and closing > begins:
                    opens.append(begins)
                    closes.append(closing)
                    before.append(before[-1] + (closing - begins))
                last = closing if last is None else max(last, closing)
        return Openings(tuple(opens), tuple(closes), tuple(before))

    def add(self, start: datetime, span: timedelta) -> datetime | None:
        """The moment at which so much open time has passed since another; `None` if there is none within reach."""
        if not span and any(openings.closes_at(start) for openings in self._within(start, start)):
            # Time that is used up exactly at a closing ends there, and not at the next opening.
            return start
        stretch, closed = _stretch_before(start), 0
        while closed < LONGEST_CLOSURE:
            openings = self.of(stretch)
            spent = openings.until(start)
            rest = openings.total - spent
            if rest and rest >= span:
                return openings.reaches(spent + span) if span else openings.exceeds(spent)
            span -= rest
            closed = 0 if openings.opens else closed + STRETCH
            stretch += 1
        return None

    def subtract(self, end: datetime, span: timedelta) -> datetime | None:
        """The latest moment from which so much open time lies before another; `None` if there is none within reach."""
        stretch, closed = _stretch_after(end), 0
        while closed < LONGEST_CLOSURE:
            openings = self.of(stretch)
            spent = openings.until(end)
            if spent and spent >= span:
                return openings.exceeds(spent - span) if span else openings.reaches(spent)
            span -= spent
            closed = 0 if openings.opens else closed + STRETCH
            stretch -= 1
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time in [start, end); zero if `end` is not after `start`."""
        total = _NOTHING
        if start < end:
            for openings in self._within(start, end):
                total += openings.until(end) - openings.until(start)
        return total

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans in [start, end)."""
        for openings in self._within(start, end):
            for n in range(bisect_right(openings.closes, start), len(openings.opens)):
                if openings.opens[n] >= end:
                    return
                yield max(openings.opens[n], start), min(openings.closes[n], end)

    def _within(self, start: datetime, end: datetime) -> Iterator[Openings]:
        return map(self.of, range(_stretch_before(start), _stretch_after(end) + 1))


def _stretch_before(at: datetime) -> int:
    """The first stretch in which a span open at a moment may have opened: the day before, or in a zone a day behind."""
    return (at.toordinal() - _MARGIN) // STRETCH


def _stretch_after(at: datetime) -> int:
    """The last stretch in which a span may open before a moment: also in a zone a day ahead."""
    return (at.toordinal() + _MARGIN) // STRETCH
