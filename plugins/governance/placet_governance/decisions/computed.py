"""The fields of a decision that follow from the matrix."""

from __future__ import annotations

from decimal import Decimal

from placet import CheckContext, Computed
from placet_governance.decisions.fields import DecisionFields
from placet_governance.decisions.rights import RIGHTS
from placet_governance.roles import GOVERNANCE_BOARD


def is_beyond_limit(fields: DecisionFields, limit: Decimal | None) -> bool:
    """Whether it lies beyond the limit of those who decide first: a figure above it, or by its nature."""
    return fields.beyond_limit or (limit is not None and fields.amount is not None and fields.amount > limit)


def next_up(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that it goes to when it is late: one row up, or the governance board where the matrix has no other."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].beyond or (GOVERNANCE_BOARD.id,)


def deciding(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that may decide it: those of its row, or those beyond the limit; both once it is escalated.

    Setting: `decision_limits`.
    """
    fields: DecisionFields = ctx.item.fields
    if fields.right is None:
        return ()
    right = RIGHTS[fields.right]
    if right.beyond and is_beyond_limit(fields, ctx.settings.decision_limits.get(right.id)):
        return right.beyond
    return tuple(dict.fromkeys((*right.decided_by, *(next_up(ctx) if fields.escalated else ()))))


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
    Computed("next_up", next_up),
    Computed("consulted", consulted),
    Computed("informed", informed),
)
