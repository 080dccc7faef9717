"""The fields of a decision that follow from the matrix."""

from __future__ import annotations

from decimal import Decimal

from placet import CheckContext, Computed
from placet_governance.decisions.fields import DecisionFields
from placet_governance.decisions.rights import RIGHTS


def is_beyond_limit(fields: DecisionFields, limit: Decimal | None) -> bool:
    """Whether it lies beyond the limit of those who decide first: a figure above it, or by its nature."""
    return fields.beyond_limit or (limit is not None and fields.amount is not None and fields.amount > limit)


def deciding(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that may decide it: those of its row, or those beyond the limit; the next row too once it is escalated.

    A row of a method that is not switched on is decided by the next one.

    Setting: `decision_limits`.
    """
    fields: DecisionFields = ctx.item.fields
    if fields.right is None:
        return ()
    right = RIGHTS[fields.right]
    beyond = bool(right.beyond) and is_beyond_limit(fields, ctx.settings.decision_limits.get(right.id))
    return right.deciders(ctx.workspace.methods, beyond=beyond, escalated=bool(fields.escalated))


def consulted(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are asked before."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].consulted


def informed(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are informed after."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].informed


COMPUTED = (
    Computed("deciding", deciding),
    Computed("consulted", consulted),
    Computed("informed", informed),
)
