"""The effects of transitions of a risk acceptance: its finding rests for as long as it is in force."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_cobit.acceptances.fields import AcceptanceFields


@effect("cobit")
def accept_finding(ctx: EffectContext) -> None:
    """The finding rests until the acceptance ends."""
    fields: AcceptanceFields = ctx.item.fields
    if fields.finding is not None:
        ctx.fire(fields.finding, "accept_finding", comment=f"its risk is accepted in {ctx.item.key}")


@effect("cobit")
def return_finding(ctx: EffectContext) -> None:
    """The finding is due again, unless it was taken back before."""
    fields: AcceptanceFields = ctx.item.fields
    finding = ctx.get(fields.finding) if fields.finding else None
    if finding is not None and finding.state == "accepted":
        ctx.fire(finding.key, "return_from_acceptance", comment=f"the acceptance {ctx.item.key} has ended")
