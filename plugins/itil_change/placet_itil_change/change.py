"""A change, from its first description to its review: normal, standard and emergency.

Source: ITIL 4, practice Change enablement; the states are those of common tools. Our choices are noted at the lane that
they are about. The field `cis` has the items that a change touches; links do not list them a second time.
"""

from __future__ import annotations

# isort: off
# fmt: off
# One imported name on each line would push the table off the first page.
from placet import SYSTEM, Ballot, CalendarEntry, ItemType, Panel, Quorum, State, Transition, Workflow
from placet_itil_change.changes import effects
from placet_itil_change.changes.approvals import (
    CHANGE_DUTIES, ECAB_APPROVALS, EXEMPTION, Authority, change_authorization, emergency_authorization,
)
from placet_itil_change.changes.computed import COMPUTED, RISK_QUESTIONS
from placet_itil_change.changes.confirmations import CHANGE_CONFIRMATIONS
from placet_itil_change.changes.fields import DEPLOYMENT, PLANS, REAL, REVIEW, TIMES, ChangeFields
from placet_itil_change.changes.gates import (
    APPROVAL_VALID, AUTHORITY_GRANTED, CHANGE_DESCRIBED, CIS_UPDATED, ECAB_ENDED, ECAB_GRANTED, EMERGENCY_JUSTIFIED,
    EXEMPTION_NEEDED, FAILURE_CONTAINED, IMPLEMENTER_ABLE, INSIDE_WINDOW, IS_EMERGENCY, IS_NORMAL, LEAD_TIME,
    MODEL_USABLE, NO_COLLISION, NO_FREEZE, OUTCOME_STATED, PIR_DONE, PLANS_COMPLETE, REAL_TIMES, RECORDS_COMPLETE,
    RESULT_VERIFIED, RISK_SCORED, TESTED, VERBAL_ALLOWED,
)
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.changes.timers import (
    AUTHORIZATION_DUE, BACKOUT_MAX, ECAB_PAGE, EXEMPTION_DUE, MISSED, OVERRUN, PIR_DUE, RETRO_DUE,
)
from placet_itil_change.ids import (
    CHANGE, CHANGE_APPROVAL, CONFIGURATION_ITEM, ECAB_APPROVAL, FREEZE_EXEMPTION, SPOKEN_AUTHORIZATION,
)
from placet_itil_change.problems.effects import settle_problems
from placet_itil_change.reasons import REASON_GIVEN
from placet_itil_change.roles import (
    CAB_MEMBER, CHANGE_IMPLEMENTER, CHANGE_INITIATOR, CHANGE_MANAGER, CONFIGURATION_MANAGER, DELEGATED_CHANGE_AUTHORITY,
    DUTY_MANAGER, ECAB_MEMBER, IT_DIRECTOR, PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER,
)

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
        State("rejected",    "Rejected",                  "cancelled", "Not authorized, and so not done"),
        State("cancelled",   "Cancelled",                 "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name                       from                      to
        #          who may

        # Normal: assessed, then authorized by the vote of its change authority (the table below), then scheduled
        Transition("submit",                  ["new"],                  "assess",
                   [CHANGE_INITIATOR, RESOLVER, PROBLEM_MANAGER],
                   gates=[CHANGE_DESCRIBED, IS_NORMAL]),
        Transition("request_authorization",   ["assess"],               "authorize",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY],
                   gates=[RISK_SCORED, PLANS_COMPLETE, TESTED, IMPLEMENTER_ABLE],
                   asks=[CHANGE_APPROVAL]),
        Transition("authorize_change",        ["authorize"],            "scheduled",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY, SYSTEM],
                   gates=[IS_NORMAL, AUTHORITY_GRANTED, LEAD_TIME, NO_FREEZE, NO_COLLISION],
                   title="Schedule"),
        Transition("accept_short_notice",     ["assess", "authorize", "scheduled"], "same",
                   [CHANGE_MANAGER],
                   gates=[IS_NORMAL, REASON_GIVEN],
                   effects=[effects.accept_start],
                   decides=True),

        # Standard: authorized once and in advance, by its model
        Transition("schedule_standard",       ["new"],                  "scheduled",
                   [CHANGE_INITIATOR, CHANGE_IMPLEMENTER],
                   gates=[MODEL_USABLE, CHANGE_DESCRIBED, NO_FREEZE, NO_COLLISION],
                   effects=[effects.take_plans_of_model],
                   input=["model", *TIMES],
                   title="Schedule by its model"),

        # Emergency: raised from an incident P1 or P2, or for security; only for a P1 may work begin on a spoken
        # authorization, which its giver confirms. The vote of the board lapses after a day, so it can be asked again.
        # Plans are frozen once work has begun, so documenting an emergency afterwards has a transition of its own
        Transition("expedite",                ["new"],                  "authorize",
                   [CHANGE_INITIATOR, CHANGE_MANAGER, RESOLVER],
                   gates=[CHANGE_DESCRIBED, EMERGENCY_JUSTIFIED, IMPLEMENTER_ABLE],
                   effects=[effects.start_for_incident],
                   input=["emergency_justification"],
                   asks=[ECAB_APPROVAL]),
        Transition("authorize_emergency",     ["authorize"],            "scheduled",
                   [CHANGE_MANAGER, DUTY_MANAGER, SYSTEM],
                   gates=[ECAB_GRANTED, NO_FREEZE],
                   effects=[effects.report_passed_over],
                   title="Schedule the emergency"),
        Transition("implement_on_verbal",     ["new"],                  "implement",
                   [CHANGE_IMPLEMENTER, RESOLVER],
                   gates=[CHANGE_DESCRIBED, VERBAL_ALLOWED, EMERGENCY_JUSTIFIED, IMPLEMENTER_ABLE],
                   effects=[effects.start_for_incident, effects.begin, effects.report_passed_over],
                   input=["verbal_authorizer", "emergency_justification"],
                   asks=[ECAB_APPROVAL, SPOKEN_AUTHORIZATION],
                   title="Implement on a spoken authorization"),
        Transition("ask_ecab",
                   ["authorize", "scheduled", "implement", "backing_out", "failed", "review"], "same",
                   [CHANGE_INITIATOR, CHANGE_MANAGER, DUTY_MANAGER],
                   gates=[IS_EMERGENCY, ECAB_ENDED],
                   effects=[effects.start_for_incident],
                   asks=[ECAB_APPROVAL],
                   title="Ask the emergency board again"),
        Transition("document_emergency",      ["implement", "backing_out", "failed", "review"], "same",
                   [CHANGE_INITIATOR, CHANGE_IMPLEMENTER, RESOLVER, CHANGE_MANAGER],
                   gates=[IS_EMERGENCY, REAL_TIMES],
                   input=[*PLANS, *RISK_QUESTIONS, *TIMES, *REAL]),

        # For all types, on the way: the slot was checked for its items and times, so only these two change them
        Transition("reschedule",              ["scheduled"],            "same",
                   [CHANGE_MANAGER, CHANGE_INITIATOR],
                   gates=[NO_FREEZE, NO_COLLISION, LEAD_TIME],
                   effects=[effects.clear_hold],
                   input=TIMES),
        Transition("send_back",               ["assess", "authorize", "scheduled"], "new",
                   [CHANGE_MANAGER, SYSTEM],
                   gates=[REASON_GIVEN],
                   voids=[CHANGE_APPROVAL, ECAB_APPROVAL, FREEZE_EXEMPTION]),
        Transition("request_exemption",       ["new", "assess", "authorize", "scheduled"], "same",
                   [CHANGE_INITIATOR, CHANGE_MANAGER],
                   gates=[EXEMPTION_NEEDED, REASON_GIVEN],
                   asks=[FREEZE_EXEMPTION]),

        # Doing: it ends done, backed out, or failed; the damage of a failed one is an incident that has to be resolved
        Transition("start_implementation",    ["scheduled"],            "implement",
                   [CHANGE_IMPLEMENTER],
                   gates=[APPROVAL_VALID, INSIDE_WINDOW, NO_FREEZE, NO_COLLISION],
                   effects=[effects.begin],
                   input=["implementer"]),
        Transition("complete_implementation", ["implement"],            "review",
                   [CHANGE_IMPLEMENTER, RESOLVER],
                   gates=[RESULT_VERIFIED, OUTCOME_STATED],
                   effects=[effects.complete],
                   input=["outcome", "verification_note", *DEPLOYMENT]),
        Transition("start_backout",           ["implement"],            "backing_out",
                   [CHANGE_IMPLEMENTER, DUTY_MANAGER],
                   effects=[effects.start_backout_timer],
                   title="Start back-out"),
        Transition("finish_backout",          ["backing_out"],          "review",
                   [CHANGE_IMPLEMENTER],
                   gates=[RESULT_VERIFIED],
                   effects=[effects.record_backout],
                   input=["verification_note", *DEPLOYMENT],
                   title="Finish back-out"),
        Transition("declare_failed",          ["implement", "backing_out"], "failed",
                   [CHANGE_IMPLEMENTER, CHANGE_MANAGER, DUTY_MANAGER],
                   effects=[effects.record_failure, effects.incident_of_failure],
                   input=DEPLOYMENT),
        Transition("recover",                 ["failed"],               "review",
                   [CHANGE_MANAGER],
                   gates=[FAILURE_CONTAINED],
                   effects=[effects.record_recovery],
                   input=DEPLOYMENT,
                   title="Record recovery"),

        # Closing: reviewed and closed, or never done
        Transition("confirm_items",           ["review"],               "same",
                   [CONFIGURATION_MANAGER, CHANGE_IMPLEMENTER],
                   input=["confirmed_cis", "no_data_change"],
                   title="Confirm the records of its items",
                   decides=True),
        Transition("close_change",            ["review"],               "closed",
                   [CHANGE_MANAGER],
                   gates=[PIR_DONE, RECORDS_COMPLETE, CIS_UPDATED],
                   effects=[effects.items_go_live, settle_problems],
                   input=REVIEW),
        Transition("reject_change",           ["assess", "authorize"],  "rejected",
                   [CHANGE_MANAGER, DELEGATED_CHANGE_AUTHORITY, SYSTEM],
                   gates=[REASON_GIVEN],
                   effects=[effects.record_not_implemented, settle_problems]),
        Transition("cancel_change",           ["new", "assess", "authorize", "scheduled"], "cancelled",
                   [CHANGE_INITIATOR, CHANGE_MANAGER],
                   gates=[REASON_GIVEN],
                   effects=[effects.record_not_implemented, settle_problems]),
    ],
)

#: Who authorizes a normal change. If a class of risk has two lines, both have to agree.
CHANGE_AUTHORITY = (
    #         class of risk        who                         quorum
    Authority(RiskClass.LOW,       DELEGATED_CHANGE_AUTHORITY, Quorum.any()),
    Authority(RiskClass.MEDIUM,    CHANGE_MANAGER,             Quorum.any()),
    Authority(RiskClass.HIGH,      CAB_MEMBER,                 Quorum.majority(minimum_votes=3), owners_veto=True),
    Authority(RiskClass.VERY_HIGH, CAB_MEMBER,                 Quorum.majority(minimum_votes=3), owners_veto=True),
    Authority(RiskClass.VERY_HIGH, IT_DIRECTOR,                Quorum.any()),
)
#: Who authorizes an emergency: two of the board, one of whom answers for changes.
EMERGENCY_AUTHORITY = Panel(
    Ballot([ECAB_MEMBER, CHANGE_MANAGER, DUTY_MANAGER], Quorum.n(ECAB_APPROVALS),
           including=[CHANGE_MANAGER, DUTY_MANAGER]),
)
# fmt: on
# isort: on

#: Set by transitions and effects alone.
_RECORDED = (
    "short_notice",
    "short_notice_start",
    "short_notice_class",
    "passed_over",
    "held_up_by",
    "bypassed_by",
    "initiator",
    "started_for",
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
_JUSTIFICATION = ("emergency_justification", "verbal_authorizer")
#: The authorized content.
_DECIDED = (*_PATH, "cis", *TIMES, *PLANS, *RISK_QUESTIONS, *_JUSTIFICATION, "collision_ack")
_EVERYTHING = tuple(
    name for name in ChangeFields.model_fields if name not in {each.field for each in COMPUTED}
)

#: By state, the fields that cannot be edited in it.
FROZEN = {
    "new": _RECORDED,
    # The type is the way that it goes: another one is taken from the start, after it was sent back.
    "assess": (*_RECORDED, "type", "verbal_authorizer"),
    "authorize": (*_RECORDED, *_PATH, "verbal_authorizer"),
    "scheduled": (*_RECORDED, *_PATH, "verbal_authorizer", "cis", *TIMES),
    "implement": (*_RECORDED, *_DECIDED),
    "backing_out": (*_RECORDED, *_DECIDED),
    "failed": (*_RECORDED, *_DECIDED),
    "review": (*_RECORDED, *_DECIDED, "implementer"),
    "closed": _EVERYTHING,
    "rejected": _EVERYTHING,
    "cancelled": _EVERYTHING,
}
_SLOT = {"scheduled": "its slot was checked for its items and times"}
_BEGUN = dict.fromkeys(("implement", "backing_out", "failed", "review"), "the work was begun with this")
#: By field, and state where it depends on that, why it cannot be edited then, as a refusal says it.
FROZEN_BECAUSE: dict[str, str | dict[str, str]] = {
    **dict.fromkeys(_RECORDED, "only transitions record this"),
    **dict.fromkeys(_DECIDED, _BEGUN),
    "type": "each type is authorized in its own way",
    **dict.fromkeys(("cis", *TIMES), _SLOT | _BEGUN),
}

CHANGE_TYPE = ItemType(
    CHANGE,
    "Change",
    description="Anything added, modified or removed that could affect a service",
    fields=ChangeFields,
    workflow=WORKFLOW,
    indexed=[
        "type", "reason", "model", "cis", "planned_start", "planned_end", "actual_end", "risk_class", "risk_score",
        "outcome", "implementer", "pir_required", "unauthorized",
    ],
    frozen_in=FROZEN,
    frozen_because=FROZEN_BECAUSE,
    computed=COMPUTED,
    approvals=[
        change_authorization(CHANGE_AUTHORITY),
        emergency_authorization(EMERGENCY_AUTHORITY),
        EXEMPTION,
    ],
    confirmations=CHANGE_CONFIRMATIONS,
    duties=CHANGE_DUTIES,
    timers=[AUTHORIZATION_DUE, EXEMPTION_DUE, ECAB_PAGE, MISSED, OVERRUN, BACKOUT_MAX, RETRO_DUE, PIR_DUE],
    calendar=CalendarEntry("planned_start", "planned_end", ("scheduled", "implement", "backing_out", "failed")),
    parents=[CONFIGURATION_ITEM],
    creators=[CHANGE_INITIATOR, RESOLVER, PROBLEM_MANAGER, CHANGE_MANAGER],
    editors=[
        CHANGE_INITIATOR, CHANGE_IMPLEMENTER, CHANGE_MANAGER, CONFIGURATION_MANAGER, DELEGATED_CHANGE_AUTHORITY,
        DUTY_MANAGER, PROBLEM_MANAGER, RESOLVER, SERVICE_OWNER,
    ],
)  # fmt: skip
