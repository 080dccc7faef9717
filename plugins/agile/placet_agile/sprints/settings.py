"""The settings of sprints, each with its default, unit and source."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import Settings


class Scaling(StrEnum):
    """How the timeboxes of events follow the length of a sprint."""

    #: In proportion: 2 h of planning, 1 h of review and 45 min of retrospective for each week.
    LINEAR = "linear"
    #: Those of a sprint of a month for every sprint.
    MONTH = "month"


class SprintSettings(Settings):
    """Of sprints."""

    #: Days that a sprint lasts at most (Scrum Guide 2020: one month or less).
    max_sprint_days: Annotated[int, Field(ge=1, le=31)] = 31
    #: How timeboxes scale; the Scrum Guide only says that events of shorter sprints are usually shorter.
    timebox_scaling: Scaling = Scaling.LINEAR
    #: Business days before its end from which on a sprint can be closed: review and retrospective lie inside it.
    close_window: Annotated[float, Field(ge=0, le=10)] = 1
    #: The time of day of the daily scrum, in the workspace's zone.
    daily_at: time = time(9, 30)
