"""A planning interval (formerly program increment): teams of a train plan 8 to 12 weeks together.

Source: SAFe, planning interval.
"""

from __future__ import annotations

from placet import (
    SYSTEM,
    CalendarEntry,
    Confirmation,
    ItemType,
    State,
    Threshold,
    Timer,
    Transition,
    Until,
    Workflow,
)
from placet_agile.delivery.confirmations import REMINDER
from placet_agile.ids import CONFIDENCE, PROGRAM_INCREMENT
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import BUSINESS_OWNER, DEVELOPER, PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER, SCRUM_MASTER
from placet_agile.train.checks import PI_CONFIDENCE, PI_LENGTH, PI_OBJECTIVES, PI_OVER, PI_SCORED, SAFE_ON
from placet_agile.train.effects import keep_predictability
from placet_agile.train.fields import ProgramIncrementFields

# fmt: off
WORKFLOW = Workflow(
    PROGRAM_INCREMENT,
    states=[
        #     id            title         category
        State("preparing",  "Preparing",  "todo",      "Before its planning"),
        State("planned",    "Planned",    "todo",      "Objectives are agreed"),
        State("executing",  "Executing",  "active",    "Its sprints run"),
        State("inspecting", "Inspecting", "active",    "Inspect and adapt"),
        State("closed",     "Closed",     "done",      "Finished"),
        State("cancelled",  "Cancelled",  "cancelled", "Stopped"),
    ],
    transitions=[
        #          name          from            to            who may
        Transition("plan_pi",    ["preparing"],  "planned",    [RELEASE_TRAIN_ENGINEER],
                   gates=[PI_LENGTH, PI_OBJECTIVES],
                   input=["planned_start", "planned_end", "teams", "sprints"],
                   title="Plan interval"),
        Transition("start_pi",   ["planned"],    "executing",  [RELEASE_TRAIN_ENGINEER],
                   gates=[PI_CONFIDENCE],
                   title="Start interval"),
        Transition("inspect_pi", ["executing"],  "inspecting", [RELEASE_TRAIN_ENGINEER, SYSTEM],
                   gates=[PI_OVER],
                   title="Inspect and adapt"),
        Transition("close_pi",   ["inspecting"], "closed",     [RELEASE_TRAIN_ENGINEER],
                   gates=[PI_SCORED],
                   effects=[keep_predictability],
                   title="Close interval"),
        Transition("cancel_pi",  ["preparing", "planned", "executing"], "cancelled", [BUSINESS_OWNER],
                   gates=[REASON_GIVEN],
                   title="Cancel interval"),
    ],
)
# fmt: on

#: Who runs the train is not asked for a click on the last day.
PI_END = Timer(
    "agile.pi_end",
    "End of the interval",
    starts=(),
    stops=(),
    states=("executing",),
    target=Until("planned_end"),
    thresholds=(Threshold(100, notifies=(RELEASE_TRAIN_ENGINEER.id,), fires="inspect_pi"),),
)

_PLAN = ("teams", "planned_start", "planned_end", "sprints")
_EVERYTHING = tuple(ProgramIncrementFields.model_fields)

PROGRAM_INCREMENT_TYPE = ItemType(
    PROGRAM_INCREMENT,
    "Planning interval",
    description="8 to 12 weeks that the teams of a train plan together",
    fields=ProgramIncrementFields,
    workflow=WORKFLOW,
    frozen_in={
        "preparing": ("predictability",),
        "planned": ("predictability", *_PLAN),
        "executing": ("predictability", "teams", "planned_start", "planned_end", "confidence_vote"),
        "inspecting": ("predictability", *_PLAN, "confidence_vote"),
        "closed": _EVERYTHING,
        "cancelled": _EVERYTHING,
    },
    confirmations=[
        Confirmation(CONFIDENCE, "Vote of confidence", "confidence_vote", member="actor", reminds=REMINDER)
    ],
    timers=[PI_END],
    calendar=CalendarEntry("planned_start", "planned_end", ("planned", "executing", "inspecting")),
    indexed=["planned_start", "planned_end"],
    parents=None,
    creators=[RELEASE_TRAIN_ENGINEER],
    editors=[RELEASE_TRAIN_ENGINEER, PRODUCT_OWNER, SCRUM_MASTER, DEVELOPER],
    creation=[SAFE_ON],
)
