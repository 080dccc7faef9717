"""Effects of a decision's transitions, and of its timer."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import REPLACED_BY


@effect("governance")
def keep_decider(ctx: EffectContext) -> None:
    """Keep who decided, and when."""
    ctx.set(decided_by=ctx.item.fields.decided_by or ctx.actor, decided_at=ctx.now)


@effect("governance")
def link_replacement(ctx: EffectContext) -> None:
    """Link it to the decision that took its place."""
    ctx.link(REPLACED_BY, ctx.item.fields.replacement)


@effect("governance")
def escalate(ctx: EffectContext) -> None:
    """Let those who decide beyond the limit decide it from now on."""
    ctx.set(escalated=True)
