"""The timers on changes and models.

Source: common policies for ITIL 4 change enablement; 1 business day is 8 business hours.
"""

from __future__ import annotations

from placet import CheckContext, Threshold, Timer, Until, business
from placet_itil_change.changes.fields import ChangeFields, ChangeType
from placet_itil_change.changes.result_checks import retro_docs
from placet_itil_change.roles import CHANGE_IMPLEMENTER, CHANGE_MANAGER, DUTY_MANAGER, IT_DIRECTOR

#: States in which a change is being implemented, or has failed.
_AT_WORK = ("implement", "backing_out", "failed")

#: The point of no return: from then on a back-out would end after the planned end.
OVERRUN = Timer(
    "itil.overrun",
    "Point of no return",
    starts=("start_implementation",),
    stops=("complete_implementation", "start_backout", "declare_failed"),
    target=Until("point_of_no_return"),
    thresholds=(Threshold(100, notifies=(CHANGE_IMPLEMENTER.id, CHANGE_MANAGER.id)),),
)
BACKOUT_MAX = Timer(
    "itil.backout_max",
    "Longest acceptable back-out",
    starts=("start_backout",),
    stops=("finish_backout", "declare_failed"),
    target=Until("backout_due"),
    thresholds=(Threshold(100, notifies=(DUTY_MANAGER.id,)),),
)


def records_awaited(ctx: CheckContext) -> bool:
    """An emergency went ahead or is in review, and what it skipped is not on record yet."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.EMERGENCY:
        return False
    begun = ctx.item.state == "review" or (bool(fields.retroactive) and ctx.item.state in _AT_WORK)
    return begun and not retro_docs(ctx).met


def review_awaited(ctx: CheckContext) -> bool:
    """The change is in review, and has to have one."""
    return ctx.item.state == "review" and bool(ctx.item.fields.pir_required)


RETRO_DUE = Timer(
    "itil.retro_due",
    "Records of an emergency",
    starts=(),
    stops=(),
    runs_while=records_awaited,
    target=business(days=2),
    thresholds=(Threshold(100, notifies=(CHANGE_MANAGER.id,)), Threshold(200, notifies=(IT_DIRECTOR.id,))),
)
PIR_DUE = Timer(
    "itil.pir_due",
    "Post-implementation review",
    starts=(),
    stops=(),
    runs_while=review_awaited,
    target=business(days=5),
    thresholds=(Threshold(100, notifies=(CHANGE_MANAGER.id,)),),
)
MODEL_EXPIRY = Timer(
    "itil.model_expiry",
    "Validity of the model",
    starts=("approve_model", "reinstate_model"),
    stops=("retire_model", "suspend_model"),
    target=Until("valid_until"),
    thresholds=(Threshold(100, fires="suspend_model"),),
)
