"""Tolerances, forecasts and their status, as items keep them.

Source: PRINCE2 7, practices Progress and Plans: seven performance targets, each with a tolerance.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import Fields, Line
from placet_prince2.numbers.days import WRITTEN
from placet_prince2.numbers.exceptions import Breach
from placet_prince2.numbers.tolerances import (
    Aspect,
    Figure,
    Forecast,
    Level,
    Light,
    Measure,
    Tolerance,
    distinct,
)

#: A day of a plan, with room for tolerances and timers after it.
PlanDay = Annotated[date, Field(le=date(2999, 12, 31))]
#: An amount in the workspace's currency.
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]
#: An amount that cannot be negative.
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]

#: The aspects that are measured from plans, products and risks, with the units that the method gives them.
MEASURED: dict[Aspect, tuple[str, ...]] = {
    Aspect.TIME: tuple(written for unit in WRITTEN.values() for written in unit),
    Aspect.COST: (),
    Aspect.RISK: (),
    Aspect.SCOPE: ("percentage points", "percentage_points", "pp"),
    Aspect.QUALITY: ("products", "count"),
}


class StatusLine(Fields):
    """One aspect against its tolerance, computed."""

    aspect: Aspect
    indicator: Line | None = None
    unit: Line
    target: Level
    forecast: Level
    deviation: Figure
    limit_upper: Figure
    limit_lower: Figure
    #: Percent of the tolerance; `None` where the limit is zero and the deviation is not.
    used_percent: Annotated[Decimal | None, Field(max_digits=20, decimal_places=1)] = None
    light: Light
    #: Items for which it is outside, whatever the figures say.
    because: Annotated[tuple[Line, ...], Field(max_length=1000)] = ()

    @property
    def measure(self) -> Measure:
        return Measure(self.aspect, self.indicator)

    @property
    def breached(self) -> bool:
        """Whether it is outside."""
        return self.light is Light.RED


def _of_their_unit(tolerances: tuple[Tolerance, ...]) -> tuple[Tolerance, ...]:
    for tolerance in tolerances:
        units = MEASURED.get(tolerance.aspect)
        if units and tolerance.unit not in units:
            raise ValueError(f"{tolerance.aspect} is measured in {units[0]}, not in {tolerance.unit}")
    return tolerances


def _not_measured(forecasts: tuple[Forecast, ...]) -> tuple[Forecast, ...]:
    for forecast in forecasts:
        if forecast.aspect in MEASURED:
            raise ValueError(
                f"the forecast of {forecast.aspect} follows from plans, products and risks: change these instead"
            )
    return forecasts


Tolerances = Annotated[
    tuple[Tolerance, ...], Field(max_length=30), AfterValidator(distinct), AfterValidator(_of_their_unit)
]
Forecasts = Annotated[tuple[Forecast, ...], Field(max_length=30), AfterValidator(_not_measured)]
Statuses = Annotated[tuple[StatusLine, ...], Field(max_length=30)]
Breaches = Annotated[tuple[Breach, ...], Field(max_length=30)]
