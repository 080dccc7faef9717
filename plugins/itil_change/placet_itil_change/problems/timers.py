"""The timers on a problem."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, Until, elapsed
from placet_itil_change.roles import PROBLEM_MANAGER, SERVICE_OWNER


def observation(ctx: CheckContext) -> Span:
    """As many days as were set for it."""
    return elapsed(days=ctx.item.fields.observation_days)


OBSERVATION = Timer(
    "itil.observation",
    "Watching the fix",
    starts=("fix_done", "fix_without_change"),
    stops=("close_problem", "recur"),
    target=observation,
    thresholds=(Threshold(100, notifies=(PROBLEM_MANAGER.id,)),),
)
ERROR_REVIEW = Timer(
    "itil.error_review",
    "Review of an accepted known error",
    starts=("accept_known_error",),
    stops=(),
    target=Until("review_on"),
    thresholds=(Threshold(100, notifies=(SERVICE_OWNER.id, PROBLEM_MANAGER.id)),),
)
