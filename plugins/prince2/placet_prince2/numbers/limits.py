"""Whether a part fits into the whole: a stage into its project, a work package into its stage.

Source: PRINCE2 7, practice progress: a level passes on part of the tolerance that it was given, and never more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from placet_prince2.numbers.days import Workday, days_from, every_day, unit_of
from placet_prince2.numbers.exact import ZERO, exact
from placet_prince2.numbers.roll_up import Figures, stage_cost
from placet_prince2.numbers.tolerances import Tolerance


@dataclass(frozen=True, slots=True)
class Fit:
    """The need of a part, and how much of the whole is left for it; both in the same unit."""

    needed: Decimal
    left: Decimal

    @property
    def fits(self) -> bool:
        """Exactly all that is left fits."""
        return self.needed <= self.left


@exact
def stage_cost_fit(
    cost: Tolerance, others: Iterable[tuple[Figures, Iterable[Figures]]], whole: Tolerance
) -> Fit:
    """Whether a stage at its upper limit still fits its project at its upper limit.

    Args:
        cost: the stage's tolerance of cost; its target is the budget.
        others: the project's other stages, each with its packages: those that have ended cost what they cost, others
            their budget.
        whole: the project's tolerance of cost.
    """
    taken = sum(stage_cost(own, packages) if own.ended else own.budget or ZERO for own, packages in others)
    return Fit(_amount(cost) + cost.limit_upper, _amount(whole) + whole.limit_upper - taken)


@exact
def package_cost_fit(budget: Decimal, others: Iterable[Decimal], whole: Tolerance) -> Fit:
    """Whether a work package's budget fits what the other packages leave of the stage at its upper limit."""
    return Fit(budget, _amount(whole) + whole.limit_upper - sum(others, start=ZERO))


@exact
def end_fit(end: date, upper: Decimal, whole: Tolerance, *, works: Workday = every_day) -> Fit:
    """Whether a part that ends so many days after its planned end still ends inside the whole; days after its target.

    Args:
        end: the planned end of the part.
        upper: its tolerance, in the days of the whole's.
        whole: the tolerance of time of the whole.
        works: the days that count where that is in business days.

    Raises:
        ValueError: the whole's tolerance is not one of time.
    """
    day = None if isinstance(whole.target, Decimal) else whole.target
    if day is None:
        raise ValueError(f"the tolerance of {whole.measure} has no day: give one of time")
    return Fit(days_from(day, end, unit_of(whole.unit), works) + upper, whole.limit_upper)


def _amount(tolerance: Tolerance) -> Decimal:
    amount = tolerance.target if isinstance(tolerance.target, Decimal) else None
    if amount is None:
        raise ValueError(f"the tolerance of {tolerance.measure} has no amount: give one of cost")
    return amount
