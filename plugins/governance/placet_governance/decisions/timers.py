"""The timer on a proposed decision."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, business
from placet_governance.decisions.effects import escalate


def time_to_decide(ctx: CheckContext) -> Span:
    """Setting: `decision_due`, business days."""
    return business(days=ctx.settings.decision_due)


DECISION_DUE = Timer(
    "governance.decision_due",
    "Decision",
    starts=("create",),
    stops=("decide", "withdraw_decision"),
    target=time_to_decide,
    thresholds=(
        # Those whom it goes to then are notified by the rule of notification that follows the matrix.
        Threshold(100, effects=(escalate,)),
    ),
)
