"""A remediation action: one step that remedies a finding.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies.
"""

from __future__ import annotations

from placet import ItemType, State, Threshold, Timer, Transition, Until, Workflow
from placet_cobit.findings import effects
from placet_cobit.findings.fields import RemediationFields
from placet_cobit.findings.gates import (
    ACTION_EVIDENCE,
    ACTION_PLACED,
    ACTION_PLANNER,
    ACTION_WANTED,
    ACTION_YOURS,
)
from placet_cobit.ids import FINDING, REMEDIATION
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import ANSWERING, FINDING_OWNER

# fmt: off
WORKFLOW = Workflow(
    REMEDIATION,
    states=[
        #     id         title      category
        State("planned", "Planned", "todo",      "It was agreed"),
        State("doing",   "Doing",   "active",    "It is in work"),
        State("done",    "Done",    "done",      "It is finished, and proven"),
        State("dropped", "Dropped", "cancelled", "Another takes its place, or none is needed"),
    ],
    transitions=[
        #          name               from                  to         who may
        Transition("begin_action",    ["planned"],          "doing",   ANSWERING,
                   gates=[ACTION_YOURS]),
        Transition("complete_action", ["planned", "doing"], "done",    ANSWERING,
                   gates=[ACTION_YOURS, ACTION_EVIDENCE],
                   effects=[effects.note_action_done]),
        Transition("drop_action",     ["planned", "doing"], "dropped", ANSWERING,
                   gates=[ACTION_PLANNER, REASON_GIVEN]),
    ],
)
# fmt: on

ACTION_DUE = Timer(
    "cobit.action_due",
    "Action finished",
    starts=("create",),
    stops=("complete_action", "drop_action"),
    target=Until("due_date"),
    thresholds=(Threshold(100, notifies=(FINDING_OWNER.id,)),),
)

_EVERYTHING = tuple(RemediationFields.model_fields)

REMEDIATION_TYPE = ItemType(
    REMEDIATION,
    "Remediation action",
    description="One step that remedies a finding",
    fields=RemediationFields,
    workflow=WORKFLOW,
    indexed=["assignee", "due_date"],
    frozen_in={
        "planned": ("done_at",),
        "doing": ("done_at",),
        "done": _EVERYTHING,
        "dropped": _EVERYTHING,
    },
    timers=[ACTION_DUE],
    parents=[FINDING],
    creators=ANSWERING,
    creation=[ACTION_WANTED, ACTION_PLACED],
    editing=[ACTION_PLACED],
    editors=ANSWERING,
)
