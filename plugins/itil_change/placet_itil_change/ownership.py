"""Ownership: a user acts only on their own incidents and requests.

Source: ITIL 4, practice Service desk: users are served through the desk.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, Gate, Verdict, blocked, check, passed
from placet_itil_change.roles import FULFILLER, RESOLVER, SERVICE_DESK_ANALYST


@check("itil")
def own_item(ctx: CheckContext) -> Verdict:
    """A user acts only on what they recorded, or what was recorded for them."""
    fields = ctx.item.fields
    concerned = getattr(fields, "requester", None) or getattr(fields, "beneficiary", None)
    owners = tuple(dict.fromkeys((ctx.item.created_by, concerned or ctx.item.created_by)))
    staff = (SERVICE_DESK_ANALYST.id, RESOLVER.id, FULFILLER.id)
    if ctx.actor in {SYSTEM, *owners} or ctx.holds(ctx.actor, *staff):
        return passed(of=list(owners))
    people = [owner for owner in owners if owner != SYSTEM]
    return blocked(
        "it belongs to {owners:person and}" if people else "it was created automatically, and not for a user",
        remedy="ask {owners:person or}, or the service desk" if people else "ask the service desk",
        who=[*people, SERVICE_DESK_ANALYST.id],
        params={"owners": people},
    )


OWN_ITEM = Gate("itil.own_item", "Requester's own record", own_item)
