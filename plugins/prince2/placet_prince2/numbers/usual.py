"""The usual tolerances of an organization, with the targets of one project, plan or work package.

    time                    target: the planned end
    cost                    target: the budget
    scope                   target: 100 percentage points
    quality                 target: no product outside its criteria
    risk                    target: 0; the upper limit is the risk budget
    benefits                target: the benefits that the project is to bring
    sustainability          target: only people know it

Source: PRINCE2 7, practice Progress: the level above sets the tolerances. Our choice: what is usual is offered, and
somebody who may set tolerances sends it, as it is or changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self

from pydantic import model_validator

from placet import Fields
from placet_prince2.numbers.days import WRITTEN, TimeUnit
from placet_prince2.numbers.tolerances import Aspect, Basis, Figure, Limit, Tolerance

_WHOLE: Final = Decimal(100)
_NONE: Final = Decimal(0)


class Part(StrEnum):
    """The part of a project that a tolerance is for."""

    PROJECT = "project"
    STAGE = "stage"
    WORK_PACKAGE = "work_package"


class UsualTolerance(Fields):
    """How far an aspect is usually permitted to miss its target."""

    part: Part
    aspect: Aspect
    #: `None` for the risk budget, of the aspect risk alone.
    upper: Limit | None
    lower: Limit
    basis: Basis = Basis.ABSOLUTE

    @model_validator(mode="after")
    def _has_limits(self) -> Self:
        if self.upper is None and self.aspect is not Aspect.RISK:
            raise ValueError(f"upper is missing for {self.aspect}: only the limit of risk is the risk budget")
        return self


@dataclass(frozen=True, slots=True)
class Known:
    """The figures of a project, plan or work package; `None` for what nobody has given yet."""

    planned_end: date | None
    budget: Decimal | None
    risk_budget: Decimal | None
    benefits: Figure | None
    #: Unit of amounts, and of days.
    currency: str
    time_unit: TimeUnit
    #: Indicators of sustainability, each with its unit.
    indicators: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A usual tolerance that has no target yet."""

    usual: UsualTolerance
    unit: str
    indicator: str | None
    #: The figure that has to be given first.
    missing: str


_PERCENT: Final = Basis.PERCENT_OF_TARGET
_BOTH: Final = (Part.PROJECT, Part.STAGE)
_DAYS: Final = {Part.PROJECT: Decimal(10), Part.STAGE: Decimal(5), Part.WORK_PACKAGE: Decimal(5)}
_TEN: Final = Decimal(10)

# Common in project handbooks.
USUAL: Final[tuple[UsualTolerance, ...]] = (
    *(
        UsualTolerance(part=part, aspect=Aspect.TIME, upper=days, lower=days)
        for part, days in _DAYS.items()
    ),
    *(
        UsualTolerance(part=part, aspect=Aspect.COST, upper=_TEN, lower=_TEN, basis=_PERCENT) for part in Part
    ),
    *(UsualTolerance(part=part, aspect=Aspect.SCOPE, upper=_NONE, lower=_TEN) for part in _BOTH),
    UsualTolerance(part=Part.PROJECT, aspect=Aspect.QUALITY, upper=_NONE, lower=_NONE),
    *(UsualTolerance(part=part, aspect=Aspect.RISK, upper=None, lower=_NONE) for part in _BOTH),
    UsualTolerance(part=Part.PROJECT, aspect=Aspect.BENEFITS, upper=_WHOLE, lower=_TEN, basis=_PERCENT),
    *(
        UsualTolerance(
            part=part, aspect=Aspect.SUSTAINABILITY, upper=Decimal(5), lower=_WHOLE, basis=_PERCENT
        )
        for part in _BOTH
    ),
)  # fmt: skip


def each_once(usual: tuple[UsualTolerance, ...]) -> tuple[UsualTolerance, ...]:
    """Every aspect of a part has one. Raises `ValueError`."""
    pairs = [(each.part, each.aspect) for each in usual]
    twice = next((pair for pair in pairs if pairs.count(pair) > 1), None)
    if twice is not None:
        raise ValueError(f"there are two for {twice[1]} of a {twice[0].replace('_', ' ')}: leave one out")
    return usual


def offered(part: Part, usual: Iterable[UsualTolerance], known: Known) -> list[Tolerance | Open]:
    """The usual tolerances of a part, with its targets; those without a target say what has to be given first."""
    return [found for each in usual if each.part is part for found in _of(each, known)]


def _of(usual: UsualTolerance, known: Known) -> Iterator[Tolerance | Open]:
    match usual.aspect:
        case Aspect.TIME:
            yield _aimed(usual, known.planned_end, WRITTEN[known.time_unit][0], "the planned end")
        case Aspect.COST:
            yield _aimed(usual, known.budget, known.currency, "the budget")
        case Aspect.SCOPE:
            yield _aimed(usual, _WHOLE, "percentage points", "")
        case Aspect.QUALITY:
            yield _aimed(usual, _NONE, "products", "")
        case Aspect.RISK:
            yield _of_risk(usual, known)
        case Aspect.BENEFITS:
            yield _aimed(usual, known.benefits, known.currency, "the target of the benefits")
        case Aspect.SUSTAINABILITY:
            for indicator, unit in known.indicators:
                yield Open(usual, unit, indicator, f"the target for {indicator}")


def _of_risk(usual: UsualTolerance, known: Known) -> Tolerance | Open:
    if usual.upper is None and known.risk_budget is None:
        return Open(usual, known.currency, None, "the risk budget")
    upper = known.risk_budget if usual.upper is None else usual.upper
    return _aimed(usual.model_copy(update={"upper": upper}), _NONE, known.currency, "")


def _aimed(usual: UsualTolerance, target: Decimal | date | None, unit: str, missing: str) -> Tolerance | Open:
    """A tolerance with its target; a share of nothing has none yet."""
    if target is None or usual.upper is None or (usual.basis is _PERCENT and target == _NONE):
        return Open(usual, unit, None, missing)
    return Tolerance(
        aspect=usual.aspect, target=target, unit=unit, upper=usual.upper, lower=usual.lower, basis=usual.basis
    )
