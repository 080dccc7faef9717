"""The light of a monitor, and the passes that a person checks again each week.

Pure functions. Source: COBIT 2019, MEA02.01 Monitor internal controls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil

from placet_cobit.operating.sampling import order

#: Passes that a person checks again in a week: so many percent, but at least and at most so many.
VALIDATED_PERCENT, VALIDATED_LEAST, VALIDATED_MOST = 5, 5, 25


class Light(StrEnum):
    """The state of a monitor at a glance."""

    #: There was too little to judge.
    GREY = "grey"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Reading:
    """One computation of a monitor."""

    failures: int
    population: int
    light: Light

    @property
    def failure_rate(self) -> Fraction | None:
        """Percent of the executions; `None` without any."""
        return failure_rate(self.failures, self.population)


def failure_rate(failures: int, population: int) -> Fraction | None:
    """Percent of the executions that failed; `None` without any."""
    return Fraction(100 * failures, population) if population else None


def read(
    failures: int, population: int, *, amber: Decimal, red: Decimal, least: int, wrong_pass: bool = False
) -> Reading:
    """The light by the limits, in percent: reached is exceeded. A pass that was found wrong makes it red."""
    rate = failure_rate(failures, population)
    if wrong_pass:
        light = Light.RED
    elif rate is None or population < least:
        light = Light.GREY
    elif rate >= Fraction(red):
        light = Light.RED
    else:
        light = Light.AMBER if rate >= Fraction(amber) else Light.GREEN
    return Reading(failures, population, light)


def amber_for(since: date | None, today: date, window_days: int) -> int:
    """Whole windows for which a monitor has been amber."""
    return 0 if since is None else (today - since).days // window_days


def to_validate(monitor: str, week: str, passes: Iterable[str]) -> Sequence[str]:
    """The passes of a week that a person checks again, drawn as samples of tests are."""
    drawn = order(f"{monitor}{week}", passes)
    share = ceil(Fraction(len(drawn) * VALIDATED_PERCENT, 100))
    return drawn[: min(max(VALIDATED_LEAST, share), VALIDATED_MOST)]
