"""The reading of a monitor from the log: how often its control was evaluated in its window, and how often it failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_cobit.controls.design import design_in_force
from placet_cobit.controls.executions import Execution, ExecutionVerdict, executions
from placet_cobit.monitors.fields import MonitorFields
from placet_cobit.monitors.light import Reading, read
from placet_cobit.monitors.refusals import Attempt, wrong

_KINDS = ("transition", "refused")


def attempts(ctx: CheckContext, control: ItemView, since: datetime, until: datetime) -> Iterator[Attempt]:
    """All attempts at transitions of the item types that a control is bound to."""
    for type in dict.fromkeys(
        each.item_type for each in (*control.fields.in_force, *design_in_force(control).bindings)
    ):
        for event in ctx.events(type, kinds=_KINDS, since=since, until=until):
            yield Attempt(
                event.id,
                event.key,
                event.data["seq"],
                event.data["transition"],
                refused=event.kind == "refused",
                changed=bool(event.data.get("changes")),
            )


def evaluated(ctx: CheckContext, control: ItemView, since: datetime, until: datetime) -> list[Execution]:
    """The executions that count: refusals only if they were wrong."""
    found = executions(ctx, control, since, until, refused=True)
    if not any(each.refused for each in found):
        return list(found)
    wrongly = wrong(attempts(ctx, control, since, until))
    return [each for each in found if not each.refused or each.event in wrongly]


def reading(ctx: CheckContext, monitor: ItemView, control: ItemView) -> Reading:
    """A monitor as of now."""
    fields: MonitorFields = monitor.fields
    window = timedelta(days=fields.window_days)
    found = evaluated(ctx, control, ctx.now - window, ctx.now)
    fresh = fields.wrong_pass_on is not None and ctx.today - fields.wrong_pass_on < window
    return read(
        sum(each.verdict is ExecutionVerdict.FAIL for each in found),
        len(found),
        amber=fields.amber_percent,
        red=fields.red_percent,
        least=fields.min_population,
        wrong_pass=fresh,
    )
