"""The settings of figures and forecasts, each with its default, unit and source."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Settings

Percent = Annotated[int, Field(ge=1, le=99)]


class FigureSettings(Settings):
    """Of forecasts. Source: Monte Carlo simulation of throughput, as practiced with Kanban."""

    #: Days of history from which a forecast draws.
    mc_window_days: Annotated[int, Field(ge=20, le=730)] = 60
    #: Runs of a forecast.
    mc_runs: Annotated[int, Field(ge=100, le=100_000)] = 10_000
    #: Confidences for which a forecast has an answer, in percent.
    mc_percentiles: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=20)] = (50, 70, 85, 95)
    #: The seed of all forecasts; empty: one that follows from the team and the day, so that each day has its own.
    mc_seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    #: Items that an item of the backlog becomes on average, as items are split on the way.
    split_rate: Annotated[Decimal, Field(ge=Decimal("0.1"), le=10)] = Decimal(1)
