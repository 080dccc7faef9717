"""The fields of a decision that follow from the matrix."""

from __future__ import annotations

from placet import CheckContext, Computed
from placet_governance.decisions.rights import RIGHTS


def consulted(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are asked before."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].consulted


def informed(ctx: CheckContext) -> tuple[str, ...]:
    """Roles that are informed after."""
    right = ctx.item.fields.right
    return () if right is None else RIGHTS[right].informed


COMPUTED = (Computed("consulted", consulted), Computed("informed", informed))
