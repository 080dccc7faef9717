"""The timer of a forecast that has passed: the clock takes a stage or project out of tolerance too."""

from __future__ import annotations

from datetime import date

from placet import CheckContext, Computed, Threshold, Timer, Until
from placet_prince2.control.watch import watch
from placet_prince2.numbers.days import last_within, unit_of
from placet_prince2.numbers.tolerances import Aspect


def latest_end(ctx: CheckContext) -> date | None:
    """The last day that is inside the tolerance for time, or inside a delay that was accepted without an action."""
    fields = ctx.item.fields
    accepted = getattr(fields, "accepted_breaches", ())
    delays = [int(each.deviation) for each in accepted if each.aspect is Aspect.TIME]
    for tolerance in fields.tolerances:
        if tolerance.aspect is Aspect.TIME and isinstance(tolerance.target, date):
            days = max(int(tolerance.limit_upper), *delays, 0)
            works = ctx.workspace.calendar.open_on
            return last_within(tolerance.target, days, unit_of(tolerance.unit), works)
    return None


LATEST_END = Computed("latest_end", latest_end)


def overdue(id: str, title: str, *states: str) -> Timer:
    """At the end of the last day inside, the tolerances of a package, a stage or a project are computed again.

    It begins anew where an answer has moved that day; while an answer is waited for, another timer runs.
    """
    return Timer(
        f"prince2.{id}",
        title,
        starts=(),
        stops=(),
        states=states,
        target=Until("latest_end"),
        thresholds=(Threshold(100, effects=(watch,)),),
    )
