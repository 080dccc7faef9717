"""Items through time, as the log has them: where they stood at the end of each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from placet import EventRecord
from placet.api import CurrentActor, CurrentEngine, ItemRecord
from placet_cobit.operating.periods import plus_months

#: Items and events that are read at a time.
_BATCH = 500
#: Months of a trend.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Course:
    """One item through time."""

    record: ItemRecord
    #: Its states, each with the moment at which it was entered.
    states: tuple[tuple[datetime, str], ...]

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def parent(self) -> str | None:
        return self.record.parent

    def value(self, field: str) -> Any:
        """A field as it is stored now."""
        return self.record.fields.get(field)

    def state_at(self, moment: datetime, *, passing: Collection[str] = ()) -> str | None:
        """The state at a moment, states that it passes left out; `None` before it was in any other."""
        found = None
        for at, state in self.states:
            if at > moment:
                break
            if state not in passing:
                found = state
        return found

    def entered(self, state: str) -> datetime | None:
        """When it entered a state for the last time."""
        return next((at for at, each in reversed(self.states) if each == state), None)


def _states(record: ItemRecord, events: Iterable[EventRecord]) -> tuple[tuple[datetime, str], ...]:
    found: list[tuple[datetime, str]] = []
    for event in events:
        if event.kind == "created":
            found.append((event.at, str(event.data.get("state", record.state))))
        elif event.kind == "transition" and event.data.get("to_state") is not None:
            found.append((event.at, str(event.data["to_state"])))
    return tuple(found)


def records(engine: CurrentEngine, actor: CurrentActor, workspace: str, type: str) -> list[ItemRecord]:
    """All items of a type in a workspace that the actor may see, the oldest first."""
    found: list[ItemRecord] = []
    cursor = None
    while True:
        query = engine.reports.item_query(actor, workspace=workspace, type=type, limit=_BATCH, cursor=cursor)
        page = engine.reports.items(actor, query)
        found += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return found


def courses(engine: CurrentEngine, actor: CurrentActor, found: Sequence[ItemRecord]) -> list[Course]:
    """Items through time, by their events."""
    by_key: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for n in range(0, len(found), _BATCH):
        for event in engine.event_log.of_items(actor, [each.key for each in found[n : n + _BATCH]]):
            by_key[event.key].append(event)
    return [Course(each, _states(each, by_key[each.key])) for each in found]


def refusals(
    engine: CurrentEngine, actor: CurrentActor, workspace: str, since: datetime
) -> list[EventRecord]:
    """The refusals in a workspace since a moment."""
    found: list[EventRecord] = []
    after = None
    while True:
        query = engine.event_log.query(
            actor, workspace=workspace, kinds=["refused"], after=after, limit=_BATCH
        )
        page = engine.event_log.events(query)
        found += [each for each in page.rows if each.at >= since]
        after = page.next_cursor
        if len(page.rows) < _BATCH:
            return found


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a trend: its first and its last day, and the time [since, until); the last one ends now."""

    first: date
    last: date
    since: datetime
    until: datetime


def months(now: datetime, zone: str) -> list[Month]:
    """The months of a trend, the current one last."""
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    firsts = [plus_months(today.replace(day=1), n) for n in range(1 - MONTHS, 2)]
    begins = [datetime.combine(each, time(), there) for each in firsts]
    return [
        Month(
            first, min(after - timedelta(days=1), today), since, min(until, now + timedelta(microseconds=1))
        )
        for first, after, since, until in zip(firsts, firsts[1:], begins, begins[1:], strict=False)
    ]
