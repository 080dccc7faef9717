"""Earned value: what was planned, earned and spent, by the weight of approved products.

    EV  = budget * weight of approved products / weight of all baselined products
    PV  = budget * weight of products planned to be approved by today / weight of all
    AC  = actual cost
    cost performance index = EV / AC; schedule performance index = EV / PV

Source: earned value management as in ISO 21508; the weights are those of the product descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from placet_prince2.numbers.exact import exact


@dataclass(frozen=True, slots=True)
class WeightedProduct:
    """One baselined product."""

    #: At least 1.
    weight: int
    approved: bool
    #: The day by which its approval is planned; `None` where it is in no plan yet.
    planned: date | None = None


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """Planned, earned and spent until a day, in the workspace's currency."""

    earned: Decimal
    planned: Decimal
    spent: Decimal

    @property
    @exact
    def cost_performance(self) -> Decimal | None:
        """Above 1 more is earned than spent; `None` while nothing is spent."""
        return self.earned / self.spent if self.spent else None

    @property
    @exact
    def schedule_performance(self) -> Decimal | None:
        """Above 1 more is earned than planned; `None` while nothing is planned to be earned."""
        return self.earned / self.planned if self.planned else None


@exact
def earned_value(
    budget: Decimal, spent: Decimal, products: Iterable[WeightedProduct], today: date
) -> EarnedValue | None:
    """The earned value of a project or stage; `None` where no product is baselined."""
    listed = list(products)
    weight = sum(product.weight for product in listed)
    if not weight:
        return None
    approved = sum(p.weight for p in listed if p.approved)
    due = sum(p.weight for p in listed if p.planned is not None and p.planned <= today)
    return EarnedValue(budget * approved / weight, budget * due / weight, spent)
