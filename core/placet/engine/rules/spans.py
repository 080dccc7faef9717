"""The times of items, which the calendar entry of their type reads from their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from placet.definitions.agenda import CalendarEntry
from placet.definitions.items import ItemType
from placet.engine.act.queries import ItemSpan
from placet.engine.rules.recurrence import last_end, occurrences
from placet.errors import InvalidError

#: A time [start, end) in UTC; a moment if both are the same.
Time = tuple[datetime, datetime]


def first_time(entry: CalendarEntry, fields: Mapping[str, Any], zone: str) -> Time | None:
    """The first occurrence of an item; `None` if its fields are empty.

    Dates are whole days in the zone, including the last one.
    """
    start = given(fields, entry.start)
    if start is None:
        return None
    end = None if entry.end is None else given(fields, entry.end)
    begins = _moment(start, zone)
    if end is None:
        end = start
    ends = end if isinstance(end, datetime) else _moment(end + timedelta(days=1), zone)
    return begins, max(begins, ends)


def given(fields: Mapping[str, Any], name: str) -> datetime | date | None:
    """The moment or date of a field; `None` where it is empty, or no longer holds either."""
    value = fields.get(name)
    try:
        return written(value) if isinstance(value, str) else None
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def written(value: str) -> datetime | date:
    """The moment or date that a field contains."""
    return (
        date.fromisoformat(value)
        if len(value) == len("2026-03-02")
        else datetime.fromisoformat(value).astimezone(UTC)
    )


def _moment(value: datetime | date, zone: str) -> datetime:
    if isinstance(value, datetime):
        return value
    midnight = datetime.combine(value, time(), ZoneInfo(zone))
    try:
        return midnight.astimezone(UTC)
    except OverflowError:
        # On the first and the last day of all, the zone does not matter.
        return midnight.replace(tzinfo=UTC)


def times(
    entry: CalendarEntry, fields: Mapping[str, Any], zone: str, *, after: datetime, before: datetime
) -> Iterator[Time]:
    """The occurrences of an item that overlap [after, before), in order."""
    first = first_time(entry, fields, zone)
    if first is None:
        return iter(())
    return occurrences(*first, rule_of(entry, fields), zone, after=after, before=before)


def rule_of(entry: CalendarEntry, fields: Mapping[str, Any]) -> str | None:
    """The recurrence rule of an item; `None` if it does not recur."""
    said = None if entry.rrule is None else fields.get(entry.rrule)
    return said if said and isinstance(said, str) else None


def span_of(item_type: ItemType, fields: Mapping[str, Any], zone: str) -> ItemSpan | None:
    """From the start of the first occurrence to the end of the last one; `None` for an item without a time.

    Raises:
        InvalidError: its recurrence rule has no occurrence.
    """
    entry = item_type.calendar
    first = None if entry is None else first_time(entry, fields, zone)
    if entry is None or first is None:
        return None
    try:
        ends = last_end(*first, rule_of(entry, fields), zone)
    except ValueError as error:
        raise InvalidError.at(f"/fields/{entry.rrule}", str(error)) from None
    return ItemSpan(item_type.id, first[0], ends)


def span_in(item_type: ItemType, fields: Mapping[str, Any], zone: str) -> ItemSpan | None:
    """The same in another zone, where a rule may have no occurrence; `None` then."""
    try:
        return span_of(item_type, fields, zone)
    except InvalidError:
        return None


def depends_on_zone(entry: CalendarEntry, fields: Mapping[str, Any]) -> bool:
    """Whether the time of an item depends on the time zone of its workspace."""
    dates = (given(fields, name) for name in (entry.start, entry.end) if name is not None)
    return rule_of(entry, fields) is not None or any(
        value is not None and not isinstance(value, datetime) for value in dates
    )
