"""An item that goes to another team: that team's product owner takes it.

Source: the Scrum Guide, 2020: one product owner is accountable for a backlog, and nobody else puts work into it.
"""

from __future__ import annotations

from placet import (
    Action,
    CheckContext,
    EffectContext,
    Gate,
    Verdict,
    blocked,
    check,
    effect,
    passed,
    unconfirmed,
)
from placet_agile.delivery.fields import WorkFields
from placet_agile.ids import TRANSFER
from placet_agile.roles import PRODUCT_OWNER

#: The fields of an offer.
OFFER = ("offered_to", "taken_by")


@check("agile")
def taken(ctx: CheckContext) -> Verdict:
    """The product owner of the other team takes the item into that backlog, and confirms it."""
    fields: WorkFields = ctx.item.fields
    team = ctx.get(fields.offered_to) if fields.offered_to else None
    if team is None or team.key == fields.team:
        return blocked(
            "it is not offered to another team",
            remedy="name the team, and its product owner",
            who=[PRODUCT_OWNER.id],
            message_id="agile.taken.nowhere",
            actions=_offer(ctx),
        )
    owners = ctx.holders(PRODUCT_OWNER.id, of=team.key)
    if fields.taken_by not in owners:
        return blocked(
            "the product owner of {team} has to take it: {owners:person or}"
            if owners
            else "{team} has no product owner who could take it",
            remedy="name that person in {field:field}, who then confirms it",
            who=list(owners) or [PRODUCT_OWNER.id],
            params={"team": team.title, "owners": list(owners), "field": "taken_by"},
            actions=_offer(ctx),
        )
    missing = ctx.confirmation(TRANSFER[ctx.item.type]).missing
    return unconfirmed(ctx, TRANSFER[ctx.item.type], missing) if missing else passed(team=team.key)


def _offer(ctx: CheckContext) -> list[Action]:
    return [Action("edit", "Offer", f"/items/{ctx.item.key}", OFFER)]


@effect("agile")
def give_away(ctx: EffectContext) -> None:
    """Put it at the end of the backlog of the other team."""
    ctx.set(
        team=ctx.item.fields.offered_to,
        offered_to=None,
        taken_by=None,
        position=None,
        sprint=None,
        assignee=None,
    )


TAKEN = Gate("agile.taken", "Taken by the other team's product owner", taken)
