"""An objective: what the organization or its IT wants to reach, measurably.

Source: COBIT 2019, goals cascade and APO02 Managed strategy. Our choice: an achieved objective makes a lesson, as
others can use what worked.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_governance.goals import effects
from placet_governance.goals.computed import OBJECTIVE_COMPUTED
from placet_governance.goals.fields import ObjectiveFields
from placet_governance.goals.gates import OBJECTIVE_COMPLETE, OBJECTIVE_MET, OBJECTIVE_UNUSED
from placet_governance.goals.timers import OBJECTIVE_REVIEW
from placet_governance.ids import OBJECTIVE
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import CIO, GOVERNANCE_BOARD, OBJECTIVE_OWNER

# fmt: off
WORKFLOW = Workflow(
    OBJECTIVE,
    states=[
        #     id          title       category
        State("draft",    "Draft",    "todo",      "It is being worded"),
        State("pursued",  "Pursued",  "active",    "In force"),
        State("achieved", "Achieved", "done",      "The target is met"),
        State("retired",  "Retired",  "cancelled", "No longer wanted"),
    ],
    transitions=[
        #          name                  from                  to          who may
        Transition("activate_objective", ["draft"],            "pursued",  [GOVERNANCE_BOARD, CIO],
                   gates=[OBJECTIVE_COMPLETE],
                   decides=True),
        Transition("achieve",            ["pursued"],          "achieved", [OBJECTIVE_OWNER, GOVERNANCE_BOARD],
                   gates=[OBJECTIVE_MET],
                   effects=[effects.draw_lesson],
                   input=["actual"],
                   title="Confirm achievement"),
        Transition("retire_objective",   ["draft", "pursued"], "retired",  [GOVERNANCE_BOARD],
                   gates=[REASON_GIVEN, OBJECTIVE_UNUSED]),
    ],
)
# fmt: on

_AIM = (
    "level",
    "statement",
    "measure",
    "unit",
    "baseline",
    "target",
    "target_date",
    "enterprise_goals",
    "alignment_goals",
)
_EVERYTHING = (*_AIM, "actual")

OBJECTIVE_TYPE = ItemType(
    OBJECTIVE,
    "Objective",
    description="A measurable aim of the organization or its IT",
    fields=ObjectiveFields,
    workflow=WORKFLOW,
    indexed=["level", "priority", "target_date", "enterprise_goals", "alignment_goals"],
    #: An objective in force stays as it was decided; only the reached value changes.
    frozen_in={"pursued": _AIM, "achieved": _EVERYTHING, "retired": _EVERYTHING},
    computed=OBJECTIVE_COMPUTED,
    timers=[OBJECTIVE_REVIEW],
    parents=[OBJECTIVE],
    creators=[GOVERNANCE_BOARD, CIO, OBJECTIVE_OWNER],
    editors=[GOVERNANCE_BOARD, CIO, OBJECTIVE_OWNER],
)
