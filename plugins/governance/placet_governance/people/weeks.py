"""Weeks of the year as ISO 8601 counts them: `2026-W27`, Monday to Sunday."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from placet import week_of

_FORM = re.compile(r"^(\d{4})-W(\d{2})\Z")


def monday(week: str) -> date:
    """The first day of a week. Raises `ValueError` for a week that does not exist."""
    found = _FORM.match(week)
    if found is None:
        raise ValueError(f'"{week[:20]}" is not a week: write year and number, such as 2026-W27')
    year, number = map(int, found.groups())
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError:
        last = date(year, 12, 28).isocalendar().week if year else 0
        raise ValueError(f"there is no week {number} in {year}: its last is {last}") from None


def _checked(week: str) -> str:
    monday(week)
    return week


#: A week that exists. Weeks sort as their texts do.
Week = Annotated[str, AfterValidator(_checked)]


def between(first: str, last: str) -> Iterator[str]:
    """All weeks from one to another, both included."""
    day = monday(first)
    while day <= monday(last):
        yield week_of(day)
        day += timedelta(weeks=1)
