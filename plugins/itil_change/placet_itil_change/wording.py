"""How messages name other items: by their titles, and what became of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import placet
from placet import EffectContext, ItemView, spoken_span


def named(item: ItemView) -> str:
    """An item by its title, with its key."""
    return f"'{item.title}' ({item.key})"


def standing(item: ItemView) -> dict[str, str]:
    """An item with its outcome, where it has one, or with its state; for `{item:standing}`."""
    outcome = getattr(item.fields, "outcome", None)
    return placet.standing(item) | ({"outcome": str(outcome)} if outcome else {})


def ended(item: ItemView) -> str:
    """What became of an item, as a text that is kept: `'Swap the disks' (PAY-4) ended as backed out`."""
    return f"{named(item)} ended as {(getattr(item.fields, 'outcome', None) or item.state).replace('_', ' ')}"


def kept_span(ctx: EffectContext, start: datetime, end: datetime) -> str:
    """A time from-to as a text that is kept: by the clock of the workspace's zone, with the year."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    return spoken_span(start.astimezone(zone), end.astimezone(zone), year=None)
