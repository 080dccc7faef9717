"""Tolerances, forecasts, and the light of the one against the other.

    limit      = upper                   where the basis is absolute
               = |target| * upper / 100  where it is a percentage of the target; likewise for lower
    deviation  = forecast - target       in the unit of the tolerance; for time calendar days or business days
    inside     : -lower limit <= deviation <= upper limit; exactly on a limit is inside
    used       = 100 * deviation / upper limit, or 100 * -deviation / lower limit where it is below the target
    light      : red outside, amber inside with more than `amber` percent used, else green

A forecast that is outside on the good side (early, below budget) is outside as well.

Source: PRINCE2 7, practice progress: performance targets, their tolerances, and management by exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple, Self, cast

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from placet import Fields, Line, Moment, Text, faults_in
from placet_prince2.numbers.days import Workday, days_from, every_day, unit_of
from placet_prince2.numbers.exact import HUNDRED, ZERO, exact


def _amount_or_day(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """One fault instead of one for each of both forms."""
    try:
        return read(given)
    except ValidationError as error:
        if error.errors()[0]["type"] != "decimal_parsing":
            raise ValueError(faults_in(error, Level)[0].message) from None
        raise ValueError(
            f"{str(given)[:40]} is neither an amount nor a day: give a number, or a day such as 2026-03-31 for time"
        ) from None


#: A figure in the unit of its aspect.
Figure = Annotated[Decimal, Field(max_digits=24, decimal_places=6)]
Limit = Annotated[Decimal, Field(ge=0, max_digits=24, decimal_places=6)]
#: Text that is a number is a number; `date` alone would take it for seconds since 1970.
Level = Annotated[Figure | date, Field(union_mode="left_to_right"), WrapValidator(_amount_or_day)]
#: Percent of a limit above which the light is amber.
AMBER: Final = Decimal(75)


class Aspect(StrEnum):
    """The seven aspects of a project's performance."""

    BENEFITS = "benefits"
    COST = "cost"
    TIME = "time"
    QUALITY = "quality"
    SCOPE = "scope"
    SUSTAINABILITY = "sustainability"
    RISK = "risk"


class Basis(StrEnum):
    """Whether limits are in the unit of the tolerance or in percent of its target."""

    ABSOLUTE = "absolute"
    PERCENT_OF_TARGET = "percent_of_target"


class Light(StrEnum):
    """The light of an aspect."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Measure(NamedTuple):
    """The name of one measured figure: an aspect, and where it has several indicators (sustainability) which one."""

    aspect: Aspect
    indicator: str | None = None

    def __str__(self) -> str:
        return self.aspect.value if self.indicator is None else f"{self.aspect.value} ({self.indicator})"


class _Measured(Fields):
    """Base of the values about one measure."""

    aspect: Aspect
    #: The indicator, where the aspect is sustainability: `carbon`.
    indicator: Line | None = None

    @property
    def measure(self) -> Measure:
        return Measure(self.aspect, self.indicator)

    @model_validator(mode="after")
    def _indicator_of_sustainability(self) -> Self:
        if self.indicator is not None and self.aspect is not Aspect.SUSTAINABILITY:
            raise ValueError(f"{self.aspect} has no indicators: leave indicator out")
        return self


class Tolerance(_Measured):
    """The permitted deviation from one target."""

    #: An amount in the unit; a day for time.
    target: Level
    unit: Line
    upper: Limit
    lower: Limit
    basis: Basis = Basis.ABSOLUTE

    @model_validator(mode="after")
    def _limits_follow(self) -> Self:
        _demand_level(self.aspect, "target", self.target)
        if self.basis is Basis.PERCENT_OF_TARGET and not isinstance(self.target, Decimal):
            raise ValueError("a day has no percentage: give upper and lower in days, with the basis absolute")
        if self.basis is Basis.PERCENT_OF_TARGET and self.target == 0:
            raise ValueError(
                f"a percentage of a target of 0 {self.unit} permits nothing: give upper and lower in {self.unit}, "
                "with the basis absolute"
            )
        return self

    @property
    def limit_upper(self) -> Decimal:
        """How far above the target is still inside, in the unit."""
        return self._limit(self.upper)

    @property
    def limit_lower(self) -> Decimal:
        """How far below the target is still inside, in the unit."""
        return self._limit(self.lower)

    @exact
    def _limit(self, limit: Decimal) -> Decimal:
        if self.basis is Basis.ABSOLUTE or not isinstance(self.target, Decimal):
            return limit
        return abs(self.target) * limit / HUNDRED


class Forecast(_Measured):
    """The value that is expected of one measure at the end."""

    #: An amount in the unit of the tolerance; a day for time.
    value: Level
    as_of: Moment
    #: Compared with that of the tolerance where it is given.
    unit: Line | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _of_its_aspect(self) -> Self:
        _demand_level(self.aspect, "value", self.value)
        return self


def _demand_level(aspect: Aspect, name: str, level: Decimal | date) -> None:
    if aspect is Aspect.TIME and isinstance(level, Decimal):
        raise ValueError(f"the {name} of time is a day and not {level}: give one such as 2026-03-31")
    if aspect is not Aspect.TIME and not isinstance(level, Decimal):
        raise ValueError(f"the {name} of {aspect} is an amount and not {level}: give a number")


@dataclass(frozen=True, slots=True)
class ToleranceStatus:
    """One forecast against its tolerance; amounts in the unit."""

    aspect: Aspect
    indicator: str | None
    unit: str
    target: Decimal | date
    forecast: Decimal | date
    deviation: Decimal
    limit_upper: Decimal
    limit_lower: Decimal
    #: `None` where the limit is 0 and the deviation is not.
    used_percent: Decimal | None
    light: Light
    #: Outside: red.
    breached: bool
    #: Items that make it red by themselves, whatever the deviation.
    because: tuple[str, ...] = ()

    @property
    def measure(self) -> Measure:
        return Measure(self.aspect, self.indicator)


def status(
    tolerance: Tolerance,
    forecast: Forecast,
    *,
    amber: Decimal = AMBER,
    because: Sequence[str] = (),
    works: Workday = every_day,
) -> ToleranceStatus:
    """A forecast against its tolerance.

    Args:
        tolerance: the permitted deviation.
        forecast: of the same aspect and indicator.
        amber: percent of the limit above which the light is amber.
        because: items that make the aspect red by themselves: an undelivered product that is a must, a single risk.
        works: the days that count where time is in business days.

    Raises:
        ValueError: the forecast is of another measure or in another unit.
    """
    if forecast.measure != tolerance.measure:
        raise ValueError(
            f"a forecast of {forecast.measure} has no place under a tolerance of {tolerance.measure}: compare like "
            "with like"
        )
    if forecast.unit not in {None, tolerance.unit}:
        raise ValueError(
            f"the forecast of {forecast.measure} is in {forecast.unit} and its tolerance in {tolerance.unit}: give the "
            f"forecast in {tolerance.unit}"
        )
    return judged(tolerance, forecast.value, amber=amber, because=because, works=works)


@exact
def judged(
    tolerance: Tolerance,
    value: Decimal | date,
    *,
    amber: Decimal = AMBER,
    because: Sequence[str] = (),
    works: Workday = every_day,
) -> ToleranceStatus:
    """A value of the aspect of a tolerance against it; see `status`."""
    deviation = _deviation(tolerance, value, works)
    limit = tolerance.limit_upper if deviation >= 0 else tolerance.limit_lower
    breached = abs(deviation) > limit or bool(because)
    return ToleranceStatus(
        aspect=tolerance.aspect,
        indicator=tolerance.indicator,
        unit=tolerance.unit,
        target=tolerance.target,
        forecast=value,
        deviation=deviation,
        limit_upper=tolerance.limit_upper,
        limit_lower=tolerance.limit_lower,
        used_percent=_used(abs(deviation), limit),
        light=_light(abs(deviation), limit, amber, breached=breached),
        breached=breached,
        because=tuple(because),
    )


def _deviation(tolerance: Tolerance, value: Decimal | date, works: Workday) -> Decimal:
    """Value and target are of one aspect, and so of one kind."""
    if isinstance(value, Decimal):
        return value - cast("Decimal", tolerance.target)
    return Decimal(days_from(cast("date", tolerance.target), value, unit_of(tolerance.unit), works))


def _used(deviation: Decimal, limit: Decimal) -> Decimal | None:
    if limit:
        return HUNDRED * deviation / limit
    return None if deviation else ZERO


def _light(deviation: Decimal, limit: Decimal, amber: Decimal, *, breached: bool) -> Light:
    """By products and not by the quotient, which may have been rounded."""
    if breached:
        return Light.RED
    return Light.AMBER if HUNDRED * deviation > amber * limit else Light.GREEN


def same_unit(aspect: Aspect, one: str, other: str) -> bool:
    """Whether two units of an aspect are the same; `days` and `calendar days` are."""
    return unit_of(one) is unit_of(other) if aspect is Aspect.TIME else one == other


def worst(lights: Iterable[Light]) -> Light:
    """The worst of several lights; green where there are none."""
    return max(lights, key=tuple(Light).index, default=Light.GREEN)


def distinct(tolerances: tuple[Tolerance, ...]) -> tuple[Tolerance, ...]:
    """The same tolerances. Raises `ValueError` where a measure has two of them."""
    measures = [tolerance.measure for tolerance in tolerances]
    twice = sorted({str(measure) for measure in measures if measures.count(measure) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} has two tolerances: give one for each")
    return tolerances


def missing(tolerances: Iterable[Tolerance], required: Iterable[Aspect]) -> list[Aspect]:
    """The required aspects without a tolerance, in the given order."""
    there = {tolerance.aspect for tolerance in tolerances}
    return [aspect for aspect in required if aspect not in there]
