"""Items that wait for each other, or are defects of each other: a chain of them has an end.

Our choice: items that wait for each other in a circle could never go on, and a defect of itself is one of nothing that
was ever done. The last link of a circle is refused.
"""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed
from placet_agile.roles import DEVELOPER


def _back(ctx: CheckContext, field: str) -> list[str] | None:
    """The items from this one on by a field, if these lead back to it."""
    chain, following = [ctx.item.key], getattr(ctx.item.fields, field)
    while following is not None and following not in chain:
        chain.append(following)
        item = ctx.get(following)
        following = None if item is None else getattr(item.fields, field, None)
    return chain if following == ctx.item.key else None


@check("agile")
def blockers_end(ctx: CheckContext) -> Verdict:
    """An item is not blocked by itself, nor by one that waits for it in turn."""
    chain = _back(ctx, "blocked_by")
    if chain is None:
        return passed()
    return blocked(
        "it would be blocked by itself"
        if len(chain) == 1
        else "{key} would be blocked by {by}, which waits for it",
        remedy="name another item, or none, under blocked by",
        who=[DEVELOPER.id],
        params={"key": ctx.item.key, "by": chain[-1]},
        inputs=["blocked_by"],
    )


@check("agile")
def defects_end(ctx: CheckContext) -> Verdict:
    """A bug is not a defect of itself, nor of one that is a defect of it in turn."""
    chain = _back(ctx, "defect_of")
    if chain is None:
        return passed()
    return blocked(
        "it would be a defect of itself"
        if len(chain) == 1
        else "{key} would be a defect of {of}, which is a defect of it",
        remedy="name the item that has the defect, or none",
        who=[DEVELOPER.id],
        params={"key": ctx.item.key, "of": chain[-1]},
        inputs=["defect_of"],
    )


BLOCKERS_END = Gate("agile.blockers_end", "Blockers with an end", blockers_end)
DEFECTS_END = Gate("agile.defects_end", "Defect of something else", defects_end)
