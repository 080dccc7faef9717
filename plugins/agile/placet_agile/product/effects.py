"""Effects of the moves of features."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_agile.product.fields import FeatureFields


@effect("agile")
def forget_acceptance(ctx: EffectContext) -> None:
    """Forget who has accepted its criteria: they accepted it as it was before."""
    fields: FeatureFields = ctx.item.fields
    ctx.set(acceptance_criteria=[
        each.model_copy(update={"accepted_by": None}) for each in fields.acceptance_criteria
    ])  # fmt: skip
