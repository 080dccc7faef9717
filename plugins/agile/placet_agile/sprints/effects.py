"""Effects of the moves of a sprint.

Our choice: what becomes of its items are moves of the items themselves, as `system`, so that they are in their history
and follow their rules.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from placet import EffectContext, ItemView, effect
from placet_agile.delivery.fields import Disposition
from placet_agile.numbers.history import end_of_last_day
from placet_agile.sprints.board import items_of, points, points_done, unfinished
from placet_agile.sprints.checks import following
from placet_agile.sprints.fields import SprintFields

_TENTH, _NOTHING = Decimal("0.1"), Decimal()


@effect("agile")
def keep_capacity(ctx: EffectContext) -> None:
    """Where nobody has given the hours of the sprint, they are those of the team's members for its length.

    Who is away is not known here: people lower the hours by hand.
    """
    fields: SprintFields = ctx.item.fields
    team = ctx.get(fields.team)
    if fields.capacity_hours is not None or team is None or not team.fields.members:
        return
    if fields.planned_start is None or fields.planned_end is None:
        return
    hours = sum(member.capacity_hours_per_week for member in team.fields.members)
    weeks = Decimal((fields.planned_end - fields.planned_start) / timedelta(weeks=1))
    ctx.set(capacity_hours=(hours * weeks).quantize(_TENTH))


@effect("agile")
def commit(ctx: EffectContext) -> None:
    """Keep the commitment: the items selected now, and their points."""
    items = unfinished(ctx)
    ctx.set(
        started_at=ctx.now,
        committed_items=[item.key for item in items],
        committed_points=points(items),
        committed_sizes={item.key: points([item]) for item in items},
        added_points=0,
        removed_points=0,
    )


@effect("agile")
def propose_dispositions(ctx: EffectContext) -> None:
    """Propose the product backlog for every item that is not done, where nobody has decided yet."""
    for item in unfinished(ctx):
        if item.fields.disposition is None:
            ctx.set_on(item.key, disposition=Disposition.TO_PRODUCT_BACKLOG)


def _count(ctx: EffectContext) -> list[ItemView]:
    """Keep what was done in the timebox, and how much was left; answers what is left now.

    An item that was finished after the day of its planned end, while people closed it, was unfinished at its end.
    """
    fields: SprintFields = ctx.item.fields
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    items, end = items_of(ctx), end_of_last_day(fields.planned_end or ctx.now, zone)
    done = [item for item in items if item.state == "done" and (item.fields.finished_at or ctx.now) <= end]
    left = [item for item in items if item.state != "done"]
    ctx.set(
        ended_at=ctx.now,
        completed_points=points_done(done),
        completed_committed_points=sum(
            (fields.committed_sizes.get(item.key, _NOTHING) for item in done), _NOTHING
        ),
        items_at_end=len(items),
        unfinished_at_end=len(items) - len(done),
    )
    return left


@effect("agile")
def settle(ctx: EffectContext) -> None:
    """Count what was done, and let each unfinished item go where it was decided."""
    fields: SprintFields = ctx.item.fields
    upcoming = following(ctx)
    for item in _count(ctx):
        why = f"sprint {fields.number} ({ctx.item.key}) ended without it"
        match item.fields.disposition:
            case Disposition.TO_NEXT_SPRINT if upcoming is not None:
                ctx.fire(item.key, "carry_over", comment=why, sprint=upcoming.key)
            case Disposition.REMOVED:
                ctx.fire(item.key, "remove", comment=why)
            case _:
                ctx.fire(item.key, "return_ready", comment=why)


@effect("agile")
def release_items(ctx: EffectContext) -> None:
    """Count what was done, which keeps its credit; everything else goes back to the product backlog."""
    for item in _count(ctx):
        back = "return_ready" if item.fields.points is not None else "return_refining"
        ctx.fire(item.key, back, comment=f"sprint {ctx.item.fields.number} ({ctx.item.key}) was cancelled")


@effect("agile")
def take_items_back(ctx: EffectContext) -> None:
    """Take its selected items back into the product backlog."""
    for item in unfinished(ctx):
        ctx.fire(item.key, "unselect", comment=f"sprint {ctx.item.fields.number} was discarded")
