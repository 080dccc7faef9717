"""The timers on a finding."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, Until, business, elapsed
from placet_cobit.roles import (
    CIO,
    CONTROL_REVIEWER,
    FINDING_OWNER,
    GOVERNANCE_BOARD,
    INTERNAL_AUDITOR,
    PROCESS_OWNER,
)


def dispute_settled(ctx: CheckContext) -> Span:
    """Setting: `dispute_days`, business days."""
    return business(days=ctx.settings.dispute_days)


FINDING_DUE = Timer(
    "cobit.finding_due",
    "Finding remedied",
    starts=("create",),
    stops=("close_finding", "accept_finding", "invalidate"),
    resets=("return_from_acceptance",),
    target=Until("due_date"),
    thresholds=(
        Threshold(before=elapsed(days=14), notifies=(FINDING_OWNER.id,)),
        Threshold(before=elapsed(days=3), notifies=(FINDING_OWNER.id,)),
        Threshold(100, notifies=(FINDING_OWNER.id, PROCESS_OWNER)),
        Threshold(after=elapsed(days=14), notifies=(CIO,)),
        Threshold(after=elapsed(days=30), notifies=(GOVERNANCE_BOARD,)),
    ),
)
DISPUTE_SETTLED = Timer(
    "cobit.dispute_settled",
    "Dispute settled",
    starts=("dispute",),
    stops=("agree_finding", "invalidate"),
    target=dispute_settled,
    thresholds=(Threshold(100, notifies=(CONTROL_REVIEWER.id, INTERNAL_AUDITOR.id)),),
)
FINDING_TIMERS = (FINDING_DUE, DISPUTE_SETTLED)
