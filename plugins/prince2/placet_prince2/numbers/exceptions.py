"""The breaches of an exception: the new ones, those that were accepted, and those that an answer covers.

Source: PRINCE2 7, practice progress. Our choice: a breach that was accepted raises a new exception only once it has
grown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from placet import Fields, ItemKey, Line
from placet_prince2.numbers.days import Workday, every_day
from placet_prince2.numbers.tolerances import (
    Aspect,
    Figure,
    Level,
    Measure,
    Tolerance,
    ToleranceStatus,
    judged,
)


class Breach(Fields):
    """One measure that is forecast outside its tolerance."""

    aspect: Aspect
    indicator: Line | None = None
    unit: Line
    target: Level
    #: On the side of the deviation.
    limit: Figure
    forecast: Level
    deviation: Figure
    #: Items that make it red by themselves.
    because: Annotated[tuple[ItemKey, ...], Field(max_length=1000)] = ()

    @property
    def measure(self) -> Measure:
        return Measure(self.aspect, self.indicator)

    @classmethod
    def of(cls, status: ToleranceStatus) -> Breach:
        return cls(
            aspect=status.aspect,
            indicator=status.indicator,
            unit=status.unit,
            target=status.target,
            limit=status.limit_upper if status.deviation >= 0 else status.limit_lower,
            forecast=status.forecast,
            deviation=status.deviation,
            because=status.because,
        )


def breaches(statuses: Iterable[ToleranceStatus], accepted: Iterable[Breach] = ()) -> tuple[Breach, ...]:
    """Every measure outside its tolerance, without those accepted already and not grown since."""
    known: dict[Measure, list[Breach]] = {}
    for breach in accepted:
        known.setdefault(breach.measure, []).append(breach)
    found = (Breach.of(status) for status in statuses if status.breached)
    return tuple(new for new in found if not any(_within(new, old) for old in known.get(new.measure, [])))


def _within(new: Breach, accepted: Breach) -> bool:
    """Whether it is not worse: on the same side, no further out, and for no item that nobody had accepted."""
    same_side = new.deviation * accepted.deviation >= 0
    grown = abs(new.deviation) > abs(accepted.deviation)
    return same_side and not grown and set(new.because) <= set(accepted.because)


def merged(known: Iterable[Breach], found: Iterable[Breach]) -> tuple[Breach, ...]:
    """The breaches of an open exception after new ones: further measures last, known ones with new figures."""
    by_measure = {breach.measure: breach for breach in known}
    by_measure |= {breach.measure: breach for breach in found}
    return tuple(by_measure.values())


def replaced(tolerances: Iterable[Tolerance], new: Iterable[Tolerance]) -> tuple[Tolerance, ...]:
    """Tolerances after a decision: the new ones in the place of those of the same measure, others at the end."""
    by_measure = {tolerance.measure: tolerance for tolerance in tolerances}
    by_measure |= {tolerance.measure: tolerance for tolerance in new}
    return tuple(by_measure.values())


def still_outside(
    exceeded: Iterable[ToleranceStatus], tolerances: Iterable[Tolerance], *, works: Workday = every_day
) -> tuple[ToleranceStatus, ...]:
    """The forecasts that are outside under other tolerances too, and those without one.

    An item that makes a measure red by itself is not covered by any tolerance.
    """
    by_measure = {tolerance.measure: tolerance for tolerance in tolerances}
    outside = []
    for each in exceeded:
        tolerance = by_measure.get(each.measure)
        again = (
            each if tolerance is None else judged(tolerance, each.forecast, because=each.because, works=works)
        )
        if again.breached:
            outside.append(again)
    return tuple(outside)
