"""Names of other items in messages: their titles and outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import placet
from placet import EffectContext, ItemView, named, spoken_span

#: So many items are named in a sentence; one more is named too, as "1 more" would be no shorter.
_NAMED = 8


def named_all(items: Iterable[ItemView]) -> list[str]:
    """Items by their titles, with their keys; of many the first, and how many more there are."""
    names = [named(item) for item in items]
    more = len(names) - _NAMED
    return names if more <= 1 else [*names[:_NAMED], f"{more} more"]


def standing(item: ItemView) -> dict[str, str]:
    """An item with its outcome, if it has one, or with its state; for `{item:standing}`."""
    outcome = getattr(item.fields, "outcome", None)
    return placet.standing(item) | ({"outcome": str(outcome)} if outcome else {})


def ended(item: ItemView) -> str:
    """The outcome of an item, as a text that is kept: `'Swap the disks' (PAY-4) ended as backed out`."""
    return f"{named(item)} ended as {(getattr(item.fields, 'outcome', None) or item.state).replace('_', ' ')}"


def kept_span(ctx: EffectContext, start: datetime, end: datetime) -> str:
    """A span of time as a text that is kept: in the workspace's zone, with the year."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    return spoken_span(start.astimezone(zone), end.astimezone(zone), year=None)
