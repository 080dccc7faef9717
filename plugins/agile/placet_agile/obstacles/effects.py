"""Effects of the moves of impediments."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_agile.delivery.board import OPEN
from placet_agile.ids import WORK


@effect("agile")
def take(ctx: EffectContext) -> None:
    """Name the actor as its owner, if nobody was named."""
    if ctx.item.fields.owner is None:
        ctx.set(owner=ctx.actor)


@effect("agile")
def unblock(ctx: EffectContext) -> None:
    """Unblock the items that it blocks."""
    for type in WORK:
        for item in ctx.items(type, states=OPEN, blocked_by=ctx.item.key):
            ctx.set_on(item.key, blocked=False, blocked_reason=None, blocked_by=None)
