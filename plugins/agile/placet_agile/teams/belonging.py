"""The checks that an item belongs to one team: that of its parent, and the one that it was made for."""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.ids import TEAM, WORK
from placet_agile.roles import PRODUCT_OWNER, TEAM_ROLES


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


@check("agile")
def team_kept(ctx: CheckContext) -> Verdict:
    """An item stays with its team: its number, its rank and its people are those of that team.

    A story or a bug goes to another team by a move of its own, which that team's product owner agrees to.
    """
    before = ctx.before
    team: str = ctx.item.fields.team
    if before is None or before.fields.team == team:
        return passed(team=team)
    work = ctx.item.type in WORK
    return blocked(
        "it belongs to {own}, and would belong to another team",
        remedy="offer it to the product owner of the other team"
        if work
        else "make another one for that team",
        who=[PRODUCT_OWNER.id] if work else [role.id for role in TEAM_ROLES],
        params={"own": before.fields.team},
    )


TEAM_KEPT = Gate("agile.team_kept", "Team kept", team_kept)
TEAM_OF_PARENT = Gate("agile.team_of_parent", "One team", team_of_parent)
