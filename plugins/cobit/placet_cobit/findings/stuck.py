"""Changes that stay where they are: what is judged when an item moves is never judged of one that does not.

Source: COBIT 2019, BAI06.03 Track and report change status, and MEA02.04. Our choice: they are one finding for each
control, brought up to date every day, on the control that asks for changes to move on.
"""

from __future__ import annotations

from datetime import time

from placet import ItemView, Job, JobContext
from placet_cobit.controls.changes import WATCHED, change_not_stale, stays_until
from placet_cobit.controls.design import design_in_force, in_force
from placet_cobit.controls.governed import CHANGE
from placet_cobit.findings.raising import STANDING, title_of
from placet_cobit.ids import CONTROL, FINDING
from placet_cobit.severity import Source

#: Changes that one finding names.
_SHOWN = 20
_EFFECT = "A change that was due is not made, and nobody has decided against it."


def find_stuck_changes(ctx: JobContext) -> None:
    """Raise a finding on every control in force that asks for changes to move on, if some have not.

    Settings: `stale_decision_days`, `stale_implementation_days`, business days.
    """
    controls = [each for each in ctx.items(CONTROL) if in_force(each) and _asks(each)]
    stuck = _stuck(ctx) if controls else []
    if not stuck:
        return
    days = [f"{each.key} in {each.state} since {each.state_since:%Y-%m-%d}" for each in stuck[:_SHOWN]]
    condition = f"{len(stuck)} changes wait for longer than they may: {', '.join(days)}"
    for control in controls:
        _report(ctx, control, condition)


def _asks(control: ItemView) -> bool:
    return any(each.check_id == change_not_stale.id for each in control.fields.in_force)


def _stuck(ctx: JobContext) -> list[ItemView]:
    """The changes beyond their limit, the longest waiting first."""
    if CHANGE.partition(".")[0] not in ctx.workspace.methods:
        return []
    waiting = []
    for change in ctx.items(CHANGE, states=WATCHED):
        until = stays_until(ctx, change)
        if until is not None and ctx.now > until:
            waiting.append(change)
    return sorted(waiting, key=lambda each: each.state_since)


def _report(ctx: JobContext, control: ItemView, condition: str) -> None:
    standing = [
        each
        for each in ctx.items(FINDING, states=STANDING, control=control.key)
        if each.fields.source is Source.STUCK
    ]
    if standing:
        for each in standing:
            if each.fields.condition != condition:
                ctx.set_on(each.key, condition=condition)
        return
    ctx.create(
        FINDING,
        title_of(control, Source.STUCK),
        parent=control.key,
        condition=condition,
        criteria=design_in_force(control).statement or control.title,
        effect=_EFFECT,
        source=Source.STUCK,
    )


JOB = Job("cobit.stuck_changes", "Changes that wait too long", find_stuck_changes, time(6))
