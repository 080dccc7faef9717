"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

from placet import Span

_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def length(time: timedelta) -> str:
    """`2 days`, `40 hours`, `1 hour 30 minutes`."""
    seconds = int(time.total_seconds())
    if seconds and seconds % _DAY == 0:
        return counted(seconds // _DAY, "day")
    hours, rest = divmod(seconds, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    units = {"hour": hours, "minute": minutes, "second": rest}
    return " ".join(counted(count, unit) for unit, count in units.items() if count)


def counted(count: float, unit: str) -> str:
    """`1 day`, `2 days`."""
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def span(of: Span) -> str:
    """`5 business days`, `4 hours`; nothing for no time at all."""
    parts = [counted(of.days, "business day")] if of.days else []
    if of.time:
        parts.append(f"{length(of.time)}{' of business' if of.calendar else ''}")
    return " ".join(parts)
