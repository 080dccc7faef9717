"""The timers on a request: automatic transitions and targets.

Source: ITIL 4, practices Service request management and Service level management.
"""

from __future__ import annotations

from dataclasses import replace

from placet import ApprovalStatus, CheckContext, Pause, Span, Threshold, Timer, business, elapsed
from placet_itil_change.ids import REQUEST_APPROVAL
from placet_itil_change.incidents import timers as incidents
from placet_itil_change.incidents.timers import USER_REMINDER, USER_SILENT, awaits_user
from placet_itil_change.requests.approvals import model_of
from placet_itil_change.requests.checks import auto, form_fits, needs_approval
from placet_itil_change.requests.effects import ask_managers
from placet_itil_change.roles import FULFILLER, SERVICE_DESK_ANALYST, SERVICE_OWNER


def can_be_routed(ctx: CheckContext) -> bool:
    """It was submitted with a good form, and it is known who approves it."""
    return form_fits(ctx).met and needs_approval(ctx).met


def approves_itself(ctx: CheckContext) -> bool:
    """It was submitted with a good form, and nobody has to approve it."""
    return form_fits(ctx).met and auto(ctx).met


def _decided(ctx: CheckContext, status: ApprovalStatus) -> bool:
    asked = ctx.approval(REQUEST_APPROVAL)
    return asked is not None and asked.status is status


def is_approved(ctx: CheckContext) -> bool:
    """Everybody whose approval it needs has approved it."""
    return _decided(ctx, ApprovalStatus.GRANTED)


def is_refused(ctx: CheckContext) -> bool:
    """Somebody whose approval it needs has refused it."""
    return _decided(ctx, ApprovalStatus.REFUSED)


def cannot_move(ctx: CheckContext) -> bool:
    """It neither can be routed nor approves itself: its form, its model or its approvers have changed since."""
    return not can_be_routed(ctx) and not approves_itself(ctx)


def to_route(ctx: CheckContext) -> Span:
    """Setting: `request_routing_hours`, business hours."""
    return business(hours=ctx.settings.request_routing_hours)


def to_approve(ctx: CheckContext) -> Span:
    """Setting: `request_approval_days`, business days."""
    return business(days=ctx.settings.request_approval_days)


def to_fulfil(ctx: CheckContext) -> Span | None:
    """Business hours, as the catalog promises."""
    model = model_of(ctx)
    return None if model is None else business(hours=model.target_bh)


def until_closed(ctx: CheckContext) -> Span:
    """Setting: `request_autoclose`, business days."""
    return business(days=ctx.settings.request_autoclose)


ROUTING = Timer(
    "itil.request_routing",
    "Approvers known",
    starts=(),
    stops=(),
    runs_while=can_be_routed,
    states=("submitted",),
    target=elapsed(),
    thresholds=(Threshold(100, fires="route"),),
)
AUTO_APPROVAL = Timer(
    "itil.request_auto_approval",
    "No approval needed",
    starts=(),
    stops=(),
    runs_while=approves_itself,
    states=("submitted",),
    target=elapsed(),
    thresholds=(Threshold(100, fires="auto_approve"),),
)
APPROVED = Timer(
    "itil.request_granted",
    "Approved by all",
    starts=(),
    stops=(),
    runs_while=is_approved,
    states=("awaiting_approval",),
    target=elapsed(),
    thresholds=(Threshold(100, fires="approve_request"),),
)
REFUSED = Timer(
    "itil.request_refused",
    "Refused by an approver",
    starts=(),
    stops=(),
    runs_while=is_refused,
    states=("awaiting_approval",),
    target=elapsed(),
    thresholds=(Threshold(100, fires="reject_request"),),
)
APPROVAL_DUE = Timer(
    "itil.request_approval_due",
    "Answer of the approvers",
    starts=(),
    stops=(),
    states=("awaiting_approval",),
    target=to_approve,
    thresholds=(
        # Half of the time is gone: those who have not voted are asked a second time.
        Threshold(50, notifies=(f"asked:{REQUEST_APPROVAL}",)),
        Threshold(100, effects=(ask_managers,)),
        Threshold(200, fires="reject_request"),
    ),
)
REQUEST_TARGET = Timer(
    "itil.request_target",
    "Fulfillment",
    starts=("approve_request", "auto_approve"),
    stops=("fulfil",),
    resumes=("reject_delivery",),
    target=to_fulfil,
    pauses=(Pause(("pending",), awaits_user),),
    thresholds=(
        Threshold(75, notifies=(FULFILLER.id,)),
        Threshold(100, notifies=(FULFILLER.id, SERVICE_OWNER.id)),
    ),
)
#: Nobody can decide on it as it is, so the desk hears of it, and then who answers for the catalog.
STUCK = Timer(
    "itil.request_stuck",
    "Routing by hand",
    starts=(),
    stops=(),
    runs_while=cannot_move,
    states=("submitted",),
    target=to_route,
    repeats=0,
    thresholds=(Threshold(100, notifies=(SERVICE_DESK_ANALYST.id, SERVICE_OWNER.id)),),
)
#: As for incidents.
REMINDER = replace(USER_REMINDER, id="itil.request_reminder")
SILENT = replace(USER_SILENT, id="itil.request_silent")
PENDING_OVER = replace(
    incidents.PENDING_OVER,
    id="itil.request_pending_over",
    thresholds=(Threshold(100, notifies=(FULFILLER.id,), fires="resume_request"),),
)
PENDING_REVIEW = replace(
    incidents.PENDING_REVIEW,
    id="itil.request_pending_review",
    thresholds=(Threshold(100, notifies=(FULFILLER.id, SERVICE_DESK_ANALYST.id)),),
)
AUTOCLOSE = Timer(
    "itil.request_autoclose",
    "Closing without an objection",
    starts=("fulfil",),
    stops=("reject_delivery",),
    target=until_closed,
    thresholds=(Threshold(100, fires="close_request"),),
)
