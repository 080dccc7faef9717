"""Periods: a span of time, divided at midnights, weeks or months in the zone of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet.engine.act.queries import Period
from placet.errors import MalformedError

#: Days of the default span, today included.
DEFAULT_DAYS = 30
#: Most periods of one series.
PERIODS_LIMIT = 400
#: Years that a span may lie in: no installation is older, and every time zone covers them.
_FIRST_YEAR, _LAST_YEAR = 1970, 2999

_DAY = timedelta(days=1)
#: For a day, the first day of the next period.
_NEXT: dict[str, Callable[[date], date]] = {
    "day": lambda day: day + _DAY,
    "week": lambda day: day + _DAY * (8 - day.isoweekday()),
    "month": lambda day: (day.replace(day=1) + 31 * _DAY).replace(day=1),
}


def asked_for(since: date | None, until: date | None, now: datetime, zone: str) -> Period:
    """The requested span; a date means its midnight. By default the last thirty days, today included.

    Raises:
        MalformedError: it has no length, or lies outside the allowed years.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    if until is None:
        until = today + _DAY
        if since is not None and _moment("from", since, zone) >= _moment("to", until, zone):
            raise MalformedError(f"from is {since.isoformat()}, which is in the future: give to as well")
    end = _moment("to", until, zone)
    start = (
        _moment("from", since, zone)
        if since is not None
        else _midnight(end.astimezone(ZoneInfo(zone)).date() - DEFAULT_DAYS * _DAY, zone)
    )
    if start >= end:
        raise MalformedError(f"from is {start.isoformat()}, which is not before to, {end.isoformat()}")
    return Period(start, end)


def _moment(name: str, given: date, zone: str) -> datetime:
    if not _FIRST_YEAR <= given.year <= _LAST_YEAR:
        raise MalformedError(
            f"{name} is in the year {given.year}: take one from {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    return given.astimezone(UTC) if isinstance(given, datetime) else _midnight(given, zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def cut(whole: Period, by: str, zone: str) -> tuple[Period, ...]:
    """The span divided into days, weeks or months; the first and the last part may be shorter.

    Raises:
        MalformedError: there are too many parts.
    """
    pieces: list[Period] = []
    since = whole.since
    while since < whole.until:
        if len(pieces) == PERIODS_LIMIT:
            raise MalformedError(
                f"there are more than {PERIODS_LIMIT} periods of a {by} from {whole.since.isoformat()}"
                f" to {whole.until.isoformat()}: ask for longer ones, or for fewer"
            )
        following = _NEXT[by](since.astimezone(ZoneInfo(zone)).date())
        until = min(_midnight(following, zone), whole.until)
        pieces.append(Period(since, until))
        since = until
    return tuple(pieces)


def days(period: Period, now: datetime, zone: str) -> float:
    """The number of days of a period so far, in local time: a day of 23 hours is a day."""
    place = ZoneInfo(zone)
    until = min(period.until, now).astimezone(place).replace(tzinfo=None)
    return max((until - period.since.astimezone(place).replace(tzinfo=None)) / _DAY, 0.0)
