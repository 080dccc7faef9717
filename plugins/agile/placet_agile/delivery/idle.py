"""The check of a team that ends."""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.delivery.board import ACTIVE
from placet_agile.ids import SPRINT, WORK
from placet_agile.roles import DEVELOPER


@check("agile")
def team_no_wip(ctx: CheckContext) -> Verdict:
    """A team that ends has no running sprint and nothing in work."""
    sprints = ctx.items(SPRINT, states=["running", "closing"], team=ctx.item.key)
    started = [item for type in WORK for item in ctx.items(type, states=ACTIVE, team=ctx.item.key)]
    if not sprints and not started:
        return passed()
    return blocked(
        "the team still has {items:count item} in work and {sprints:count sprint} open",
        remedy="finish or move them",
        who=[DEVELOPER.id],
        params={
            "items": len(started),
            "sprints": len(sprints),
            "keys": [item.key for item in (*started, *sprints)],
        },
    )


TEAM_IDLE = Gate("agile.team_idle", "Nothing in work", team_no_wip)
