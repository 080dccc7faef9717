"""A finding: a deficiency of a control, from its raising to the retest that closes it.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies. Our choices: its severity follows from how it
was found, and is kept from its making on, so that nobody lowers it by another word in the control; each finding has its
risk in the risk register.
"""

from __future__ import annotations

from datetime import timedelta

from placet import (
    SYSTEM,
    CheckContext,
    Computed,
    Confirmation,
    Consequence,
    Duty,
    ItemType,
    State,
    Transition,
    Workflow,
)
from placet_cobit.acceptances.ending import end_outgrown, end_own
from placet_cobit.findings import effects
from placet_cobit.findings.fields import RECORDED, FindingFields
from placet_cobit.findings.gates import (
    ACCEPTANCE_IN_FORCE,
    ACTIONS_DONE,
    ACTIONS_PLANNED,
    ANSWERED_FOR,
    CLOSER_INDEPENDENT,
    DUE_IN_TIME,
    DUE_KEPT,
    FINDING_AGREED,
    FINDING_PLACED,
    INVALIDATED_INDEPENDENTLY,
    RETEST_PASSED,
    SOURCE_KEPT,
)
from placet_cobit.findings.raising import classify, control_above, register_risk
from placet_cobit.findings.timers import FINDING_TIMERS
from placet_cobit.ids import ASSESSMENT, CONTROL, FINDING, FINDING_OWNED
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import ANSWERING, CONTROL_REVIEWER, CONTROL_TESTER, FINDING_OWNER, INTERNAL_AUDITOR

# fmt: off
WORKFLOW = Workflow(
    FINDING,
    states=[
        #     id                  title              category
        State("open",             "Open",             "todo",      "It was raised"),
        State("disputed",         "Disputed",         "waiting",   "Its owner disagrees"),
        State("agreed",           "Agreed",           "todo",      "Its owner and due date are set"),
        State("remediating",      "Being remedied",   "active",    "Actions run"),
        State("ready_for_retest", "Ready for retest", "waiting",   "All actions are done"),
        State("accepted",         "Risk accepted",    "waiting",   "Its risk is accepted for a time",
              unwatched="the acceptance of its risk has a timer, which returns it"),
        State("closed",           "Closed",           "done",      "It was retested"),
        State("invalid",          "Invalid",          "cancelled", "There was none"),
    ],
    transitions=[
        #          name                      from                       to                  who may
        Transition("agree_finding",          ["open", "disputed"],      "agreed",
                   [*ANSWERING, INTERNAL_AUDITOR],
                   gates=[ANSWERED_FOR, FINDING_AGREED],
                   input=["owner", "cause", "due_date"],
                   title="Agree"),
        Transition("dispute",                ["open"],                  "disputed",         ANSWERING,
                   gates=[ANSWERED_FOR, REASON_GIVEN]),
        Transition("invalidate",             ["open", "disputed"],      "invalid",
                   [CONTROL_REVIEWER, INTERNAL_AUDITOR],
                   gates=[REASON_GIVEN, INVALIDATED_INDEPENDENTLY],
                   decides=True),
        Transition("start_remediation",      ["agreed"],                "remediating",      ANSWERING,
                   gates=[ANSWERED_FOR, ACTIONS_PLANNED]),
        Transition("report_fixed",           ["remediating"],           "ready_for_retest", ANSWERING,
                   gates=[ANSWERED_FOR, ACTIONS_DONE],
                   effects=[effects.note_fix]),
        Transition("retest_failed",          ["ready_for_retest"],      "remediating",
                   [CONTROL_TESTER, INTERNAL_AUDITOR],
                   gates=[REASON_GIVEN],
                   title="Send back after retest"),
        Transition("close_finding",          ["ready_for_retest"],      "closed",
                   [CONTROL_TESTER, INTERNAL_AUDITOR],
                   gates=[RETEST_PASSED, CLOSER_INDEPENDENT],
                   effects=[effects.note_closing, effects.draw_lesson, end_own],
                   title="Close",
                   decides=True),
        Transition("accept_finding",         ["agreed", "remediating"], "accepted",         [SYSTEM],
                   gates=[ACCEPTANCE_IN_FORCE],
                   title="Accept the risk"),
        Transition("return_from_acceptance", ["accepted"],              "agreed",           [SYSTEM, *ANSWERING],
                   gates=[ANSWERED_FOR],
                   effects=[effects.due_again, end_own]),
    ],
)
# fmt: on

#: Said when it is raised, and as it was found.
_FOUND = ("condition", "criteria", "effect", "source")
_AGREED = ("owner", "cause", "due_date")
_FROZEN = (*RECORDED, *_FOUND, *_AGREED)


def control(ctx: CheckContext) -> str | None:
    """The control above it."""
    return control_above(ctx)


FINDING_TYPE = ItemType(
    FINDING,
    "Finding",
    description="A deficiency of a control",
    fields=FindingFields,
    workflow=WORKFLOW,
    indexed=["control", "severity", "source", "owner", "due_date", "monitor", "event", "recurrence_of"],
    frozen_in={
        "open": tuple(name for name in RECORDED if name != "control"),
        "disputed": (*(name for name in RECORDED if name != "control"), *_FOUND),
        **dict.fromkeys(
            ("agreed", "remediating", "ready_for_retest", "accepted", "closed", "invalid"),
            tuple(name for name in _FROZEN if name != "control"),
        ),
    },
    computed=[Computed("control", control)],
    consequences=[
        Consequence("cobit.finding_classified", ["source"], [classify, register_risk, end_outgrown])
    ],
    confirmations=[
        Confirmation(
            FINDING_OWNED,
            "Ownership of the finding",
            "owner",
            material_fields=["cause", "due_date"],
            reminds=timedelta(days=3),
        )
    ],
    duties=[
        Duty(
            "cobit.sod_fix_verify",
            "who owns a finding, or reported it fixed, does not close it",
            acts=["named:owner", "transition:report_fixed", "transition:start_remediation"],
            bars=["transition:close_finding"],
        ),
        Duty(
            "cobit.sod_own_invalid",
            "who owns a finding does not declare it invalid",
            acts=["named:owner", "transition:dispute"],
            bars=["transition:invalidate"],
        ),
    ],
    timers=FINDING_TIMERS,
    parents=[CONTROL, ASSESSMENT],
    creators=[CONTROL_TESTER, INTERNAL_AUDITOR],
    creation=[FINDING_PLACED, DUE_IN_TIME],
    editing=[SOURCE_KEPT, DUE_KEPT],
    editors=[FINDING_OWNER, CONTROL_TESTER, INTERNAL_AUDITOR],
)
