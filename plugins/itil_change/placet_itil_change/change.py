"""A change, from its first description to its review: normal, standard and emergency.

Source: ITIL 4, practice Change enablement; the states are those that common tools use for it. Our choices:

- An emergency is raised from an incident (P1 or P2), or its reason is `security`; what is begun on a spoken word is
  about a P1. What a failed change has broken is an incident, and the change is over when that is resolved.
- Besides the practice's own moves there are five that keep the state, because a decision or a confirmation has to show
  who made it: `accept_short_notice`, `request_exemption`, `ask_ecab` (the board's decision lapses after a day),
  `document_emergency` (plans are frozen once work has begun, and an emergency writes them afterwards) and
  `confirm_items`.
- On the schedule, items and planned times change through `reschedule` or `send_back` only: the slot was checked for
  them. Plans and answers may be corrected; that voids the authorisation, and the change goes back for another.
- What a change touches is its field `cis`; there is no second list of it as links. An emergency names it too, since
  windows and collisions are about items.
"""

from __future__ import annotations

from placet import SYSTEM, CalendarEntry, ItemType, State, Transition, Workflow
from placet_itil_change.changes import effects
from placet_itil_change.changes.approvals import (
    CHANGE_AUTHORISATION,
    CHANGE_DUTIES,
    ECAB_AUTHORISATION,
    EXEMPTION,
)
from placet_itil_change.changes.computed import COMPUTED, RISK_QUESTIONS
from placet_itil_change.changes.fields import ChangeFields
from placet_itil_change.changes.gates import (
    APPROVAL_VALID,
    AUTHORITY_GRANTED,
    CHANGE_DESCRIBED,
    CIS_UPDATED,
    ECAB_ENDED,
    ECAB_GRANTED,
    EMERGENCY_JUSTIFIED,
    EXEMPTION_NEEDED,
    FAILURE_CONTAINED,
    INSIDE_WINDOW,
    IS_EMERGENCY,
    IS_NORMAL,
    LEAD_TIME,
    MODEL_USABLE,
    NO_COLLISION,
    NO_FREEZE,
    OUTCOME_STATED,
    PIR_DONE,
    PLANS_COMPLETE,
    RECORDS_COMPLETE,
    RESULT_VERIFIED,
    RISK_SCORED,
    TESTED,
    VERBAL_ALLOWED,
)
from placet_itil_change.changes.timers import BACKOUT_MAX, OVERRUN, PIR_DUE, RETRO_DUE
from placet_itil_change.ids import (
    CHANGE,
    CHANGE_APPROVAL,
    CONFIGURATION_ITEM,
    ECAB_APPROVAL,
    FREEZE_EXEMPTION,
)
from placet_itil_change.problems.effects import settle_problems
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
    CONFIGURATION_MANAGER,
    DELEGATED_CHANGE_AUTHORITY,
    DUTY_MANAGER,
    PROBLEM_MANAGER,
    RESOLVER,
    SERVICE_OWNER,
)

_TIMES = ("planned_start", "planned_end")
_PLANS = ("implementation_plan", "test_plan", "backout_plan", "backout_max_min")
_DEPLOYMENT = ("is_deployment", "first_commit_at", "unplanned_rework")
_REVIEW = ("pir_reviewer", "pir_findings", "pir_actions")

# fmt: off
WORKFLOW = Workflow(
    CHANGE,
    states=[
        #     id             title                        category
        State("new",         "New",                       "todo",      "Described"),
        State("assess",      "Assessment",                "active",    "Its risk and impact are reviewed"),
        State("authorize",   "With the change authority", "waiting",   "Somebody decides whether it may be done"),
        State("scheduled",   "Scheduled",                 "waiting",   "It is on the change schedule"),
        State("implement",   "Implementation",            "active",    "It is being done"),
        State("backing_out", "Backing out",               "active",    "It is being reverted"),
        State("failed",      "Failed",                    "active",    "Neither done nor reverted"),
        State("review",      "Review",                    "active",    "Its result is checked"),
        State("closed",      "Closed",                    "done",      "Finished"),
        State("rejected",    "Rejected",                  "done",      "Not authorised"),
        State("cancelled",   "Cancelled",                 "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name                     from                    to
        #          who may
        #          gates
        Transition("submit",                ["new"],                "assess",
                   [CHANGE_INITIATOR, RESOLVER, PROBLEM_MANAGER],
                   [CHANGE_DESCRIBED, IS_NORMAL]),
        Transition("request_authorization", ["assess"],             "authorize",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY],
                   [RISK_SCORED, PLANS_COMPLETE, TESTED],
                   asks=[CHANGE_APPROVAL]),
        Transition("send_back",             ["assess", "authorize", "scheduled"], "new",
                   [CHANGE_MANAGER, SYSTEM],
                   [REASON_GIVEN],
                   voids=[CHANGE_APPROVAL, ECAB_APPROVAL, FREEZE_EXEMPTION]),
        Transition("authorize_change",      ["authorize"],          "scheduled",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY, SYSTEM],
                   [IS_NORMAL, AUTHORITY_GRANTED, LEAD_TIME, NO_FREEZE, NO_COLLISION],
                   title="Put on the change schedule"),
        Transition("schedule_standard",     ["new"],                "scheduled",
                   [CHANGE_INITIATOR, CHANGE_IMPLEMENTER],
                   [MODEL_USABLE, CHANGE_DESCRIBED, NO_FREEZE, NO_COLLISION],
                   [effects.take_plans_of_model],
                   input=["model", *_TIMES],
                   title="Schedule by its model"),
        Transition("expedite",              ["new"],                "authorize",
                   [CHANGE_INITIATOR, CHANGE_MANAGER, RESOLVER],
                   [CHANGE_DESCRIBED, EMERGENCY_JUSTIFIED],
                   input=["emergency_justification"],
                   asks=[ECAB_APPROVAL]),
        Transition("authorize_emergency",   ["authorize"],          "scheduled",
                   [CHANGE_MANAGER, DUTY_MANAGER, SYSTEM],
                   [ECAB_GRANTED, NO_FREEZE],
                   [effects.report_passed_over]),
        Transition("implement_on_verbal",   ["new"],                "implement",
                   [CHANGE_IMPLEMENTER, RESOLVER],
                   [CHANGE_DESCRIBED, VERBAL_ALLOWED, EMERGENCY_JUSTIFIED],
                   [effects.begin, effects.report_passed_over],
                   input=["verbal_authoriser", "emergency_justification"],
                   asks=[ECAB_APPROVAL],
                   title="Implement on a spoken authorisation"),
        Transition("reschedule",            ["scheduled"],          "same",
                   [CHANGE_MANAGER, CHANGE_INITIATOR],
                   [NO_FREEZE, NO_COLLISION, LEAD_TIME],
                   input=_TIMES),
        Transition("start_implementation",  ["scheduled"],          "implement",
                   [CHANGE_IMPLEMENTER],
                   [APPROVAL_VALID, INSIDE_WINDOW, NO_FREEZE, NO_COLLISION],
                   [effects.begin],
                   input=["implementer"]),
        Transition("complete_implementation", ["implement"],        "review",
                   [CHANGE_IMPLEMENTER, RESOLVER],
                   [RESULT_VERIFIED, OUTCOME_STATED],
                   [effects.complete],
                   input=["outcome", "verification_note", *_DEPLOYMENT]),
        Transition("start_backout",         ["implement"],          "backing_out",
                   [CHANGE_IMPLEMENTER, DUTY_MANAGER],
                   [],
                   [effects.start_backout_clock]),
        Transition("finish_backout",        ["backing_out"],        "review",
                   [CHANGE_IMPLEMENTER],
                   [RESULT_VERIFIED],
                   [effects.record_backout],
                   input=["verification_note", *_DEPLOYMENT]),
        Transition("declare_failed",        ["implement", "backing_out"], "failed",
                   [CHANGE_IMPLEMENTER, CHANGE_MANAGER, DUTY_MANAGER],
                   [],
                   [effects.record_failure, effects.incident_of_failure],
                   input=_DEPLOYMENT),
        Transition("recover",               ["failed"],             "review",
                   [CHANGE_MANAGER],
                   [FAILURE_CONTAINED],
                   [effects.record_recovery],
                   input=_DEPLOYMENT),
        Transition("close_change",          ["review"],             "closed",
                   [CHANGE_MANAGER],
                   [PIR_DONE, RECORDS_COMPLETE, CIS_UPDATED],
                   [settle_problems],
                   input=_REVIEW),
        Transition("reject_change",         ["assess", "authorize"], "rejected",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY, SYSTEM],
                   [REASON_GIVEN],
                   [effects.record_not_implemented, settle_problems]),
        Transition("cancel_change",         ["new", "assess", "authorize", "scheduled"], "cancelled",
                   [CHANGE_INITIATOR, CHANGE_MANAGER],
                   [REASON_GIVEN],
                   [effects.record_not_implemented, settle_problems]),

        # Decisions and confirmations that leave it where it is
        Transition("accept_short_notice",   ["assess", "authorize", "scheduled"], "same",
                   [CHANGE_MANAGER],
                   [IS_NORMAL, REASON_GIVEN],
                   [effects.accept_start]),
        Transition("request_exemption",     ["new", "assess", "authorize", "scheduled"], "same",
                   [CHANGE_INITIATOR, CHANGE_MANAGER],
                   [EXEMPTION_NEEDED, REASON_GIVEN],
                   asks=[FREEZE_EXEMPTION]),
        Transition("ask_ecab",              ["authorize", "scheduled", "implement", "backing_out", "failed", "review"],
                   "same",
                   [CHANGE_INITIATOR, CHANGE_MANAGER, DUTY_MANAGER],
                   [IS_EMERGENCY, ECAB_ENDED],
                   asks=[ECAB_APPROVAL],
                   title="Ask the emergency board again"),
        Transition("document_emergency",    ["implement", "backing_out", "failed", "review"], "same",
                   [CHANGE_INITIATOR, CHANGE_IMPLEMENTER, RESOLVER, CHANGE_MANAGER],
                   [IS_EMERGENCY],
                   input=[*_PLANS, *RISK_QUESTIONS, *_TIMES]),
        Transition("confirm_items",         ["review"],             "same",
                   [CONFIGURATION_MANAGER, CHANGE_IMPLEMENTER],
                   input=["confirmed_cis", "no_data_change"],
                   title="Confirm the records of its items"),
    ],
)
# fmt: on

#: Set by transitions and effects alone.
_RECORDED = (
    "short_notice",
    "short_notice_start",
    "passed_over",
    "initiator",
    "actual_start",
    "actual_end",
    "failed_at",
    "recovered_at",
    "backout_due",
    "outcome",
    "confirmed_cis",
    "no_data_change",
    "first_after_reinstatement",
)
_PATH = ("type", "model", "reason")
_JUSTIFICATION = ("emergency_justification", "verbal_authoriser")
#: What was authorised, and why.
_DECIDED = (*_PATH, "cis", *_TIMES, *_PLANS, *RISK_QUESTIONS, *_JUSTIFICATION, "collision_ack")
_EVERYTHING = tuple(
    name for name in ChangeFields.model_fields if name not in {each.field for each in COMPUTED}
)

FROZEN = {
    "new": _RECORDED,
    "assess": (*_RECORDED, "verbal_authoriser"),
    "authorize": (*_RECORDED, *_PATH, "verbal_authoriser"),
    "scheduled": (*_RECORDED, *_PATH, "verbal_authoriser", "cis", *_TIMES),
    "implement": (*_RECORDED, *_DECIDED),
    "backing_out": (*_RECORDED, *_DECIDED),
    "failed": (*_RECORDED, *_DECIDED),
    "review": (*_RECORDED, *_DECIDED, "implementer"),
    "closed": _EVERYTHING,
    "rejected": _EVERYTHING,
    "cancelled": _EVERYTHING,
}

CHANGE_TYPE = ItemType(
    CHANGE,
    "Change",
    description="Anything added, modified or removed that could affect a service",
    fields=ChangeFields,
    workflow=WORKFLOW,
    indexed=[
        "type", "reason", "model", "cis", "planned_start", "planned_end", "actual_end", "risk_class", "risk_score",
        "outcome", "implementer", "pir_required",
    ],
    frozen_in=FROZEN,
    computed=COMPUTED,
    approvals=[CHANGE_AUTHORISATION, ECAB_AUTHORISATION, EXEMPTION],
    duties=CHANGE_DUTIES,
    timers=[OVERRUN, BACKOUT_MAX, RETRO_DUE, PIR_DUE],
    calendar=CalendarEntry("planned_start", "planned_end", ("scheduled", "implement", "backing_out", "failed")),
    parents=[CONFIGURATION_ITEM],
    creators=[CHANGE_INITIATOR, RESOLVER, PROBLEM_MANAGER, CHANGE_MANAGER],
    editors=[
        CHANGE_INITIATOR,
        CHANGE_IMPLEMENTER,
        CHANGE_MANAGER,
        CONFIGURATION_MANAGER,
        DELEGATED_CHANGE_AUTHORITY,
        DUTY_MANAGER,
        PROBLEM_MANAGER,
        RESOLVER,
        SERVICE_OWNER,
    ],
)  # fmt: skip
