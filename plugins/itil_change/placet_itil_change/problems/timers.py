"""The timers on a problem."""

from __future__ import annotations

from placet import CheckContext, Span, Threshold, Timer, Until, business, elapsed
from placet_itil_change.roles import PROBLEM_MANAGER, SERVICE_OWNER


def observation(ctx: CheckContext) -> Span:
    """As many days as were set for it."""
    return elapsed(days=ctx.item.fields.observation_days)


def between_looks(ctx: CheckContext) -> Span:
    """Setting: `known_error_review`, business days."""
    return business(days=ctx.settings.known_error_review)


#: A known error is easily lived with: somebody looks at it now and then.
KNOWN_ERROR_REVIEW = Timer(
    "itil.known_error_review",
    "Review of the known error",
    starts=(),
    stops=(),
    states=("known_error",),
    target=between_looks,
    repeats=0,
    thresholds=(Threshold(100, notifies=(PROBLEM_MANAGER.id,)),),
)
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
