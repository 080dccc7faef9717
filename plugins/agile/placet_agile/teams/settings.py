"""The settings of teams, each with its default, unit and source."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import Settings
from placet_agile.teams.fields import DoneItem, Mode


class Estimation(StrEnum):
    """How the size of an item is estimated."""

    POINTS = "points"
    #: Not at all: items are sliced until they are small.
    NONE = "none"


class TeamSettings(Settings):
    """Of teams."""

    #: How teams work that do not say so themselves.
    mode: Mode = Mode.SCRUM
    #: Most people of a team (Scrum Guide 2020: typically 10 or fewer).
    max_team_size: Annotated[int, Field(ge=2, le=100)] = 10
    #: Whether one person may be product owner and scrum master of a team.
    allow_po_is_sm: bool = False
    #: Items of the definition of done of the whole organization: every team's definition has them too.
    org_dod: Annotated[tuple[DoneItem, ...], Field(max_length=50)] = ()
    #: Whether items meet a definition of ready before they are selected. The Scrum Guide has none.
    dor_enabled: bool = True
    #: `points` (on the team's scale), or `none`. The Scrum Guide leaves it open.
    estimation: Estimation = Estimation.POINTS
    #: Ready points, in sprints at the team's velocity, below which the team is reminded to refine.
    ready_buffer: Annotated[float, Field(ge=0, le=20)] = 1.5
    #: Closed sprints of which the velocity is the average.
    velocity_window: Annotated[int, Field(ge=1, le=50)] = 3
