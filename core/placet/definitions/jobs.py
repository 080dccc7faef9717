"""Periodic jobs: work of a method at certain times in a workspace, independent of single items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from placet.definitions.arguments import Requirement, Title, written
from placet.definitions.calendar import Weekday
from placet.definitions.effect_context import JobContext
from placet.definitions.places import Written


def _without_zone(at: time) -> bool:
    return at.tzinfo is None


@written
@dataclass(frozen=True, slots=True)
class Job(Written):
    """Recurring work: at a time of day on certain weekdays, in the zone of the workspace's calendar.

    Each occurrence runs once and as a whole: its changes and the record of the run are one transaction.
    """

    #: `agile.refinement_check`.
    id: str
    title: Title
    run: Callable[[JobContext], None]
    at: Annotated[
        time, Requirement(_without_zone, "a time of day in the workspace's own zone, such as time(8)")
    ]
    #: ISO weekdays, Monday is 1.
    weekdays: Annotated[Sequence[Weekday], Requirement(bool, "at least one weekday")] = (1, 2, 3, 4, 5, 6, 7)

    def after(self, moment: datetime, zone: str) -> datetime:
        """The first occurrence after a moment. A time that a clock change skips comes right after that change."""
        local = ZoneInfo(zone)
        day = moment.astimezone(local).date()
        while True:
            occurrence = datetime.combine(day, self.at, local)
            if day.isoweekday() in self.weekdays and occurrence.timestamp() > moment.timestamp():
                return occurrence.astimezone(moment.tzinfo)
            day += timedelta(days=1)
