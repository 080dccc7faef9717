"""How messages name other items: by their titles, and what became of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from placet import EffectContext, ItemView, spoken_span


def named(item: ItemView) -> str:
    """An item by its title, with its key."""
    return f"'{item.title}' ({item.key})"


def standing(item: ItemView) -> str:
    """An item with its outcome, where it has one, or with its state: `'Swap the disks' (PAY-4) is in state review`."""
    outcome = getattr(item.fields, "outcome", None)
    what = f"has the outcome {outcome}" if outcome else f"is in state {item.state}"
    return f"{named(item)} {what.replace('_', ' ')}"


def kept_span(ctx: EffectContext, start: datetime, end: datetime) -> str:
    """A time from-to as a text that is kept: by the clock of the workspace's zone, with the year."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    return spoken_span(start.astimezone(zone), end.astimezone(zone), year=None)
