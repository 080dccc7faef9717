"""The timers on stories and bugs: what is blocked, and what grows old."""

from __future__ import annotations

from datetime import datetime, timedelta

from placet import CheckContext, EffectContext, Holds, Span, Threshold, Timer, business, effect
from placet_agile.delivery.board import OPEN
from placet_agile.delivery.fields import WorkFields
from placet_agile.ids import IMPEDIMENT, STORY
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.teams.limits import team_of


def until_escalated(ctx: CheckContext) -> Span:
    """Setting: `blocked_escalation`, business days."""
    return business(days=ctx.settings.blocked_escalation)


def end_of_expectation(ctx: CheckContext) -> datetime | None:
    """A day after the time within which the team expects to finish an item; none where it expects none."""
    fields: WorkFields = ctx.item.fields
    days: int | None = team_of(ctx).fields.sle_days
    if days is None or fields.started_at is None:
        return None
    return fields.started_at + timedelta(days=days + 1)


@effect("agile")
def raise_impediment(ctx: EffectContext) -> None:
    """Make an impediment of what blocks it, unless it names one."""
    fields: WorkFields = ctx.item.fields
    if fields.blocked_by is not None:
        return
    made = ctx.create(
        IMPEDIMENT,
        f"{ctx.item.title} is blocked"[:200],
        team=fields.team,
        effect=fields.blocked_reason or "it cannot go on",
    )
    ctx.set(blocked_by=made)


_FLOW = (SCRUM_MASTER.id, FLOW_MANAGER.id)
_TEAM = (DEVELOPER.id, PRODUCT_OWNER.id, *_FLOW)


def timers_of(type: str) -> tuple[Timer, Timer]:
    """The timers on an item type: what is blocked for long, and what is older than its team expects."""
    prefix = "agile." if type == STORY else "agile.bug_"
    return (
        Timer(
            f"{prefix}blocked",
            "Blocked for long",
            starts=(),
            stops=(),
            runs_while=Holds("blocked", (True,)),
            states=OPEN,
            target=until_escalated,
            thresholds=(Threshold(100, notifies=_FLOW, effects=(raise_impediment,)),),
        ),
        Timer(
            f"{prefix}age",
            "Older than the team expects",
            starts=("start",),
            stops=("finish", "remove", "return_ready", "return_refining", "carry_over"),
            target=end_of_expectation,
            thresholds=(Threshold(100, notifies=_TEAM),),
        ),
    )
