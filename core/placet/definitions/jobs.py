"""Periodic jobs: what a method does by the clock in a workspace, whatever happens to single items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from placet.definitions.arguments import Demand, written
from placet.definitions.calendar import Weekday
from placet.definitions.context import JobContext
from placet.definitions.places import Written


def _without_zone(at: time) -> bool:
    return at.tzinfo is None


@written
@dataclass(frozen=True, slots=True)
class Job(Written):
    """Work that comes again: at a time of day on certain weekdays, in the zone of the workspace's calendar.

    Each occurrence runs once and as a whole: what it does and the record that it was done are one transaction.
    """

    #: `agile.refinement_check`.
    id: str
    title: str
    run: Callable[[JobContext], None]
    at: Annotated[time, Demand(_without_zone, "a time of day in the workspace's own zone, such as time(8)")]
    #: ISO weekdays, Monday is 1.
    weekdays: Annotated[Sequence[Weekday], Demand(bool, "at least one weekday")] = (1, 2, 3, 4, 5, 6, 7)

    def after(self, moment: datetime, zone: str) -> datetime:
        """The first occurrence after a moment. A time that a day lacks comes when that day's clocks have jumped."""
        local = ZoneInfo(zone)
        day = moment.astimezone(local).date()
        while True:
            occurrence = datetime.combine(day, self.at, local)
            if day.isoweekday() in self.weekdays and occurrence.timestamp() > moment.timestamp():
                return occurrence.astimezone(moment.tzinfo)
            day += timedelta(days=1)
