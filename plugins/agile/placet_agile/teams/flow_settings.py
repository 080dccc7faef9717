"""The settings of flow measures and forecasts, each with its default, unit and source."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import Settings


class LeadTimeStart(StrEnum):
    """The moment from which on a lead time counts."""

    CREATED = "created"
    SELECTED = "selected"


class FlowSettings(Settings):
    """Of flow measures and forecasts."""

    #: The moment from which on a lead time counts.
    lead_time_start: LeadTimeStart = LeadTimeStart.CREATED
    #: Days of the team's past from which a forecast draws.
    mc_window_days: Annotated[int, Field(ge=20, le=730)] = 60
    #: Runs of a forecast: the more, the closer it comes to the exact distribution.
    mc_runs: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    #: The seed of a forecast; empty: derived from team and day, so that the same question has the same answer.
    mc_seed: Annotated[int, Field(ge=0)] | None = None
    #: The percentages of confidence that a forecast reports.
    mc_percentiles: Annotated[
        tuple[Annotated[int, Field(ge=1, le=99)], ...], Field(min_length=1, max_length=20)
    ] = (50, 70, 85, 95)
    #: Items that become of one, as some are split on the way.
    split_rate: Annotated[float, Field(ge=1, le=10)] = 1.0
