"""The fields of stories and bugs that follow from others."""

from __future__ import annotations

from datetime import datetime

from placet import CheckContext, Computed
from placet_agile.delivery.ranking import rank


def blocked_since(ctx: CheckContext) -> datetime | None:
    """The moment of the edit that blocked it."""
    return (ctx.item.edited_at("blocked") or ctx.now) if ctx.item.fields.blocked else None


WORK_COMPUTED = (Computed("rank", rank), Computed("blocked_since", blocked_since))
