"""The effects of a control's life on the rules of its workspace."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_cobit.controls.fields import ControlFields
from placet_cobit.controls.gating import gates
from placet_cobit.ids import CONTROL_APPROVAL, CONTROL_RELEASE


@effect("cobit", changes_rules=CONTROL_APPROVAL)
def put_in_force(ctx: EffectContext) -> None:
    """Its bindings are gates of the workspace from now on, in the place of those of an earlier design."""
    fields: ControlFields = ctx.item.fields
    ctx.set(in_force=fields.bindings, suspended_until=None, compensating_controls=(), accepted_risk=None)
    ctx.set_gates(*gates(ctx.item, fields.bindings))


@effect("cobit", changes_rules=CONTROL_RELEASE)
def take_out_of_force(ctx: EffectContext) -> None:
    """Its bindings gate nothing from now on."""
    ctx.set_gates()
