"""The check of a monitor's configuration.

Source: COBIT 2019, MEA02.01 Monitor internal controls.
"""

from __future__ import annotations

from collections.abc import Iterator

from placet import CheckContext, Verdict, check
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.about import control_of
from placet_cobit.controls.design import in_force
from placet_cobit.monitors.fields import MonitorFields
from placet_cobit.operating.operations import bound
from placet_cobit.operating.operators import operators
from placet_cobit.roles import CONTROL_OWNER, CONTROL_TESTER

#: Days that a monitor looks back, at least and at most.
SHORTEST, LONGEST = 7, 365
_MOST = 100


@check("cobit")
def monitor_config(ctx: CheckContext) -> Verdict:
    """The control is in force and bound, the limits rise and are not too wide, and the window is of a sensible length.

    Settings: `monitor_amber_most`, `monitor_red_most`, percent; `monitor_population_most`, executions.
    """
    fields: MonitorFields = ctx.item.fields
    control = control_of(ctx)
    operating = control is not None and in_force(control)
    gates = control is not None and bound(control)
    rising = 0 <= fields.amber_percent < fields.red_percent <= _MOST
    who = [CONTROL_OWNER, CONTROL_TESTER]
    return all_of(
        demand(operating, "the control is not in force", "activate it", who),
        demand(gates, "the control is bound to no transition: the log has nothing of it", "bind it", who),
        demand(rising, "amber from {amber} % and red from {red} %", "let 0 <= amber < red <= 100", who,
               amber=fields.amber_percent, red=fields.red_percent),
        demand(SHORTEST <= fields.window_days <= LONGEST, "a window of {days:count day}",
               "choose {shortest} to {longest}", who, days=fields.window_days, shortest=SHORTEST, longest=LONGEST),
        *_tight(ctx, fields),
    )  # fmt: skip


def _tight(ctx: CheckContext, fields: MonitorFields) -> Iterator[Verdict]:
    """A monitor with limits that nothing reaches would watch nothing."""
    settings, who = ctx.settings, [CONTROL_OWNER, CONTROL_TESTER]
    for name, most, value, said in (
        ("amber_percent", settings.monitor_amber_most, fields.amber_percent, "amber from {value} % on"),
        ("red_percent", settings.monitor_red_most, fields.red_percent, "red from {value} % on"),
        ("min_population", settings.monitor_population_most, fields.min_population,
         "silent with fewer than {value:count execution}"),
    ):  # fmt: skip
        yield demand(value <= most, said + ", and {most} is the most", "tighten it", who, inputs=[name], value=value,
                     most=most)  # fmt: skip


@check("cobit")
def monitor_sod(ctx: CheckContext) -> Verdict:
    """Who loosens or stops what watches a control neither owns nor operates it, nor did so since it is watched."""
    control = control_of(ctx)
    own = control is not None and ctx.actor in operators(ctx, control, ctx.item.created_at)
    return demand(
        ctx.item.state == "draft" or not own,
        "{actor:person} owns or operates the control that is watched, or did so",
        "have a tester do it",
        [CONTROL_TESTER],
        actor=ctx.actor,
    )
