"""The limits of a team, by the way in which it works.

Source: the Kanban Guide, controlling work in progress. Scrum has no such limits: a team that wants them sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from placet import CheckContext, ItemView
from placet_agile.teams.fields import Column, Mode, TeamFields

#: The most items in each column, where a team that works with limits does not say otherwise.
USUAL_COLUMNS: Mapping[Column, int] = {Column.SELECTED: 6, Column.IN_PROGRESS: 4, Column.IN_REVIEW: 3}
#: The most items of one person, likewise.
USUAL_PERSON = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force; `None` for no limit."""

    columns: Mapping[Column, int | None]
    person: int | None
    expedite: int


def mode_of(ctx: CheckContext, team: ItemView) -> Mode:
    """How a team works. Setting: `mode`, for a team that does not say so itself."""
    mode: Mode = team.fields.mode or ctx.settings.mode
    return mode


def limits_of(team: TeamFields, mode: Mode) -> Limits:
    """The limits of a team: its own, and else those that are usual for its mode."""
    limited = mode is not Mode.SCRUM
    columns = team.wip_limits if team.wip_limits is not None else (USUAL_COLUMNS if limited else {})
    person = team.person_limit if team.person_limit is not None else (USUAL_PERSON if limited else None)
    return Limits(columns, person, team.expedite_limit)


def team_of(ctx: CheckContext) -> ItemView:
    """The team of the item.

    Raises:
        LookupError: the team does not exist; the reference was checked when it was made.
    """
    team = ctx.get(ctx.item.fields.team)
    if team is None:
        raise LookupError(f"{ctx.item.key} names the team {ctx.item.fields.team}, which does not exist")
    return team
