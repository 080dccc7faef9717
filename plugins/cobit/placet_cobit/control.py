"""A control: a rule that is operated, which gates the transitions of other methods while it is in force.

Source: COBIT 2019, MEA02 Managed system of internal control. Our choices: a redesign leaves the former design in force
until the new one is activated; a suspended control gates nothing, and so does a retired one.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_cobit.acceptances.ending import end_uncompensated
from placet_cobit.assessments.effects import plan_first
from placet_cobit.controls import effects
from placet_cobit.controls.approvals import APPROVAL, DUTIES, RELEASE
from placet_cobit.controls.fields import DESIGN, SUSPENSION, ControlFields
from placet_cobit.controls.gates import (
    BINDING_VALID,
    CONTROL_APPROVED,
    CONTROL_COMPLETE,
    RELEASE_AGREED,
    SUSPENSION_JUSTIFIED,
)
from placet_cobit.findings.suspension import SUSPENSION_END
from placet_cobit.ids import CONTROL, CONTROL_APPROVAL, CONTROL_RELEASE, OBJECTIVE
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CIO, COMPLIANCE_OFFICER, CONTROL_OWNER, CONTROL_PERFORMER, CONTROL_REVIEWER

# fmt: off
WORKFLOW = Workflow(
    CONTROL,
    states=[
        #     id           title        category
        State("draft",     "Draft",     "todo",    "It is designed"),
        State("proposed",  "Proposed",  "waiting", "With those who approve it"),
        State("operating", "Operating", "active",  "In force"),
        State("suspended", "Suspended", "waiting", "It gates nothing for a while"),
        State("retired",   "Retired",   "done",    "Ended"),
    ],
    transitions=[
        #          name               from                      to           who may
        Transition("propose_control", ["draft"],                "proposed",  [CONTROL_OWNER, COMPLIANCE_OFFICER],
                   gates=[CONTROL_COMPLETE, BINDING_VALID],
                   asks=[CONTROL_APPROVAL],
                   title="Propose"),
        Transition("activate",        ["proposed"],             "operating", [CONTROL_REVIEWER, COMPLIANCE_OFFICER],
                   gates=[CONTROL_APPROVED, BINDING_VALID],
                   effects=[effects.put_in_force, plan_first],
                   decides=True),
        Transition("return_control",  ["proposed"],             "draft",     [CONTROL_REVIEWER, COMPLIANCE_OFFICER],
                   gates=[REASON_GIVEN],
                   voids=[CONTROL_APPROVAL],
                   title="Return"),
        Transition("ask_release",     ["draft", "operating", "suspended"], "same", [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN],
                   input=SUSPENSION,
                   asks=[CONTROL_RELEASE],
                   title="Ask for a second person"),
        Transition("suspend_control", ["operating"],            "suspended", [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN, SUSPENSION_JUSTIFIED, RELEASE_AGREED],
                   effects=[effects.take_out_of_force, end_uncompensated],
                   input=SUSPENSION,
                   title="Suspend"),
        Transition("resume_control",  ["suspended"],            "operating", [CONTROL_OWNER],
                   gates=[BINDING_VALID],
                   effects=[effects.put_in_force],
                   title="Resume"),
        Transition("redesign",        ["operating", "suspended"], "draft",   [CONTROL_OWNER],
                   gates=[REASON_GIVEN]),
        Transition("retire_control",  ["draft", "suspended"],   "retired",   [CIO, COMPLIANCE_OFFICER],
                   gates=[REASON_GIVEN],
                   effects=[effects.take_out_of_force, end_uncompensated],
                   title="Retire"),
    ],
)
# fmt: on

_RECORDED = ("in_force", "template")
_FIXED = (*_RECORDED, *DESIGN, *SUSPENSION)

CONTROL_TYPE = ItemType(
    CONTROL,
    "Control",
    description="A rule that is operated, with what it gates, its evidence and its test plan",
    fields=ControlFields,
    workflow=WORKFLOW,
    indexed=[
        "practice_id", "template", "nature", "execution", "key_control", "high_risk", "control_owner",
        "control_performer",
    ],
    frozen_in={
        "draft": ("in_force", *SUSPENSION),
        **dict.fromkeys(("proposed", "operating", "suspended"), _FIXED),
        "retired": (*_FIXED, "control_owner", "control_performer"),
    },
    approvals=[APPROVAL, RELEASE],
    duties=DUTIES,
    timers=[SUSPENSION_END],
    parents=[OBJECTIVE],
    creators=[CONTROL_OWNER, COMPLIANCE_OFFICER],
    # Who operates it attaches the evidence of that, and changes nothing of its design.
    editors=[CONTROL_OWNER, COMPLIANCE_OFFICER, CONTROL_PERFORMER],
    writers={
        name: [CONTROL_OWNER, COMPLIANCE_OFFICER] for name in (*DESIGN, "control_owner", "control_performer")
    },
)  # fmt: skip
