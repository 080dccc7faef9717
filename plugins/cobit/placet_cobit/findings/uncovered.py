"""Suspensions whose cover has ended: an acceptance that was revoked, a compensating control that is out of force.

They are looked at at once, where that happens, and every morning, where it is a day that has passed. Source: COBIT
2019, MEA02.04. Our choice: the control stays suspended, and that is a finding.
"""

from __future__ import annotations

from datetime import time

from placet import EffectContext, Job, JobContext, effect
from placet_cobit.controls.cover import is_covered, named_in_place
from placet_cobit.controls.design import design_in_force, is_suspended
from placet_cobit.findings.raising import STANDING, title_of
from placet_cobit.ids import CONTROL, FINDING
from placet_cobit.severity import Source

_EFFECT = "The events that the control prevents or detects may happen, and nothing else would prevent or detect them."


def find_uncovered(ctx: EffectContext | JobContext) -> None:
    """Raise a finding on every suspended control that nothing covers any more, one at a time."""
    out = [
        each for each in ctx.items(CONTROL, states=["suspended", "draft", "proposed"]) if is_suspended(each)
    ]
    if not out:
        return
    # Their covers, and the findings there are already, are read at once, however many controls are suspended.
    ctx.get_all(key for each in out for key in named_in_place(each))
    standing = ctx.items(FINDING, states=STANDING, source=Source.UNCOVERED_SUSPENSION)
    known = {each.fields.control for each in standing}
    for control in out:
        if control.key in known or is_covered(ctx, control):
            continue
        ctx.create(
            FINDING,
            title_of(control, Source.UNCOVERED_SUSPENSION),
            parent=control.key,
            condition=f"suspended since {control.fields.suspensions[-1].first}, and neither a control that operates nor"
            " an accepted risk covers it any more",
            criteria=design_in_force(control).statement or control.title,
            effect=_EFFECT,
            source=Source.UNCOVERED_SUSPENSION,
        )


@effect("cobit")
def look_at_cover(ctx: EffectContext) -> None:
    """Where something that may cover a suspension ends, look at the suspensions that rest on it."""
    find_uncovered(ctx)


JOB = Job("cobit.uncovered_suspensions", "Suspensions that nothing covers", find_uncovered, time(6, 15))
