"""A stakeholder: a person or a group with an interest in what is done, or influence on it.

Source: PRINCE2 7, practice organizing: stakeholders are engaged as their interest and influence ask for.
"""

from __future__ import annotations

from placet import Computed, ItemType, State, Transition, Workflow
from placet_governance.ids import STAKEHOLDER
from placet_governance.people.stakeholders import RATED, StakeholderFields, engagement
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import COMMUNICATION_OWNER, PROJECT_MANAGER

# fmt: off
WORKFLOW = Workflow(
    STAKEHOLDER,
    states=[
        #     id            title         category
        State("identified", "Identified", "todo",   "Somebody named them"),
        State("engaged",    "Engaged",    "active", "They are engaged as their interest and influence ask for"),
        State("former",     "Former",     "done",   "They have no stake any more"),
    ],
    transitions=[
        #          name                   from                       to         who may
        Transition("engage",              ["identified"],            "engaged", [COMMUNICATION_OWNER, PROJECT_MANAGER],
                   gates=[RATED],
                   input=["interest", "influence"]),
        Transition("release_stakeholder", ["identified", "engaged"], "former",  [COMMUNICATION_OWNER, PROJECT_MANAGER],
                   gates=[REASON_GIVEN],
                   title="Release"),
    ],
)
# fmt: on

STAKEHOLDER_TYPE = ItemType(
    STAKEHOLDER,
    "Stakeholder",
    description="A person or a group with an interest in what is done, or influence on it",
    fields=StakeholderFields,
    workflow=WORKFLOW,
    indexed=["group", "engagement", "interest", "influence"],
    frozen_in={"former": ("name", "group", "interest", "influence", "expectations")},
    computed=[Computed("engagement", engagement)],
    creators=[COMMUNICATION_OWNER, PROJECT_MANAGER],
    editors=[COMMUNICATION_OWNER, PROJECT_MANAGER],
)
