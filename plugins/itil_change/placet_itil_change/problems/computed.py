"""The fields of a problem that follow from others."""

from __future__ import annotations

from placet import CheckContext, Computed
from placet_itil_change.incidents.priority import Priority, priority


def priority_of(ctx: CheckContext) -> Priority | None:
    """By the same matrix as for incidents. Setting: `priority_matrix`."""
    return priority(ctx.settings.priority_matrix, ctx.item.fields.impact, ctx.item.fields.urgency)


COMPUTED = (Computed("priority", priority_of),)
