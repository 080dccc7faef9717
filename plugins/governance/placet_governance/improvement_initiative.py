"""An improvement: an entry of the register of continual improvement, from the idea to its lasting effect.

Source: ITIL 4, practice Continual improvement.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_governance.goals import effects
from placet_governance.goals.computed import INITIATIVE_COMPUTED
from placet_governance.goals.fields import InitiativeFields
from placet_governance.goals.gates import INITIATIVE_MEASURED, INITIATIVE_SCORED
from placet_governance.goals.timers import MEASURE_DUE
from placet_governance.ids import INITIATIVE
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import CIO, PORTFOLIO_MANAGER, PROCESS_OWNER, SENIOR_USER

_SCORES = ("idea", "expected_value", "effort", "measure", "value_score", "effort_score")

# fmt: off
WORKFLOW = Workflow(
    INITIATIVE,
    states=[
        #     id             title          category
        State("logged",      "Logged",      "todo",      "An idea"),
        State("assessed",    "Assessed",    "todo",      "Its value and effort are weighed"),
        State("approved",    "Approved",    "todo",      "It will be done"),
        State("in_progress", "In progress", "active",    "It is being done"),
        State("measuring",   "Measuring",   "waiting",   "Its effect is measured"),
        State("embedded",    "Embedded",    "done",      "It lasts"),
        State("dropped",     "Dropped",     "cancelled", "It is not done"),
    ],
    transitions=[
        #          name                  from             to             who may
        Transition("assess_initiative",  ["logged"],      "assessed",    [PROCESS_OWNER, PORTFOLIO_MANAGER],
                   gates=[INITIATIVE_SCORED],
                   input=_SCORES),
        Transition("approve_initiative", ["assessed"],    "approved",    [PROCESS_OWNER, CIO],
                   decides=True),
        Transition("begin_initiative",   ["approved"],    "in_progress", [PROCESS_OWNER]),
        Transition("finish_initiative",  ["in_progress"], "measuring",   [PROCESS_OWNER],
                   gates=[REASON_GIVEN],
                   effects=[effects.note_finish]),
        Transition("embed",              ["measuring"],   "embedded",    [PROCESS_OWNER, CIO],
                   gates=[INITIATIVE_MEASURED],
                   effects=[effects.draw_lesson],
                   input=["measured_value"]),
        Transition("repeat",             ["measuring"],   "in_progress", [PROCESS_OWNER],
                   gates=[REASON_GIVEN]),
        Transition("drop_initiative",    ["logged", "assessed", "approved", "in_progress"], "dropped",
                                                                         [PROCESS_OWNER, CIO],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_RECORDED = ("finished_at", "measured_value")
_EVERYTHING = tuple(
    name for name in InitiativeFields.model_fields if name not in {each.field for each in INITIATIVE_COMPUTED}
)

INITIATIVE_TYPE = ItemType(
    INITIATIVE,
    "Improvement",
    description="An entry of the register of continual improvement",
    fields=InitiativeFields,
    workflow=WORKFLOW,
    indexed=["effort", "value_score", "effort_score", "rank"],
    frozen_in={
        # Its effect is measured after it is finished, and not entered before.
        **dict.fromkeys(("logged", "assessed"), _RECORDED),
        **dict.fromkeys(("approved", "in_progress"), (*_RECORDED, "value_score", "effort_score")),
        "measuring": ("finished_at", "value_score", "effort_score"),
        "embedded": _EVERYTHING,
        "dropped": _EVERYTHING,
    },
    computed=INITIATIVE_COMPUTED,
    timers=[MEASURE_DUE],
    editors=[PROCESS_OWNER, PORTFOLIO_MANAGER, CIO, SENIOR_USER],
)
