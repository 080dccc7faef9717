"""The effects of a control's life on the rules of its workspace, and on what assurance goes by."""

from __future__ import annotations

from datetime import timedelta

from placet import EffectContext, effect
from placet_cobit.controls.design import design_of
from placet_cobit.controls.fields import HANDOVER, SUSPENSION, ControlFields, Suspended
from placet_cobit.controls.gating import gates
from placet_cobit.ids import CONTROL_APPROVAL, CONTROL_RELEASE, CONTROL_RETIREMENT

#: The time in which days of suspension are counted.
SUSPENSIONS_COUNT = timedelta(days=365)
_NO_SUSPENSION = {name: ControlFields.model_fields[name].default for name in SUSPENSION}


@effect("cobit", changes_rules=CONTROL_APPROVAL)
def put_in_force(ctx: EffectContext) -> None:
    """Its bindings are gates of the workspace from now on, in the place of those of an earlier design."""
    fields: ControlFields = ctx.item.fields
    ctx.set(in_force=fields.bindings, activated=design_of(fields), **_NO_SUSPENSION)
    ctx.set_gates(*gates(ctx.item, fields.bindings))


@effect("cobit", changes_rules=CONTROL_RELEASE)
def take_out_of_force(ctx: EffectContext) -> None:
    """Its bindings gate nothing until it is resumed."""
    _gate_nothing(ctx)


@effect("cobit", changes_rules=CONTROL_RETIREMENT)
def end_for_good(ctx: EffectContext) -> None:
    """Its bindings gate nothing any more."""
    _gate_nothing(ctx)


def _gate_nothing(ctx: EffectContext) -> None:
    ctx.set(in_force=())
    ctx.set_gates()


@effect("cobit")
def begin_suspension(ctx: EffectContext) -> None:
    """Keep since when it is suspended: its suspensions count together."""
    fields: ControlFields = ctx.item.fields
    counted = [
        each
        for each in fields.suspensions
        if each.last is not None and each.last >= ctx.today - SUSPENSIONS_COUNT
    ]
    ctx.set(suspensions=(*counted, Suspended(first=ctx.today)))


@effect("cobit")
def end_suspension(ctx: EffectContext) -> None:
    """Keep on which day it is in force again."""
    fields: ControlFields = ctx.item.fields
    if fields.suspensions and fields.suspensions[-1].last is None:
        *before, last = fields.suspensions
        ctx.set(suspensions=(*before, Suspended(first=last.first, last=ctx.today)))


@effect("cobit")
def hand_over(ctx: EffectContext) -> None:
    """It is owned and operated by those to whom a second person has agreed."""
    fields: ControlFields = ctx.item.fields
    people = {
        "control_owner": fields.next_owner or fields.control_owner,
        "control_performer": fields.next_performer or fields.control_performer,
    }
    activated = fields.activated.model_copy(update=people) if fields.activated is not None else None
    ctx.set(activated=activated, **people, **dict.fromkeys(HANDOVER))
