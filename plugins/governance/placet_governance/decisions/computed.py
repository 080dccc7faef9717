"""The fields of a decision that follow from the matrix."""

from __future__ import annotations

from placet import CheckContext, Computed
from placet_governance.decisions.checks import deciding_roles
from placet_governance.decisions.rights import RIGHTS


def consulted(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are asked before."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].consulted


def informed(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are informed after."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].informed


def deciding(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that may decide it now."""
    return deciding_roles(ctx.item.fields)


COMPUTED = (
    Computed("consulted", consulted),
    Computed("informed", informed),
    Computed("deciding", deciding),
)
