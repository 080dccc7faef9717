"""The open time of a calendar, worked out some days at a time and kept, so that no sum goes through all its spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

#: Days that are worked out together.
STRETCH = 32
#: Give up looking for open time after so many closed days: a calendar that is never open is a mistake.
LONGEST_CLOSURE = 400
#: Stretches of one calendar that are kept: more than twenty years of it.
_KEPT = 256

#: Days, as ordinals, on which no zone leads out of the years that can be told.
_FIRST, _LAST = date.min.toordinal() + 2, date.max.toordinal() - 2

_NOTHING = timedelta()

#: Spans of one day in UTC, in order; where they or those of two days overlap, the time counts once.
SpansOfDay = Callable[[date], tuple[tuple[datetime, datetime], ...]]


@dataclass(frozen=True, slots=True)
class Openings:
    """The open spans of some days on end, in UTC, in order and without overlap."""

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

    def after(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the spans after a moment."""
        for n in range(bisect_right(self.closes, at), len(self.opens)):
            yield max(self.opens[n], at), self.closes[n]

    def closes_at(self, at: datetime) -> bool:
        """Whether one of the spans ends at a moment."""
        n = bisect_left(self.closes, at)
        return n < len(self.closes) and self.closes[n] == at

    def reaches(self, amount: timedelta) -> datetime:
        """The first moment before which so much of them lies; there has to be so much, and more than nothing."""
        n = bisect_left(self.before, amount) - 1
        return self.opens[n] + (amount - self.before[n])

    def exceeds(self, amount: timedelta) -> datetime:
        """The first open moment before which so much of them lies; there has to be more."""
        n = bisect_right(self.before, amount) - 1
        return self.opens[n] + (amount - self.before[n])


class OpenTime:
    """The openings of a calendar, stretch by stretch. What is kept never changes, as calendars do not."""

    __slots__ = ("_kept", "_spans_of")

    def __init__(self, spans_of: SpansOfDay) -> None:
        self._spans_of = spans_of
        self._kept: dict[int, Openings] = {}

    def of(self, stretch: int) -> Openings:
        """The spans that open on the days of a stretch, by its number."""
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

    def within(self, first: date, last: date) -> Iterator[Openings]:
        """The stretches in which lies what opens from the day before the first to the day after the last."""
        return map(self.of, range((first.toordinal() - 1) // STRETCH, (last.toordinal() + 1) // STRETCH + 1))

    def from_day(self, day: date, step: Literal[1, -1] = 1) -> Iterator[Openings]:
        """The stretches from the day before a day on, or back from the day after it.

        They end when the calendar has been closed for the longest time.
        """
        stretch, closed = (day.toordinal() - step) // STRETCH, 0
        while closed < LONGEST_CLOSURE:
            found = self.of(stretch)
            closed = 0 if found.opens else closed + STRETCH
            yield found
            stretch += step
