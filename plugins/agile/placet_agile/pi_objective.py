"""An objective of a team for a planning interval, whose value the business owners set before and score after.

Source: SAFe, PI objectives.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.ids import PI_OBJECTIVE, PROGRAM_INCREMENT
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import BUSINESS_OWNER, DEVELOPER, PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER
from placet_agile.teams.belonging import TEAM_KEPT
from placet_agile.train.checks import (
    COMMITMENT_KEPT,
    INTERVAL_OF_PARENT,
    OBJECTIVE_SCORED,
    OBJECTIVE_VALUED,
    SAFE_ON,
)
from placet_agile.train.fields import PiObjectiveFields

# fmt: off
WORKFLOW = Workflow(
    PI_OBJECTIVE,
    states=[
        #     id         title      category
        State("drafted", "Drafted", "todo",      "Proposed"),
        State("agreed",  "Agreed",  "active",    "Business owners have set its value"),
        State("scored",  "Scored",  "done",      "Its actual value is known"),
        State("dropped", "Dropped", "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name               from                   to         who may
        Transition("agree_objective", ["drafted"],           "agreed",  [BUSINESS_OWNER],
                   gates=[OBJECTIVE_VALUED],
                   input=["planned_value"]),
        Transition("score_objective", ["agreed"],            "scored",  [BUSINESS_OWNER],
                   gates=[OBJECTIVE_SCORED],
                   input=["actual_value"]),
        Transition("drop_objective",  ["drafted", "agreed"], "dropped", [BUSINESS_OWNER, RELEASE_TRAIN_ENGINEER],
                   gates=[REASON_GIVEN, COMMITMENT_KEPT]),
    ],
)
# fmt: on

_EVERYTHING = tuple(PiObjectiveFields.model_fields)

PI_OBJECTIVE_TYPE = ItemType(
    PI_OBJECTIVE,
    "Objective of an interval",
    description="A goal of a team for a planning interval",
    fields=PiObjectiveFields,
    workflow=WORKFLOW,
    indexed=["team", "program_increment"],
    # It is scored as it was agreed to.
    frozen_in={
        "agreed": ("team", "program_increment", "committed", "planned_value"),
        "scored": _EVERYTHING,
        "dropped": _EVERYTHING,
    },
    parents=[PROGRAM_INCREMENT],
    creators=[DEVELOPER, PRODUCT_OWNER],
    editors=[DEVELOPER, PRODUCT_OWNER, BUSINESS_OWNER],
    writers={"planned_value": [BUSINESS_OWNER], "actual_value": [BUSINESS_OWNER]},
    creation=[SAFE_ON, INTERVAL_OF_PARENT],
    editing=[TEAM_KEPT, INTERVAL_OF_PARENT],
)
