"""Effects of transitions of objectives and improvements."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import LESSON, RAISED_FROM
from placet_governance.learning.fields import Scope


@effect("governance")
def draw_lesson(ctx: EffectContext) -> None:
    """Log a lesson, to be described by somebody, as others can use what worked."""
    lesson = ctx.create(
        LESSON,
        f"What {ctx.item.title} taught us"[:200],
        event=f"{ctx.item.title} ({ctx.item.key}) is {ctx.item.state}",
        cause=ctx.comment or "to be said",
        effect="to be said",
        recommendation="to be said",
        scope=Scope.ORGANISATION,
    )
    ctx.link(RAISED_FROM, ctx.item.key, source=lesson)


@effect("governance")
def note_finish(ctx: EffectContext) -> None:
    """Keep when it was finished, as its effect is measured some time later."""
    ctx.set(finished_at=ctx.now)
