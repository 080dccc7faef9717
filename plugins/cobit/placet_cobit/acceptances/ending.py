"""Acceptances that end before their last day, as their ground has gone.

Source: COBIT 2019, APO12.06: a risk is borne for what was known of it when it was accepted.
"""

from __future__ import annotations

from collections.abc import Callable

from placet import EffectContext, ItemView, effect
from placet_cobit.acceptances.fields import AcceptanceFields
from placet_cobit.acceptances.limits import BY_SEVERITY
from placet_cobit.controls.design import in_force
from placet_cobit.ids import ACCEPTANCE, CONTROL
from placet_cobit.severity import Severity, graver


def _revoke(ctx: EffectContext, ended: Callable[[AcceptanceFields], bool], why: str) -> None:
    # One search: few acceptances are in force at a time.
    for each in ctx.items(ACCEPTANCE, states=["approved"]):
        if ended(each.fields):
            ctx.fire(each.key, "revoke", comment=why)


@effect("cobit")
def end_outgrown(ctx: EffectContext) -> None:
    """A finding that is graver than what was accepted on its control ends the acceptance."""
    control, severity = ctx.item.fields.control, ctx.item.fields.severity
    if control is None or severity is None:
        return
    found = Severity(severity)
    _revoke(
        ctx,
        lambda each: each.control == control and graver(found, _of(each)),
        f"the finding {ctx.item.key} on the control is graver than what was accepted",
    )


@effect("cobit")
def end_own(ctx: EffectContext) -> None:
    """A finding that is back in work, or closed, needs no acceptance."""
    finding = ctx.item.key
    _revoke(ctx, lambda each: each.finding == finding, f"its finding {finding} does not rest any more")


@effect("cobit")
def end_uncompensated(ctx: EffectContext) -> None:
    """A control that is taken out of force stands in the place of no other."""

    def alone(fields: AcceptanceFields) -> bool:
        if ctx.item.key not in fields.compensating_controls or not BY_SEVERITY[_of(fields)].compensated:
            return False
        return not any(_works(each, fields) for each in ctx.get_all(fields.compensating_controls))

    _revoke(
        ctx, alone, f"the control {ctx.item.key}, which compensates for the risk, is not in force any more"
    )


def _of(fields: AcceptanceFields) -> Severity:
    return fields.severity or Severity.CRITICAL


def _works(other: ItemView, fields: AcceptanceFields) -> bool:
    return other.type == CONTROL and in_force(other) and other.key != fields.control
