"""Reasons for waiting: a user, a change, a vendor or parts; the same for incidents and requests.

Source: ITIL 4, practices Incident management and Service request management.
"""

from __future__ import annotations

from enum import StrEnum

from placet import Action, CheckContext, Gate, Verdict, blocked, check, fields_missing, passed
from placet_itil_change.ids import FIXED_BY_CHANGE, IMPLEMENTS
from placet_itil_change.roles import RESOLVER

#: States of a change for which nobody has to wait any more.
FINISHED = ("closed", "rejected", "cancelled")
#: Fields that are asked for when work is put on hold.
WAITING = ("pending_reason", "pending_until", "vendor_reference")


class PendingReason(StrEnum):
    """The reason for waiting."""

    AWAITING_USER = "awaiting_user"
    AWAITING_CHANGE = "awaiting_change"
    AWAITING_VENDOR = "awaiting_vendor"
    AWAITING_PARTS = "awaiting_parts"


@check("itil")
def pending_fields(ctx: CheckContext) -> Verdict:
    """An item on hold says what it waits for, and that exists."""
    fields = ctx.item.fields
    match fields.pending_reason:
        case None:
            return fields_missing(ctx, ["pending_reason"], remedy="say what it waits for", who=[RESOLVER.id])
        case PendingReason.AWAITING_VENDOR if not (fields.vendor_reference or "").strip():
            return fields_missing(
                ctx, ["vendor_reference"], remedy="enter the number of the vendor's case", who=[RESOLVER.id]
            )
        case PendingReason.AWAITING_CHANGE:
            changes = (*ctx.linked(FIXED_BY_CHANGE), *ctx.linking(IMPLEMENTS))
            waited_for = [change for change in changes if change.state not in FINISHED]
            if not waited_for:
                return blocked(
                    "it waits for a change, and no open change is linked",
                    remedy="link the change that it waits for",
                    who=[RESOLVER.id],
                    message_id="itil.pending_fields.no_change",
                    actions=[
                        Action("link", "Link a change", f"/items/{ctx.item.key}/links", (FIXED_BY_CHANGE,))
                    ],
                )
            return passed(changes=[change.key for change in waited_for])
        case _:
            return passed(pending_reason=fields.pending_reason.value)


PENDING_REASON = Gate("itil.pending_reason", "Pending reason given", pending_fields)
