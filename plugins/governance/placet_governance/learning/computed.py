"""The fields of a risk that follow from others.

Source: PRINCE2 7, practice risk: probability and impact, before and after the response.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from placet import CheckContext, Computed
from placet_governance.learning.fields import RiskFields

#: States in which the values after the response count.
_RESPONDED = ("responding", "accepted")


def probability_level(percent: Decimal, bands: Sequence[Decimal]) -> int:
    """1 to 5: a probability of exactly a band's highest is still in that band."""
    return 1 + sum(percent > band for band in bands)


def level(ctx: CheckContext) -> int | None:
    """Setting: `probability_bands`."""
    percent = ctx.item.fields.probability_percent
    return None if percent is None else probability_level(percent, ctx.settings.probability_bands)


def score(ctx: CheckContext) -> int | None:
    """1-25: level of probability times impact."""
    fields: RiskFields = ctx.item.fields
    if fields.probability_level is None or fields.impact_level is None:
        return None
    return fields.probability_level * fields.impact_level


def residual_score(ctx: CheckContext) -> int | None:
    """The same after the response; without another impact, that before counts."""
    fields: RiskFields = ctx.item.fields
    impact = fields.residual_impact_level or fields.impact_level
    if fields.residual_probability_percent is None or impact is None:
        return None
    return probability_level(fields.residual_probability_percent, ctx.settings.probability_bands) * impact


def level_to_accept(ctx: CheckContext) -> int:
    """The score by which somebody may accept the risk: after the response while one is in hand, else before it."""
    fields: RiskFields = ctx.item.fields
    residual = fields.residual_score if ctx.item.state in _RESPONDED else None
    return residual or fields.score or 0


def exposure(ctx: CheckContext) -> Decimal | None:
    """Probability times cost, after the response once it is in hand; `None` once the risk is over."""
    fields: RiskFields = ctx.item.fields
    percent, cost = fields.probability_percent, fields.cost_impact
    if ctx.item.state in _RESPONDED:
        percent = (
            percent if fields.residual_probability_percent is None else fields.residual_probability_percent
        )
        cost = cost if fields.residual_cost_impact is None else fields.residual_cost_impact
    if ctx.item.state in {"occurred", "closed"}:
        return Decimal("0.00")
    if percent is None or cost is None:
        return None
    return (percent * cost / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


RISK_COMPUTED = (
    Computed("probability_level", level),
    Computed("score", score),
    Computed("residual_score", residual_score),
    Computed("exposure", exposure),
)
