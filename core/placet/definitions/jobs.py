"""Periodic jobs: what a method does by the clock in a workspace, whatever happens to single items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet.definitions.context import JobContext
from placet.errors import DefinitionError

_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that comes again: at a time of day on certain weekdays, in the zone of the workspace's calendar.

    Each occurrence runs once and as a whole: what it does and the record that it was done are one transaction.

    Raises:
        DefinitionError: it could never run: no weekday, one that there is not, or a time of day with a zone of its own.
    """

    #: `agile.refinement_check`.
    id: str
    title: str
    run: Callable[[JobContext], None]
    at: time
    #: ISO weekdays, Monday is 1.
    weekdays: tuple[int, ...] = _EVERY_DAY

    def __post_init__(self) -> None:
        if not callable(self.run):
            raise DefinitionError(f"the job {self.id} runs {self.run!r}, which is not a function: give one")
        if getattr(self.at, "tzinfo", self) is not None:
            raise DefinitionError(
                f"the job {self.id} runs at {self.at!r}: give a time of day without a zone, such as time(8), since it "
                "is that of the workspace's calendar"
            )
        object.__setattr__(self, "weekdays", tuple(self.weekdays))
        strange = [day for day in self.weekdays if day not in _EVERY_DAY]
        if strange or not self.weekdays:
            given = f"{strange[0]!r} among its weekdays" if strange else "no weekday"
            raise DefinitionError(
                f"the job {self.id} has {given}: give ISO weekdays from 1 (Monday) to 7 (Sunday)"
            )

    def after(self, moment: datetime, zone: str) -> datetime:
        """The first occurrence after a moment. A time that a day lacks comes when that day's clocks have jumped."""
        local = ZoneInfo(zone)
        day = moment.astimezone(local).date()
        while True:
            occurrence = datetime.combine(day, self.at, local)
            if day.isoweekday() in self.weekdays and occurrence.timestamp() > moment.timestamp():
                return occurrence.astimezone(moment.tzinfo)
            day += timedelta(days=1)
