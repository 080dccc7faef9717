"""iCalendar (RFC 5545): the agenda is written, and windows are read."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from placet import Fault, InvalidError, MalformedError
from placet.api import AgendaEntry, WindowWish

MEDIA = "text/calendar"
_STATUS = {"todo": "TENTATIVE", "cancelled": "CANCELLED"}
#: Properties that windows do not support; without them an event would mean something else.
_UNSAID = ("RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")


def written(lines: Sequence[AgendaEntry], workspace: str, zone: str, now: datetime) -> bytes:
    """The agenda of a workspace, in the time of its zone."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Placet//Agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", workspace)
    for line in lines:
        calendar.add_component(_event(line, ZoneInfo(zone), now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(line: AgendaEntry, zone: ZoneInfo, now: datetime) -> icalendar.Event:
    event, record = icalendar.Event(), line.item
    event.add("uid", f"{record.key}@placet")
    event.add("dtstamp", now)
    event.add("summary", f"{record.key} {record.title}")
    event.add("categories", [line.kind])
    event.add("status", _STATUS.get(record.category, "CONFIRMED"))
    event.add("sequence", record.version)
    event.add("created", record.created_at)
    event.add("last-modified", record.updated_at)
    start, end = _at(line.start, zone), None if line.end is None else _at(line.end, zone)
    event.add("dtstart", start)
    if end is not None:
        # The last day is included, and the end of iCalendar is exclusive.
        event.add("dtend", end if isinstance(end, datetime) else end + timedelta(days=1))
    if line.rrule:
        event.add("rrule", _recurrence(line.rrule, start, zone))
    # Windows do not make anybody busy.
    event.add("transp", "TRANSPARENT" if line.window else "OPAQUE")
    return event


def _recurrence(rule: str, start: datetime | date, zone: ZoneInfo) -> Any:
    """The rule with its end in the form of the start: a date for a date, else a moment in UTC (RFC 5545, 3.3.10)."""
    found = icalendar.vRecur.from_ical(rule)
    for until in found.get("UNTIL", ()):
        if isinstance(start, datetime) and not isinstance(until, datetime):
            found["UNTIL"] = [datetime.combine(until, time(23, 59, 59), zone).astimezone(UTC)]
        elif isinstance(until, datetime) and not isinstance(start, datetime):
            found["UNTIL"] = [until.astimezone(zone).date()]
    return found


def _at(value: datetime | date, zone: ZoneInfo) -> datetime | date:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _moment(value: datetime | date, zone: str) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), ZoneInfo(zone)).astimezone(UTC)


# Reading


def read(content: bytes, zone: str, kind: str | None) -> list[WindowWish]:
    """The events of a calendar as windows.

    Raises:
        InvalidError: an event that cannot be one, with a pointer such as `/VEVENT/2/DTSTART`.
        MalformedError: it is not a calendar, or has no events.
    """
    try:
        calendar = icalendar.Calendar.from_ical(content.removeprefix(codecs.BOM_UTF8))
    except (ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise MalformedError(f"the body is not a calendar: {str(error)[:200]}") from None
    events: list[Any] = list(calendar.walk("VEVENT"))
    if not events:
        raise MalformedError("the calendar holds no VEVENT: export it with its events")
    wishes, faults = [], []
    for n, event in enumerate(events):
        found = list(_faults(event, f"/VEVENT/{n}", zone, kind))
        faults += found
        if not found:
            wishes.append(_wish(event, f"/VEVENT/{n}", zone, kind))
    if faults:
        raise InvalidError(faults)
    return wishes


def _faults(event: Any, pointer: str, zone: str, kind: str | None) -> Iterator[Fault]:
    for name in (event.errors and [name for name, _ in event.errors]) or ():
        yield Fault(f"{pointer}/{name}", "cannot be read")
    for name in _UNSAID:
        if name in event:
            yield Fault(
                f"{pointer}/{name}", "windows do not support exceptions: make separate events of them"
            )
    start = event.get("DTSTART")
    if start is None:
        yield Fault(f"{pointer}/DTSTART", "is missing: a window needs its start")
        return
    if "DTEND" not in event and "DURATION" not in event and isinstance(start.dt, datetime):
        yield Fault(f"{pointer}/DTEND", "is missing: a window needs its end, or a DURATION")
    if isinstance(start.dt, datetime) and start.dt.tzinfo is None:
        named = start.params.get("TZID")
        what = f'the time zone "{named}" is not known' if named else "its time has no zone"
        yield Fault(f"{pointer}/DTSTART", f"{what}: write it in UTC, or with a TZID such as {zone}")
    elif "RRULE" in event and not _same_clock(start.dt, zone):
        yield Fault(
            f"{pointer}/RRULE",
            f"it recurs in the time of another zone than the workspace's, {zone}: write DTSTART in that zone",
        )
    if "RRULE" in event and isinstance(event["RRULE"], list):
        yield Fault(f"{pointer}/RRULE", "there are several: make separate events of them")
    if kind is None and not _kind(event):
        yield Fault(f"{pointer}/CATEGORIES", "is missing: it says the kind of window; or send kind")


def _same_clock(start: datetime | date, zone: str) -> bool:
    """Whether a rule with this start recurs in the time of the workspace's zone."""
    if not isinstance(start, datetime):
        return True
    named = getattr(start.tzinfo, "key", str(start.tzinfo))
    return named == zone or (named == "UTC" and zone == "UTC")


def _kind(event: Any) -> str | None:
    categories = event.get("CATEGORIES")
    if categories is None:
        return None
    first = categories[0] if isinstance(categories, list) else categories
    words = [str(word) for word in first.cats]
    return words[0].lower() if words else None


def _wish(event: Any, pointer: str, zone: str, kind: str | None) -> WindowWish:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start + timedelta(days=1)
    return WindowWish(
        title=str(event.get("SUMMARY") or kind or _kind(event)),
        start=_moment(start, zone),
        end=_moment(end, zone),
        kind=kind or _kind(event),
        rrule=_rule(event, zone),
        pointer=pointer,
    )


def _rule(event: Any, zone: str) -> str | None:
    """The rule in the form of windows: if it ends with a day, with the end of that day."""
    rule = event.get("RRULE")
    if rule is None:
        return None
    days = [day for day in rule.get("UNTIL", ()) if not isinstance(day, datetime)]
    if days:
        rule["UNTIL"] = [_moment(max(days) + timedelta(days=1), zone) - timedelta(seconds=1)]
    return str(rule.to_ical().decode())
