"""Weighted shortest job first: cost of delay for the size of the job.

Source: SAFe. Cost of delay is the sum of value to users and business, urgency, and risk reduced or opportunity opened.
"""

from __future__ import annotations

from decimal import Decimal

from placet import CheckContext, Computed
from placet_agile.numbers.value import wsjf as weighted
from placet_agile.product.fields import Weighed

_TWO_PLACES = Decimal("0.01")


def wsjf(ctx: CheckContext) -> Decimal | None:
    """Rounded to two decimals; `None` until all four values are given."""
    fields: Weighed = ctx.item.fields
    value, urgency = fields.user_business_value, fields.time_criticality
    risk, size = fields.risk_reduction_opportunity, fields.job_size
    if value is None or urgency is None or risk is None or size is None:
        return None
    found = weighted(value, urgency, risk, size)
    return (Decimal(found.numerator) / found.denominator).quantize(_TWO_PLACES)


WEIGHED_COMPUTED = (Computed("wsjf", wsjf),)
