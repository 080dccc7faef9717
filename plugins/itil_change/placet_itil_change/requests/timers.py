"""The timers on a request: automatic transitions and targets.

Source: ITIL 4, practices Service request management and Service level management.
"""

from __future__ import annotations

from dataclasses import replace

from placet import ApprovalStatus, CheckContext, Pause, Span, Threshold, Timer, business, elapsed
from placet_itil_change.ids import REQUEST_APPROVAL
from placet_itil_change.incidents.timers import USER_REMINDER, USER_SILENT, awaits_user
from placet_itil_change.requests.approvals import model_of
from placet_itil_change.requests.checks import auto, form_fits, needs_approval
from placet_itil_change.requests.effects import ask_managers
from placet_itil_change.roles import FULFILLER, SERVICE_OWNER


def can_be_routed(ctx: CheckContext) -> bool:
    """It was submitted with a good form, and it is known who approves it."""
    return ctx.item.state == "submitted" and form_fits(ctx).met and needs_approval(ctx).met


def approves_itself(ctx: CheckContext) -> bool:
    """It was submitted with a good form, and nobody has to approve it."""
    return ctx.item.state == "submitted" and form_fits(ctx).met and auto(ctx).met


def _decided(ctx: CheckContext, status: ApprovalStatus) -> bool:
    asked = ctx.approval(REQUEST_APPROVAL)
    return ctx.item.state == "awaiting_approval" and asked is not None and asked.status is status


def is_approved(ctx: CheckContext) -> bool:
    """Everybody whose approval it needs has approved it."""
    return _decided(ctx, ApprovalStatus.GRANTED)


def is_refused(ctx: CheckContext) -> bool:
    """Somebody whose approval it needs has refused it."""
    return _decided(ctx, ApprovalStatus.REFUSED)


def awaits_approval(ctx: CheckContext) -> bool:
    """Its approvers are asked."""
    return ctx.item.state == "awaiting_approval"


def to_approve(ctx: CheckContext) -> Span:
    """Setting: `request_approval_days`, business days."""
    return business(days=ctx.settings.request_approval_days)


def to_fulfil(ctx: CheckContext) -> Span | None:
    """Business hours, as the catalogue promises."""
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
    target=elapsed(),
    thresholds=(Threshold(100, fires="route"),),
)
AUTO_APPROVAL = Timer(
    "itil.request_auto_approval",
    "No approval needed",
    starts=(),
    stops=(),
    runs_while=approves_itself,
    target=elapsed(),
    thresholds=(Threshold(100, fires="auto_approve"),),
)
APPROVED = Timer(
    "itil.request_granted",
    "Approved by all",
    starts=(),
    stops=(),
    runs_while=is_approved,
    target=elapsed(),
    thresholds=(Threshold(100, fires="approve_request"),),
)
REFUSED = Timer(
    "itil.request_refused",
    "Refused by an approver",
    starts=(),
    stops=(),
    runs_while=is_refused,
    target=elapsed(),
    thresholds=(Threshold(100, fires="reject_request"),),
)
APPROVAL_DUE = Timer(
    "itil.request_approval_due",
    "Answer of the approvers",
    starts=(),
    stops=(),
    runs_while=awaits_approval,
    target=to_approve,
    thresholds=(Threshold(100, effects=(ask_managers,)), Threshold(200, fires="reject_request")),
)
REQUEST_TARGET = Timer(
    "itil.request_target",
    "Fulfilment",
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
#: As for incidents.
REMINDER = replace(USER_REMINDER, id="itil.request_reminder")
SILENT = replace(USER_SILENT, id="itil.request_silent")
AUTOCLOSE = Timer(
    "itil.request_autoclose",
    "Closing without an objection",
    starts=("fulfil",),
    stops=("reject_delivery",),
    target=until_closed,
    thresholds=(Threshold(100, fires="close_request"),),
)
