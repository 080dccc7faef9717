"""What happens along with a transition of a decision, and when it is not taken in time."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import REPLACED_BY


@effect("governance")
def keep_decider(ctx: EffectContext) -> None:
    """Who decided, and when, stays with the decision."""
    ctx.set(decided_by=ctx.item.fields.decided_by or ctx.actor, decided_at=ctx.now)


@effect("governance")
def link_replacement(ctx: EffectContext) -> None:
    """It leads to the decision that took its place."""
    ctx.link(REPLACED_BY, ctx.item.fields.replacement)


@effect("governance")
def escalate(ctx: EffectContext) -> None:
    """Those who decide beyond the limit may decide it from now on."""
    ctx.set(escalated=True)
