"""The check of a monitor's configuration.

Source: COBIT 2019, MEA02.01 Monitor internal controls.
"""

from __future__ import annotations

from placet import CheckContext, Verdict, check
from placet_cobit.assessments.tested import control_of
from placet_cobit.demands import all_of, demand
from placet_cobit.monitors.fields import MonitorFields
from placet_cobit.operating.operations import bound
from placet_cobit.roles import CONTROL_OWNER, CONTROL_TESTER

#: Days that a monitor looks back, at least and at most.
SHORTEST, LONGEST = 7, 365
_MOST = 100


@check("cobit")
def monitor_config(ctx: CheckContext) -> Verdict:
    """The control is in force and bound to transitions, the limits rise, and the window is of a sensible length."""
    fields: MonitorFields = ctx.item.fields
    control = control_of(ctx)
    operating = control is not None and control.state == "operating"
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
    )  # fmt: skip
