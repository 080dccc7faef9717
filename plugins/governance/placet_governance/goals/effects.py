"""What happens along with a transition of an objective or an improvement."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import LESSON, RAISED_FROM
from placet_governance.learning.fields import Scope


@effect("governance")
def draw_lesson(ctx: EffectContext) -> None:
    """What worked is worth knowing elsewhere: a lesson is logged, and somebody says what it is."""
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
    """From now on its effect is waited for."""
    ctx.set(finished_at=ctx.now)
