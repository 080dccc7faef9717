"""The effects of transitions of findings and of the actions that remedy them."""

from __future__ import annotations

from datetime import timedelta

from placet import EffectContext, effect
from placet_cobit.findings.fields import FindingFields
from placet_cobit.ids import REMEDIATION
from placet_cobit.titles import shortened
from placet_governance.ids import LESSON, RAISED_FROM
from placet_governance.learning.fields import Scope

#: Days to remedy a finding whose acceptance has ended.
AFTER_ACCEPTANCE = 14


@effect("cobit")
def note_fix(ctx: EffectContext) -> None:
    """Keep when the last action was completed: a retest counts what was done since."""
    done = [each.fields.done_at for each in ctx.children(REMEDIATION) if each.state == "done"]
    ctx.set(fixed_at=max((at for at in done if at is not None), default=ctx.now))


@effect("cobit")
def note_action_done(ctx: EffectContext) -> None:
    """Keep when it was completed."""
    ctx.set(done_at=ctx.now)


@effect("cobit")
def note_closing(ctx: EffectContext) -> None:
    """Keep when it was closed: another one within twelve months is a recurrence."""
    ctx.set(closed_at=ctx.now)


@effect("cobit")
def draw_lesson(ctx: EffectContext) -> None:
    """Log a lesson, so that other controls do not fail in the same way."""
    fields: FindingFields = ctx.item.fields
    done = [each.title for each in ctx.children(REMEDIATION) if each.state == "done"]
    lesson = ctx.create(
        LESSON,
        shortened(f"What {ctx.item.title} taught us"),
        event=fields.condition,
        effect=fields.effect,
        cause=fields.cause or "to be said",
        recommendation="; ".join(done) or "to be said",
        scope=Scope.ORGANISATION,
    )
    ctx.link(RAISED_FROM, ctx.item.key, source=lesson)


@effect("cobit")
def due_again(ctx: EffectContext) -> None:
    """The risk is not accepted any more: the finding is due in two weeks."""
    due = ctx.today + timedelta(days=AFTER_ACCEPTANCE)
    ctx.set(due_date=due, latest_due=due)
