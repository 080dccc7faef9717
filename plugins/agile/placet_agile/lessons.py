"""Lessons that events of a team leave in the log of lessons, to be described by somebody."""

from __future__ import annotations

from placet import EffectContext, effect

#: Of the method `governance`.
LESSON = "governance.lesson"
RAISED_FROM = "governance.raised_from"


@effect("agile")
def draw_lesson(ctx: EffectContext) -> None:
    """Log a lesson, to be described by somebody, as others can use what was learned."""
    lesson = ctx.create(
        LESSON,
        f"What {ctx.item.title} taught us"[:200],
        event=f"{ctx.item.title} ({ctx.item.key}) is {ctx.item.state}",
        cause=ctx.comment or "to be said",
        effect="to be said",
        recommendation="to be said",
        scope="organisation",
    )
    ctx.link(RAISED_FROM, ctx.item.key, source=lesson)
