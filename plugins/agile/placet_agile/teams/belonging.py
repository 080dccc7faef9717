"""The check that an item belongs to one team: that of its parent."""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.ids import TEAM
from placet_agile.roles import TEAM_ROLES


@check("agile")
def team_of_parent(ctx: CheckContext) -> Verdict:
    """An item below a team, or below a sprint of it, is an item of that team, whose people have their roles on it."""
    parent = ctx.parent()
    if parent is None:
        return passed()
    team: str = ctx.item.fields.team
    own = parent.key if parent.type == TEAM else parent.fields.team
    if own == team:
        return passed(team=team)
    return blocked(
        "its parent {parent} belongs to the team {own}, and it is to belong to {team}",
        remedy="make it below its own team, or without a parent",
        who=[role.id for role in TEAM_ROLES],
        params={"parent": parent.key, "own": own, "team": team},
    )


TEAM_OF_PARENT = Gate("agile.team_of_parent", "One team", team_of_parent)
