"""A monitor: a control watched every day from the log, between two tests of it.

Source: COBIT 2019, MEA02.01 Monitor internal controls. Our choices: once it runs, nobody who owns or operates the
control changes its limits or stops it; passes that a person checks again are control tests below it, and a wrong one
keeps it red for a window.
"""

from __future__ import annotations

from placet import SAME, SYSTEM, Computed, Consequence, ItemType, State, Transition, Workflow
from placet_cobit.assessments.computed import parent_control
from placet_cobit.ids import CONTROL, MONITOR
from placet_cobit.monitors import effects
from placet_cobit.monitors.fields import CONFIGURED, RECORDED, MonitorFields
from placet_cobit.monitors.gates import MONITOR_INDEPENDENT, MONITOR_VALID
from placet_cobit.monitors.timers import MONITOR_TIMERS
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CIO, CONTROL_OWNER, CONTROL_TESTER

# fmt: off
WORKFLOW = Workflow(
    MONITOR,
    states=[
        #     id         title      category
        State("draft",   "Draft",   "todo",    "It is configured"),
        State("running", "Running", "active",  "It is computed every day"),
        State("paused",  "Paused",  "waiting", "It rests"),
        State("retired", "Retired", "done",    "It has ended"),
    ],
    transitions=[
        #          name             from                           to         who may
        Transition("run_monitor",    ["draft", "paused"],            "running", [CONTROL_OWNER, CONTROL_TESTER, SYSTEM],
                   gates=[MONITOR_VALID],
                   effects=[effects.compute],
                   title="Run"),
        Transition("adjust_monitor", ["running", "paused"],          SAME,      [CONTROL_OWNER, CONTROL_TESTER],
                   gates=[REASON_GIVEN, MONITOR_INDEPENDENT, MONITOR_VALID],
                   input=CONFIGURED,
                   title="Change limits"),
        Transition("pause_monitor",  ["running"],                    "paused",  [CONTROL_OWNER, CONTROL_TESTER],
                   gates=[REASON_GIVEN, MONITOR_INDEPENDENT],
                   title="Pause"),
        Transition("retire_monitor", ["draft", "running", "paused"], "retired", [CONTROL_OWNER, CONTROL_TESTER, CIO],
                   gates=[REASON_GIVEN, MONITOR_INDEPENDENT],
                   title="Retire"),
    ],
)
# fmt: on

MONITOR_TYPE = ItemType(
    MONITOR,
    "Monitor",
    description="A control watched every day from the log",
    fields=MonitorFields,
    workflow=WORKFLOW,
    indexed=["control", "light"],
    frozen_in={
        "draft": RECORDED,
        "running": (*RECORDED, *CONFIGURED),
        "paused": (*RECORDED, *CONFIGURED),
        "retired": (*RECORDED, *CONFIGURED),
    },
    computed=[Computed("control", parent_control)],
    consequences=[Consequence("cobit.passes_checked", ["tests_changed"], [effects.count_wrong_passes])],
    timers=MONITOR_TIMERS,
    parents=[CONTROL],
    creators=[CONTROL_OWNER, CONTROL_TESTER],
    editors=[CONTROL_OWNER, CONTROL_TESTER],
)
