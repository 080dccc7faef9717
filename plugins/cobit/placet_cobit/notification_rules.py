"""The notification rules of assurance, besides timers."""

from __future__ import annotations

from placet import NotificationRule
from placet_cobit.ids import ACCEPTANCE, ACCEPTANCE_APPROVAL, ASSESSMENT, FINDING, MONITOR, RATING, REMEDIATION
from placet_cobit.roles import (
    CIO,
    CONTROL_OWNER,
    CONTROL_REVIEWER,
    CONTROL_TESTER,
    FINDING_OWNER,
    GOVERNANCE_BOARD,
    INTERNAL_AUDITOR,
)

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("cobit.evidence_asked",       "Evidence is asked for",            ASSESSMENT,
           ["transition:request_evidence"],
           ["named:control_performer"],
           "you operate the control that is tested"),
    NotificationRule("cobit.assessment_submitted", "An assessment waits for review",   ASSESSMENT,
           ["state:under_review"],
           [CONTROL_REVIEWER],
           "you conclude on it"),
    NotificationRule("cobit.assessment_concluded", "A control was assessed",           ASSESSMENT,
           ["state:concluded"],
           ["named:control_owner", "named:control_performer"],
           "you own or operate the control"),
    NotificationRule("cobit.finding_raised",       "A finding was raised",             FINDING,
           ["create", "named:owner"],
           ["named:owner", INTERNAL_AUDITOR],
           "you answer for it, or audit"),
    NotificationRule("cobit.finding_disputed",     "A finding is disputed",            FINDING,
           ["state:disputed"],
           [CONTROL_REVIEWER],
           "you settle it within the time that is set"),
    NotificationRule("cobit.finding_fixed",        "A finding is ready for its retest", FINDING,
           ["state:ready_for_retest"],
           [CONTROL_TESTER, INTERNAL_AUDITOR],
           "you retest and close it"),
    NotificationRule("cobit.finding_due_again",    "A risk is not accepted any more",  FINDING,
           ["transition:return_from_acceptance"],
           ["named:owner"],
           "the finding is due in two weeks"),
    NotificationRule("cobit.action_yours",         "An action is yours",               REMEDIATION,
           ["named:assignee", "create"],
           ["named:assignee"],
           "you do it"),
    NotificationRule("cobit.acceptance_asked",     "An acceptance is asked for",       ACCEPTANCE,
           ["state:requested"],
           [f"asked:{ACCEPTANCE_APPROVAL}"],
           "its severity makes it yours to decide"),
    NotificationRule("cobit.rating_submitted",     "A capability waits for review",    RATING,
           ["state:in_review"],
           [CIO, GOVERNANCE_BOARD, INTERNAL_AUDITOR],
           "you compare it with others, or approve it"),
    NotificationRule("cobit.acceptance_decided",   "An acceptance was decided",        ACCEPTANCE,
           ["state:approved", "state:refused", "state:revoked", "state:expired"],
           ["create", "named:owned_by"],
           "you asked for it, or own what it is about"),
    NotificationRule("cobit.monitor_light",        "The light of a monitor changed",   MONITOR,
           ["named:light"],
           [CONTROL_OWNER, CONTROL_TESTER, FINDING_OWNER],
           "you own or test controls, or remedy what they find"),
)
# fmt: on
