"""The timer of a forecast that has passed: the clock takes a stage or project out of tolerance too."""

from __future__ import annotations

from datetime import date, timedelta

from placet import CheckContext, Computed, Threshold, Timer, Until
from placet_prince2.control.watch import watch
from placet_prince2.numbers.tolerances import Aspect


def latest_end(ctx: CheckContext) -> date | None:
    """The last day that is inside the tolerance for time."""
    for tolerance in ctx.item.fields.tolerances:
        if tolerance.aspect is Aspect.TIME and isinstance(tolerance.target, date):
            return tolerance.target + timedelta(days=int(tolerance.limit_upper))
    return None


LATEST_END = Computed("latest_end", latest_end)


def overdue(id: str, title: str, *states: str) -> Timer:
    """At the end of the last day inside, the tolerances are computed again."""
    return Timer(
        f"prince2.{id}",
        title,
        starts=(),
        stops=(),
        states=states,
        target=Until("latest_end"),
        thresholds=(Threshold(100, effects=(watch,)),),
    )
