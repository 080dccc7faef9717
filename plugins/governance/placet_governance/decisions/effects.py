"""Effects of a decision's transitions, and of its timer."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import REPLACED_BY


@effect("governance")
def keep_decider(ctx: EffectContext) -> None:
    """Keep who decided, and when. A decision of several people is not that of one of them."""
    deciders = ctx.item.fields.deciders or (ctx.actor,)
    ctx.set(decided_by=deciders[0] if len(deciders) == 1 else None, deciders=deciders, decided_at=ctx.now)


@effect("governance")
def link_replacement(ctx: EffectContext) -> None:
    """Link it to the decision that took its place."""
    ctx.link(REPLACED_BY, ctx.item.fields.replacement)


@effect("governance")
def escalate(ctx: EffectContext) -> None:
    """Let those who decide beyond the limit decide it from now on."""
    ctx.set(escalated=True)
