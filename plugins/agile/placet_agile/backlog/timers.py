"""The timer on a team that runs out of ready items.

Source: common practice: one and a half sprints are ready, so that planning can choose. The Scrum Guide only says that
refinement is an ongoing activity.
"""

from __future__ import annotations

from decimal import Decimal

from placet import CheckContext, Threshold, Timer, elapsed
from placet_agile.ids import SPRINT, WORK
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER


def velocity(ctx: CheckContext) -> Decimal | None:
    """The mean of the points of the last closed sprints of a team; `None` before the first.

    Setting: `velocity_window`.
    """
    closed = ctx.items(SPRINT, states=["closed"], team=ctx.item.key)
    last = sorted(closed, key=lambda sprint: sprint.fields.number)[-ctx.settings.velocity_window :]
    points = [sprint.fields.completed_points or Decimal() for sprint in last]
    return sum(points, Decimal()) / len(points) if points else None


def little_is_ready(ctx: CheckContext) -> bool:
    """Fewer points are ready than the buffer asks for. Setting: `ready_buffer`, in sprints at the team's velocity."""
    pace = velocity(ctx)
    if pace is None:
        return False
    ready = sum(
        (
            item.fields.points or Decimal()
            for type in WORK
            for item in ctx.items(type, states=["ready"], team=ctx.item.key)
        ),
        Decimal(),
    )
    return bool(ready < pace * Decimal(str(ctx.settings.ready_buffer)))


REFINE = Timer(
    "agile.refine",
    "Ready items",
    starts=("create",),
    stops=("dissolve",),
    target=elapsed(days=7),
    repeats=0,
    thresholds=(
        Threshold(100, notifies=(PRODUCT_OWNER.id, DEVELOPER.id, SCRUM_MASTER.id), when=little_is_ready),
    ),
)
