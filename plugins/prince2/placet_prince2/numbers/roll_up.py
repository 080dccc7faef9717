"""From work packages to their stage, and from stages to their project.

A stage's own figures are the project manager's; those of its packages are the teams'. The worse of the two counts: a
stage costs at least its packages together, and does not end before the last of them. A project costs all its
stages, and ends with the last. Money that is spent stays spent: a package that was cancelled and a stage that was
terminated cost what they have cost, and delay nothing any more.

Source: PRINCE2 7, practice progress: each level reports to the next one up, which keeps what it was given. Our choice:
the worse counts, so that a breach below is seen above before anybody has copied it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from placet_prince2.numbers.exact import ZERO, exact


@dataclass(frozen=True, slots=True)
class Figures:
    """Cost and time of one work package or stage, as it reports them."""

    budget: Decimal | None = None
    actual_cost: Decimal | None = None
    estimate_to_complete: Decimal | None = None
    planned_end: date | None = None
    forecast_end: date | None = None
    #: Received, completed, cancelled or terminated: nothing more will be spent.
    ended: bool = False
    #: Cancelled or terminated: nobody waits for it any more.
    given_up: bool = False

    @property
    @exact
    def cost(self) -> Decimal:
        """The expected cost: what is spent, and what is left to spend.

        Without an estimate it is the budget, or the actual cost where that is higher.
        """
        actual = self.actual_cost or ZERO
        if self.ended:
            return actual
        if self.estimate_to_complete is None:
            return max(self.budget or ZERO, actual)
        return actual + self.estimate_to_complete

    @property
    def end(self) -> date | None:
        """The expected end; the planned one until somebody forecasts another."""
        return self.forecast_end or self.planned_end


@exact
def total_cost(parts: Iterable[Figures]) -> Decimal:
    """The expected cost of all parts together."""
    return sum((part.cost for part in parts), start=ZERO)


def latest_end(parts: Iterable[Figures]) -> date | None:
    """The day on which the last part that still runs is expected to end; `None` where none does or nobody knows."""
    return max((part.end for part in parts if part.end is not None and not part.ended), default=None)


def stage_cost(stage: Figures, packages: Iterable[Figures]) -> Decimal:
    """The expected cost of a stage: its own figures, but no less than its packages together."""
    return max(stage.cost, total_cost(packages))


def stage_end(stage: Figures, packages: Iterable[Figures]) -> date | None:
    """The expected end of a stage: its own, but not before the last of its packages."""
    ends = [stage.end, latest_end(packages)]
    return max((end for end in ends if end is not None), default=None)


@exact
def stage_spent(stage: Figures, packages: Iterable[Figures]) -> Decimal:
    """The money that a stage has spent: its own figure, but no less than its packages together."""
    return max(stage.actual_cost or ZERO, sum((each.actual_cost or ZERO for each in packages), start=ZERO))


@dataclass(frozen=True, slots=True)
class Whole:
    """A project as its parts: every stage with its packages, and the plan that stands for stages not planned yet."""

    stages: Sequence[tuple[Figures, Sequence[Figures]]]
    #: Of the project plan; `None` before the project has one.
    budget: Decimal | None = None
    planned_end: date | None = None

    @property
    @exact
    def cost(self) -> Decimal:
        """The expected cost: all stages, and while one of them is not planned no less than the budget."""
        cost = sum((stage_cost(own, packages) for own, packages in self.stages), start=ZERO)
        return cost if self.budget is None or not self._unplanned else max(cost, self.budget)

    @property
    @exact
    def spent(self) -> Decimal:
        """The money that all stages have spent, those that were terminated too."""
        return sum((stage_spent(own, packages) for own, packages in self.stages), start=ZERO)

    @property
    def end(self) -> date | None:
        """The expected end: of the last stage, without terminated ones; while one is not planned, that of the plan."""
        ends = [
            own.end if own.ended else stage_end(own, packages)
            for own, packages in self.stages
            if not own.given_up
        ]
        planned = [self.planned_end] if self._unplanned else []
        return max((end for end in (*ends, *planned) if end is not None), default=None)

    @property
    def _unplanned(self) -> bool:
        return any(own.budget is None and not own.ended for own, _ in self.stages)
