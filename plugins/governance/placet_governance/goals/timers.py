"""The timers on objectives, benefits and improvements."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, Until, business, elapsed
from placet_governance.roles import BENEFIT_OWNER, BUSINESS_LAYER, CIO, OBJECTIVE_OWNER, PROCESS_OWNER


def between_reviews(ctx: CheckContext) -> Span:
    """Setting: `objective_review`, days."""
    return elapsed(days=ctx.settings.objective_review)


OBJECTIVE_REVIEW = Timer(
    "governance.objective_review",
    "Review of the objective",
    starts=("activate_objective",),
    stops=("achieve", "retire_objective"),
    target=between_reviews,
    repeats=0,
    thresholds=(Threshold(100, notifies=(OBJECTIVE_OWNER.id,)),),
)
BENEFIT_REVIEW = Timer(
    "governance.benefit_review",
    "Measurement of the benefit",
    starts=("start_tracking",),
    stops=("confirm_realised", "declare_missed", "withdraw_benefit"),
    resets=("record_measure",),
    target=Until("next_measure"),
    thresholds=(
        Threshold(100, notifies=(BENEFIT_OWNER.id,)),
        Threshold(after=business(days=10), notifies=(BUSINESS_LAYER.id,)),
    ),
)


def to_measure(ctx: CheckContext) -> Span:
    """Setting: `effect_after`, days."""
    return elapsed(days=ctx.settings.effect_after)


MEASURE_DUE = Timer(
    "governance.measure_due",
    "Measurement of the improvement",
    starts=(),
    stops=(),
    states=("measuring",),
    target=to_measure,
    thresholds=(
        Threshold(100, notifies=(PROCESS_OWNER.id,)),
        Threshold(after=business(days=10), notifies=(PROCESS_OWNER.id, CIO.id)),
    ),
)
