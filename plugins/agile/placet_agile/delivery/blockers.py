"""Blockers of an item: a chain of them has an end.

Our choice: items that wait for each other in a circle could never go on, so the last link of one is refused.
"""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.delivery.fields import WorkFields
from placet_agile.roles import DEVELOPER


@check("agile")
def blockers_end(ctx: CheckContext) -> Verdict:
    """An item is not blocked by itself, nor by one that waits for it in turn."""
    fields: WorkFields = ctx.item.fields
    chain, following = [ctx.item.key], fields.blocked_by
    while following is not None and following not in chain:
        chain.append(following)
        item = ctx.get(following)
        following = None if item is None else getattr(item.fields, "blocked_by", None)
    if following != ctx.item.key:
        return passed()
    return blocked(
        "it would be blocked by itself"
        if len(chain) == 1
        else "{key} would be blocked by {by}, which waits for it",
        remedy="name another item, or none, under blocked by",
        who=[DEVELOPER.id],
        params={"key": ctx.item.key, "by": chain[-1]},
    )


BLOCKERS_END = Gate("agile.blockers_end", "Blockers with an end", blockers_end)
