"""The timers on changes and models.

Source: common policies for ITIL 4 change enablement; 1 business day is 8 business hours.
"""

from __future__ import annotations

from placet import ApprovalStatus, CheckContext, Span, Threshold, Timer, Until, business, elapsed
from placet_itil_change.changes.effects import hold_up
from placet_itil_change.changes.fields import ChangeFields, ChangeType
from placet_itil_change.changes.result_checks import retro_docs
from placet_itil_change.ids import CHANGE_APPROVAL, ECAB_APPROVAL, FREEZE_EXEMPTION, MODEL_APPROVAL
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_MANAGER,
    DUTY_MANAGER,
    ECAB_MEMBER,
    IT_DIRECTOR,
    SERVICE_OWNER,
)

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
    return bool(ctx.item.fields.pir_required)


def _undecided(ctx: CheckContext, approval: str) -> bool:
    asked = ctx.approval(approval)
    return asked is not None and asked.status is ApprovalStatus.PENDING


def authority_undecided(ctx: CheckContext) -> bool:
    """The change authority was asked, and has not decided."""
    return _undecided(ctx, CHANGE_APPROVAL)


def board_undecided(ctx: CheckContext) -> bool:
    """The emergency board was asked, and has not decided."""
    return _undecided(ctx, ECAB_APPROVAL)


def exemption_undecided(ctx: CheckContext) -> bool:
    """An exemption from a freeze or a blackout was asked for, and is not decided."""
    return _undecided(ctx, FREEZE_EXEMPTION)


def to_authorize(ctx: CheckContext) -> Span:
    """Setting: `authorization_days`, business days."""
    return business(days=ctx.settings.authorization_days)


def to_answer_page(ctx: CheckContext) -> Span:
    """Setting: `ecab_page_minutes`, elapsed."""
    return elapsed(minutes=ctx.settings.ecab_page_minutes)


def to_decide_on_model(ctx: CheckContext) -> Span:
    """Setting: `model_approval_days`, business days."""
    return business(days=ctx.settings.model_approval_days)


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
    states=("review",),
    target=business(days=5),
    thresholds=(Threshold(100, notifies=(CHANGE_MANAGER.id,)),),
)
#: The vote is asked for a second time, and then one row up.
AUTHORIZATION_DUE = Timer(
    "itil.authorization_due",
    "Decision of the change authority",
    starts=(),
    stops=(),
    runs_while=authority_undecided,
    states=("authorize",),
    target=to_authorize,
    thresholds=(
        Threshold(100, notifies=(f"asked:{CHANGE_APPROVAL}", CHANGE_MANAGER.id)),
        Threshold(200, notifies=(CHANGE_MANAGER.id, IT_DIRECTOR.id)),
    ),
)
EXEMPTION_DUE = Timer(
    "itil.exemption_due",
    "Decision on the exemption",
    starts=(),
    stops=(),
    runs_while=exemption_undecided,
    states=("new", "assess", "authorize", "scheduled"),
    target=to_authorize,
    thresholds=(
        Threshold(100, notifies=(f"asked:{FREEZE_EXEMPTION}", CHANGE_MANAGER.id)),
        Threshold(200, notifies=(CHANGE_MANAGER.id, IT_DIRECTOR.id)),
    ),
)
#: An emergency waits for no office hours: those who have not voted are paged again, and then who answers for all of it.
ECAB_PAGE = Timer(
    "itil.ecab_page",
    "Answer of the emergency board",
    starts=(),
    stops=(),
    runs_while=board_undecided,
    states=("authorize", *_AT_WORK, "review"),
    target=to_answer_page,
    thresholds=(
        Threshold(100, notifies=(f"asked:{ECAB_APPROVAL}", ECAB_MEMBER.id)),
        Threshold(200, notifies=(CHANGE_MANAGER.id, DUTY_MANAGER.id, IT_DIRECTOR.id)),
    ),
)
#: Its planned time is over, and nobody has started it: its slot and its authorization have lapsed.
MISSED = Timer(
    "itil.change_missed",
    "Planned time of the change",
    starts=(),
    stops=(),
    states=("scheduled",),
    target=Until("planned_end"),
    thresholds=(
        Threshold(100, notifies=(CHANGE_IMPLEMENTER.id, CHANGE_MANAGER.id)),
        Threshold(after=business(days=1), notifies=(CHANGE_MANAGER.id, SERVICE_OWNER.id)),
    ),
)
#: As soon as a window is in force, the people of the changes that it holds up are notified.
WINDOW_DECLARED = Timer(
    "itil.window_declared",
    "Changes held up by the window",
    starts=("create",),
    stops=(),
    resets=("amend_window",),
    target=elapsed(),
    thresholds=(Threshold(100, effects=(hold_up,)),),
)
MODEL_DECISION_DUE = Timer(
    "itil.model_decision_due",
    "Decision on the model",
    starts=(),
    stops=(),
    states=("proposed",),
    target=to_decide_on_model,
    thresholds=(
        Threshold(50, notifies=(f"asked:{MODEL_APPROVAL}",)),
        Threshold(100, notifies=(CHANGE_MANAGER.id, IT_DIRECTOR.id)),
    ),
)
MODEL_SUSPENDED = Timer(
    "itil.model_suspended",
    "Model reinstated or retired",
    starts=(),
    stops=(),
    states=("suspended",),
    target=business(days=20),
    repeats=0,
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
