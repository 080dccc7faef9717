"""A control: a rule that is operated, which gates the transitions of other methods while it is in force.

Source: COBIT 2019, MEA02 Managed system of internal control. Our choices: a redesign leaves the former design in force
until the new one is activated, for its gates and for assurance alike; a suspended control gates nothing, also in its
redesign, and so does a retired one; its owner and performer change with a second person's vote; a suspension whose
cover ends is a finding.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_cobit.acceptances.ending import end_uncompensated
from placet_cobit.assessments.effects import plan_first
from placet_cobit.controls import effects
from placet_cobit.controls.approvals import APPROVALS_OF_CONTROLS, DUTIES
from placet_cobit.controls.fields import DESIGN, HANDOVER, PEOPLE, SUSPENSION, ControlFields
from placet_cobit.controls.gates import (
    BINDING_VALID,
    CONTROL_APPROVED,
    CONTROL_COMPLETE,
    HANDOVER_AGREED,
    HANDOVER_NAMED,
    OWNER_ACTS,
    OWNER_DESIGNS,
    RELEASE_AGREED,
    RETIREMENT_AGREED,
    SUSPENSION_JUSTIFIED,
)
from placet_cobit.findings.suspension import SUSPENSION_END
from placet_cobit.findings.uncovered import look_at_cover
from placet_cobit.ids import (
    CONTROL,
    CONTROL_APPROVAL,
    CONTROL_HANDOVER,
    CONTROL_RELEASE,
    CONTROL_RETIREMENT,
    OBJECTIVE,
)
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
        Transition("propose_control", ["draft"],                "proposed",  [CONTROL_OWNER, CIO, COMPLIANCE_OFFICER],
                   gates=[OWNER_DESIGNS, CONTROL_COMPLETE, BINDING_VALID],
                   asks=[CONTROL_APPROVAL],
                   title="Propose"),
        Transition("activate",        ["proposed"],             "operating", [CONTROL_REVIEWER, COMPLIANCE_OFFICER],
                   gates=[CONTROL_APPROVED, BINDING_VALID],
                   effects=[effects.put_in_force, effects.end_suspension, plan_first],
                   voids=[CONTROL_RELEASE, CONTROL_RETIREMENT],
                   decides=True),
        Transition("return_control",  ["proposed"],             "draft",     [CONTROL_REVIEWER, COMPLIANCE_OFFICER],
                   gates=[REASON_GIVEN],
                   voids=[CONTROL_APPROVAL],
                   title="Return"),
        Transition("ask_handover",    ["operating", "suspended"], "same",    [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN, OWNER_ACTS, HANDOVER_NAMED],
                   input=HANDOVER,
                   asks=[CONTROL_HANDOVER],
                   title="Ask for handover"),
        Transition("hand_over",       ["operating", "suspended"], "same",    [CONTROL_OWNER, CIO],
                   gates=[OWNER_ACTS, HANDOVER_NAMED, HANDOVER_AGREED],
                   effects=[effects.hand_over],
                   voids=[CONTROL_HANDOVER]),
        Transition("ask_release",     ["operating"],            "same",      [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN, OWNER_ACTS],
                   input=SUSPENSION,
                   asks=[CONTROL_RELEASE],
                   title="Ask for release"),
        Transition("suspend_control", ["operating"],            "suspended", [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN, OWNER_ACTS, SUSPENSION_JUSTIFIED, RELEASE_AGREED],
                   effects=[effects.take_out_of_force, effects.begin_suspension, end_uncompensated, look_at_cover],
                   input=SUSPENSION,
                   title="Suspend"),
        Transition("resume_control",  ["suspended"],            "operating", [CONTROL_OWNER, CIO],
                   gates=[OWNER_ACTS, BINDING_VALID],
                   effects=[effects.put_in_force, effects.end_suspension],
                   voids=[CONTROL_RELEASE, CONTROL_RETIREMENT],
                   title="Resume"),
        Transition("redesign",        ["operating", "suspended"], "draft",   [CONTROL_OWNER, CIO],
                   gates=[REASON_GIVEN, OWNER_ACTS],
                   voids=[CONTROL_APPROVAL]),
        Transition("ask_retirement",  ["draft", "suspended"],   "same",      [CONTROL_OWNER, CIO, COMPLIANCE_OFFICER],
                   gates=[REASON_GIVEN, OWNER_DESIGNS],
                   asks=[CONTROL_RETIREMENT],
                   title="Ask for retirement"),
        Transition("retire_control",  ["draft", "suspended"],   "retired",   [CIO, COMPLIANCE_OFFICER],
                   gates=[REASON_GIVEN, RETIREMENT_AGREED],
                   effects=[effects.end_for_good, end_uncompensated, look_at_cover],
                   title="Retire"),
    ],
)
# fmt: on

_RECORDED = ("in_force", "activated", "suspensions", *HANDOVER)
_FIXED = (*_RECORDED, "template", *DESIGN, *PEOPLE, *SUSPENSION)

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
        "draft": (*_RECORDED, *SUSPENSION),
        **dict.fromkeys(("proposed", "operating", "suspended", "retired"), _FIXED),
    },
    approvals=APPROVALS_OF_CONTROLS,
    duties=DUTIES,
    timers=[SUSPENSION_END],
    parents=[OBJECTIVE],
    creators=[CONTROL_OWNER, COMPLIANCE_OFFICER],
    # Who operates it attaches the evidence of that, and changes nothing of its design.
    editing=[OWNER_DESIGNS],
    editors=[CONTROL_OWNER, CIO, COMPLIANCE_OFFICER, CONTROL_PERFORMER],
    writers={name: [CONTROL_OWNER, CIO, COMPLIANCE_OFFICER] for name in (*DESIGN, *PEOPLE)},
)  # fmt: skip
