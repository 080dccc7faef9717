"""A change model: the recipe for a standard change, authorized once.

Source: ITIL 4, practice Change enablement. Our choices: a recipe can be edited as a draft or while it is suspended, as
an active one was approved as it is; the end of its validity is a suspension like any other.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_itil_change.changes import effects
from placet_itil_change.changes.approvals import MODEL_AUTHORIZATION, MODEL_DUTIES
from placet_itil_change.changes.fields import ChangeModelFields
from placet_itil_change.changes.gates import (
    MODEL_APPROVED,
    MODEL_COMPLETE,
    MODEL_EVIDENCE,
    MODEL_REVIEWED,
    MODEL_UNCHANGED,
    MODEL_VALIDITY,
)
from placet_itil_change.changes.model_checks import MODEL_FIELDS
from placet_itil_change.changes.timers import MODEL_DECISION_DUE, MODEL_EXPIRY, MODEL_SUSPENDED
from placet_itil_change.ids import CHANGE_MODEL, MODEL_APPROVAL
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import CHANGE_INITIATOR, CHANGE_MANAGER

# fmt: off
WORKFLOW = Workflow(
    CHANGE_MODEL,
    states=[
        #     id           title        category
        State("draft",     "Draft",     "todo",    "Being written"),
        State("proposed",  "Proposed",  "waiting", "With its approvers"),
        State("active",    "Active",    "active",  "May be used"),
        State("suspended", "Suspended", "waiting", "Stopped after a failure or because its validity ended"),
        State("retired",   "Retired",   "done",    "No longer used"),
    ],
    transitions=[
        #          name               from                              to
        #          who may
        Transition("propose_model",   ["draft"],                        "proposed",
                   [CHANGE_INITIATOR, CHANGE_MANAGER],
                   gates=[MODEL_COMPLETE],
                   asks=[MODEL_APPROVAL]),
        Transition("approve_model",   ["proposed"],                     "active",
                   [CHANGE_MANAGER],
                   gates=[MODEL_EVIDENCE, MODEL_APPROVED, MODEL_VALIDITY],
                   effects=[effects.validate_model],
                   input=["valid_until"]),
        Transition("return_model",    ["proposed"],                     "draft",
                   [CHANGE_MANAGER],
                   gates=[REASON_GIVEN],
                   voids=[MODEL_APPROVAL]),
        Transition("suspend_model",   ["active"],                       "suspended",
                   [CHANGE_MANAGER, SYSTEM],
                   effects=[effects.recall_changes],
                   input=["failed_change"]),
        Transition("reinstate_model", ["suspended"],                    "active",
                   [CHANGE_MANAGER],
                   gates=[MODEL_COMPLETE, MODEL_REVIEWED, MODEL_UNCHANGED, MODEL_VALIDITY],
                   effects=[effects.review_next],
                   input=["valid_until"],
                   decides=True),
        Transition("retire_model",    ["draft", "active", "suspended"], "retired",
                   [CHANGE_MANAGER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

#: Set by transitions and effects alone.
_RECORDED = ("failed_change", "review_next")
_APPROVED = (*MODEL_FIELDS, "test_plan", "backout_max_min", "valid_until", *_RECORDED)

CHANGE_MODEL_TYPE = ItemType(
    CHANGE_MODEL,
    "Change model",
    description="The recipe of a standard change: one entry of their catalog",
    fields=ChangeModelFields,
    workflow=WORKFLOW,
    indexed=["risk_class", "valid_until"],
    frozen_in={
        "draft": _RECORDED,
        "proposed": _RECORDED,
        "active": _APPROVED,
        "suspended": _RECORDED,
        "retired": _APPROVED,
    },
    frozen_because={
        name: "the model was approved as it stands" for name in _APPROVED if name not in _RECORDED
    },
    approvals=[MODEL_AUTHORIZATION],
    duties=MODEL_DUTIES,
    timers=[MODEL_DECISION_DUE, MODEL_SUSPENDED, MODEL_EXPIRY],
    parents=None,
    creators=[CHANGE_INITIATOR, CHANGE_MANAGER],
    editors=[CHANGE_INITIATOR, CHANGE_MANAGER],
)
