"""Assessments of one control whose periods overlap: a sample is not drawn again until it is clean.

Source: COBIT 2019, MEA02.03 and MEA04.06.
"""

from __future__ import annotations

from placet import CheckContext, ItemView
from placet_cobit.assessments.fields import AssessmentFields
from placet_cobit.ids import ASSESSMENT

_DRAWN = ("evidence_requested", "testing", "under_review", "concluded")


def _overlapping(ctx: CheckContext, control: ItemView, states: tuple[str, ...]) -> list[ItemView]:
    """The other assessments of the control that have a day of this one's period, and a sample."""
    fields: AssessmentFields = ctx.item.fields
    found = ctx.items(
        ASSESSMENT,
        states=states,
        control=control.key,
        period_start__le=fields.period_end,
        period_end__ge=fields.period_start,
    )
    return [each for each in found if each.key != ctx.item.key and each.fields.seed is not None]


def drawn_over(ctx: CheckContext, control: ItemView) -> list[ItemView]:
    """Those whose sample counts."""
    return _overlapping(ctx, control, _DRAWN)


def seed_of(ctx: CheckContext, control: ItemView) -> str:
    """The seed of the drawing: that of the first cancelled assessment of these days, and else the item's own key."""
    cancelled = [
        (each.fields.evidence_requested_at, each.key, each.fields.seed)
        for each in _overlapping(ctx, control, ("cancelled",))
    ]
    return str(min(cancelled)[2]) if cancelled else ctx.item.key
