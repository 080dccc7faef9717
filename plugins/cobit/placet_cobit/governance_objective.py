"""A governance or management objective: one of the 40, and whether it is governed here.

Source: COBIT 2019, its core model. The objectives come as data: `placet cobit seed`, or `POST /x/cobit/objectives`.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_cobit.ids import OBJECTIVE
from placet_cobit.objectives.fields import ObjectiveFields
from placet_cobit.objectives.gates import (
    NO_OPERATING_CONTROLS,
    OBJECTIVE_ONCE,
    PRACTICES_KEPT,
    SCOPE_COMPLETE,
)
from placet_cobit.objectives.timers import RACI_REVIEW
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CIO, GOVERNANCE_BOARD

# fmt: off
WORKFLOW = Workflow(
    OBJECTIVE,
    states=[
        #     id              title           category
        State("not_selected", "Not selected", "todo",   "Known, and not governed"),
        State("in_scope",     "In scope",     "active", "It is governed"),
        State("out_of_scope", "Out of scope", "done",   "Excluded on purpose"),
    ],
    transitions=[
        #          name            from                              to              who may
        Transition("put_in_scope", ["not_selected", "out_of_scope"], "in_scope",     [GOVERNANCE_BOARD, CIO],
                   gates=[SCOPE_COMPLETE],
                   input=["target_level", "raci", "owner"],
                   decides=True),
        Transition("rescope",         ["in_scope"],                     "same",         [GOVERNANCE_BOARD, CIO],
                   gates=[SCOPE_COMPLETE, PRACTICES_KEPT],
                   input=["target_level", "raci", "owner", "practices"],
                   title="Decide on its scope again",
                   decides=True),
        Transition("exclude",      ["not_selected", "in_scope"],     "out_of_scope", [GOVERNANCE_BOARD],
                   gates=[REASON_GIVEN, NO_OPERATING_CONTROLS],
                   decides=True),
    ],
)
# fmt: on

OBJECTIVE_TYPE = ItemType(
    OBJECTIVE,
    "Governance objective",
    description="One of the 40 objectives of governance and management",
    fields=ObjectiveFields,
    workflow=WORKFLOW,
    indexed=["objective_id", "target_level", "current_level", "owner"],
    frozen_in={
        "not_selected": ("current_level",),
        # Decided on with the scope: changed by a decision again.
        "in_scope": ("objective_id", "current_level", "target_level", "raci", "owner", "practices"),
        "out_of_scope": ("objective_id", "current_level", "practices"),
    },
    creation=[OBJECTIVE_ONCE],
    timers=[RACI_REVIEW],
    parents=None,
    creators=[CIO],
    editors=[CIO, GOVERNANCE_BOARD],
)
