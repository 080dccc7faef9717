"""How messages name moments, items, roles and numbers: for people, and not by their ids alone.

Moments are by the clock of the workspace's zone, with the weekday.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from placet import CheckContext, ItemView
from placet_itil_change.roles import ROLES


def local(ctx: CheckContext, at: datetime) -> str:
    """`Friday 4 December 18:00`; with the year where that is not the present one."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    moment = at.astimezone(zone)
    year = "" if moment.year == ctx.now.astimezone(zone).year else f" {moment.year}"
    return f"{moment:%A} {moment.day} {moment:%B}{year} {moment:%H:%M}"


def local_span(ctx: CheckContext, start: datetime, end: datetime) -> str:
    """A time from-to, with the day of the end only where that is another."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return f"{local(ctx, start)}-{last:%H:%M}"
    return f"{local(ctx, start)} to {local(ctx, end)}"


def counted(number: float, noun: str) -> str:
    """`1 task`, `2 tasks`, `0.4 business days`: the noun in the number that fits."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def listed(names: list[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {conjunction} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def named(item: ItemView) -> str:
    """An item by its title, with its key."""
    return f"'{item.title}' ({item.key})"


def titled(who: str) -> str:
    """A role by its title, where nobody holds it; a person as they are."""
    title = next((role.title for role in ROLES if role.id == who), None)
    if title is None:
        return who
    acronym = title.partition(" ")[0].isupper()
    return f"the {title if acronym else title[0].lower() + title[1:]}"
