"""The fields of a management product.

Source: PRINCE2 7, management products; practices Business case and Plans.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import ItemKey, Moment, Ref, Text
from placet_prince2.control.fields import Amount, PlanDay, Tolerances
from placet_prince2.document_kinds import Kind
from placet_prince2.ids import MANAGEMENT_PRODUCT, PRODUCT
from placet_prince2.numbers.business_case import CashFlow
from placet_prince2.numbers.tolerances import Figure
from placet_prince2.place import PlacedFields


def _one_a_year(flows: tuple[CashFlow, ...]) -> tuple[CashFlow, ...]:
    years = [each.period for each in flows]
    twice = sorted({year for year in years if years.count(year) > 1})
    if twice:
        raise ValueError(f"there are two amounts for year {twice[0]}: add them up")
    return flows


def _spent(flows: tuple[CashFlow, ...]) -> tuple[CashFlow, ...]:
    for flow in flows:
        if flow.amount < 0:
            raise ValueError(f"the cost of year {flow.period} is {flow.amount}: what is gained is a benefit")
    return flows


_Flows = Annotated[tuple[CashFlow, ...], Field(max_length=200), AfterValidator(_one_a_year)]


class DocumentFields(PlacedFields):
    """A document under change control."""

    kind: Kind
    content: Text | None = None
    #: Grows each time it is revised.
    edition: Annotated[int, Field(ge=1)] = 1
    #: The moment of the last approval or confirmation.
    reviewed_at: Moment | None = None
    approved_at: Moment | None = None
    #: Why the executive decides although an interest objects.
    override_reason: Text | None = None
    #: Of a business case: the currency of each year, and how sure it is.
    costs: Annotated[_Flows, AfterValidator(_spent)] = ()
    #: Negative where it is a loss that the project brings.
    benefits: _Flows = ()
    #: Percent per year.
    discount_rate: Annotated[Decimal, Field(gt=-100, le=1000, max_digits=9, decimal_places=4)] = Decimal(8)
    #: Computed.
    npv: Annotated[Figure | None, Field(title="Net present value")] = None
    roi_percent: Annotated[Figure | None, Field(title="Return on investment (%)")] = None
    payback_years: Figure | None = None
    desirable: bool | None = None
    desirable_because: Text | None = None
    viable: bool | None = None
    viable_because: Text | None = None
    achievable: bool | None = None
    achievable_because: Text | None = None
    #: Of a plan.
    planned_start: PlanDay | None = None
    planned_end: PlanDay | None = None
    budget: Amount | None = None
    tolerances: Tolerances = ()
    products: Annotated[
        tuple[Annotated[ItemKey, Ref(PRODUCT, MANAGEMENT_PRODUCT)], ...], Field(max_length=500)
    ] = ()
    #: The newer one that has replaced it.
    replaced_by: Annotated[ItemKey, Ref(MANAGEMENT_PRODUCT)] | None = None


#: The content that is decided on.
DECIDED = (
    "content", "costs", "benefits", "discount_rate", "desirable", "viable", "achievable", "planned_start",
    "planned_end", "budget", "tolerances", "products",
)  # fmt: skip
PLAN = ("planned_start", "planned_end", "budget", "tolerances", "products")
CASE = ("costs", "benefits", "discount_rate", "desirable", "viable", "achievable")
RECORDED = ("edition", "reviewed_at", "approved_at", "override_reason", "replaced_by")
WORDS = ("desirable_because", "viable_because", "achievable_because")
