"""The timers on communications and allocations."""

from __future__ import annotations

from placet import CheckContext, Holds, Span, Threshold, Timer, Until, business, elapsed
from placet_governance.people.checks import waiting_readers
from placet_governance.roles import COMMUNICATION_OWNER


def is_read_by_all(ctx: CheckContext) -> bool:
    """Nobody has to confirm it any more."""
    return not waiting_readers(ctx.item.fields)


def waits_for_readers(ctx: CheckContext) -> bool:
    """Somebody has to confirm it."""
    return bool(waiting_readers(ctx.item.fields))


def to_confirm(ctx: CheckContext) -> Span:
    """Setting: `acknowledgement_days`, business days."""
    return business(days=ctx.settings.acknowledgement_days)


SEND_DUE = Timer(
    "governance.send_due",
    "Sending",
    starts=("create",),
    stops=("send", "cancel_communication"),
    target=Until("due_at"),
    thresholds=(
        Threshold(100, fires="send", when=Holds("automatic", (True,))),
        # The same moment, if a person has to send it.
        Threshold(after=elapsed(), notifies=(COMMUNICATION_OWNER.id,), when=Holds("automatic", (False,))),
    ),
)
READ = Timer(
    "governance.read",
    "Confirmed by all",
    starts=(),
    stops=(),
    runs_while=is_read_by_all,
    states=("sent",),
    target=elapsed(),
    thresholds=(Threshold(100, fires="acknowledge"),),
)
ACK_DUE = Timer(
    "governance.ack_due",
    "Confirmation by the readers",
    starts=(),
    stops=(),
    runs_while=waits_for_readers,
    states=("sent",),
    target=to_confirm,
    thresholds=(
        Threshold(100, notifies=(COMMUNICATION_OWNER.id,)),
        Threshold(200, notifies=(COMMUNICATION_OWNER.id,), fires="acknowledge"),
    ),
)
ALLOCATION_END = Timer(
    "governance.allocation_end",
    "End of the allocation",
    starts=("confirm",),
    stops=("release_allocation",),
    target=Until("ends_at"),
    thresholds=(Threshold(100, fires="release_allocation"),),
)
