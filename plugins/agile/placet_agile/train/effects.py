"""Effects of the moves of planning intervals."""

from __future__ import annotations

from decimal import Decimal

from placet import EffectContext, effect
from placet_agile.ids import PI_OBJECTIVE
from placet_agile.numbers.value import predictability


@effect("agile")
def keep_predictability(ctx: EffectContext) -> None:
    """Keep the predictability: actual value of all objectives in percent of the planned value of those committed to."""
    scored = ctx.items(PI_OBJECTIVE, states=["scored"], program_increment=ctx.item.key)
    found = predictability(
        (each.fields.committed, each.fields.planned_value, each.fields.actual_value) for each in scored
    )
    if found is not None:
        ctx.set(predictability=(Decimal(found.numerator) / found.denominator).quantize(Decimal("0.1")))
