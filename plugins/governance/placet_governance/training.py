"""A training: one measure that enables a group to do what is new.

Source: COBIT 2019, BAI05 Managed organizational change: new practices are enabled, not only announced.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_governance.ids import TRAINING
from placet_governance.people.fields import TrainingFields
from placet_governance.people.gates import TRAINING_DONE, TRAINING_PLANNED
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import PROJECT_MANAGER, TRAINING_LEAD

# fmt: off
WORKFLOW = Workflow(
    TRAINING,
    states=[
        #     id           title        category
        State("planned",   "Planned",   "todo",      "It is designed"),
        State("running",   "Running",   "active",    "It is being held"),
        State("completed", "Completed", "done",      "Done and measured"),
        State("cancelled", "Cancelled", "cancelled", "Dropped"),
    ],
    transitions=[
        #          name                 from                    to           who may
        Transition("start_training",    ["planned"],            "running",   [TRAINING_LEAD], gates=[TRAINING_PLANNED]),
        Transition("complete_training", ["running"],            "completed", [TRAINING_LEAD], gates=[TRAINING_DONE],
                   input=["completed_count", "passed_count", "pass_mark"]),
        Transition("cancel_training",   ["planned", "running"], "cancelled", [TRAINING_LEAD], gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_FOUND_LATER = ("adoption_found",)
_EVERYTHING = tuple(TrainingFields.model_fields)

TRAINING_TYPE = ItemType(
    TRAINING,
    "Training",
    description="One measure that enables a group to do what is new",
    fields=TrainingFields,
    workflow=WORKFLOW,
    indexed=["required_count", "completed_count"],
    frozen_in={
        "planned": _FOUND_LATER,
        "running": ("required_count", "audience", *_FOUND_LATER),
        "completed": tuple(name for name in _EVERYTHING if name not in _FOUND_LATER),
        "cancelled": _EVERYTHING,
    },
    creators=[TRAINING_LEAD, PROJECT_MANAGER],
    editors=[TRAINING_LEAD, PROJECT_MANAGER],
)
