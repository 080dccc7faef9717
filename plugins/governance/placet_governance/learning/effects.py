"""The effects of a risk's transitions."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.learning.fields import Response


@effect("governance")
def keep_acceptance(ctx: EffectContext) -> None:
    """Record acceptance as the response, where there was no other: it is retained on purpose (PRINCE2 7, risk)."""
    if ctx.item.fields.response is None:
        ctx.set(response=Response.ACCEPT)
