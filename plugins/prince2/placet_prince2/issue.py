"""An issue: something that happened, was not planned, and has to be treated or decided.

Who decides follows from its impact, and is computed:

    business layer      it takes the project out of tolerance
    executive           it takes a stage out of tolerance, changes a baseline of the whole project, costs more than the
                        limit of the change authority or than is left of the change budget, or nobody is that authority
    change authority    it changes a baseline, or the change budget pays for it
    project manager     everything else

Source: PRINCE2 7, practice Issues.
"""

from __future__ import annotations

from placet import (
    SYSTEM,
    CheckContext,
    ItemType,
    Span,
    State,
    Threshold,
    Timer,
    Transition,
    Until,
    Workflow,
    business,
)
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.ids import ISSUE, PROJECT, STAGE, WORK_PACKAGE
from placet_prince2.issues import effects
from placet_prince2.issues.computed import AUTHORITY as COMPUTED_AUTHORITY
from placet_prince2.issues.effects import decided
from placet_prince2.issues.fields import IMPACT, RECORDED, IssueDecision, IssueFields
from placet_prince2.issues.gates import (
    AUTHORITY,
    BUDGET_LEFT,
    CLASSIFIED,
    CONCESSION_VALID,
    DEFER_DATE,
    EXCEPTION_NEEDED,
    IMPACT_COMPLETE,
    IMPLEMENTED,
    KIND_KEPT,
    MINOR,
)
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import CHANGE_AUTHORITY, EXECUTIVE, PROJECT_MANAGER, PROJECT_SUPPORT

_DECIDERS = [PROJECT_MANAGER, CHANGE_AUTHORITY, EXECUTIVE, BUSINESS_LAYER]

# fmt: off
WORKFLOW = Workflow(
    ISSUE,
    states=[
        #     id              title           category
        State("captured",     "Captured",     "todo",    "Recorded"),
        State("assessing",    "Assessing",    "active",  "Its impact is analyzed"),
        State("recommended",  "Recommended",  "waiting", "It waits for who has to decide"),
        State("deferred",     "Deferred",     "waiting", "The decision is put off to a day"),
        State("escalated",    "Escalated",    "waiting", "The board has asked for an exception plan"),
        State("implementing", "Implementing", "active",  "Approved, and being done"),
        State("closed",       "Closed",       "done",    "Done, conceded, or in no need of action"),
        State("rejected",     "Rejected",     "done",    "Not approved"),
    ],
    transitions=[
        #          name                    from                        to              who may
        Transition("assess",               ["captured"],               "assessing",
                                                                [PROJECT_MANAGER, PROJECT_SUPPORT],
                   gates=[CLASSIFIED],
                   input=["severity", "priority"]),
        Transition("handle_informally",    ["captured"],               "closed",       [PROJECT_MANAGER],
                   gates=[MINOR, REASON_GIVEN],
                   effects=[effects.note_in_daily_log],
                   input=["severity", "priority"]),
        Transition("recommend",            ["assessing"],              "recommended",  [PROJECT_MANAGER],
                   gates=[IMPACT_COMPLETE],
                   input=IMPACT[2:]),
        Transition("approve_issue",        ["recommended"],            "implementing", _DECIDERS,
                   gates=[AUTHORITY, BUDGET_LEFT],
                   effects=[decided(IssueDecision.APPROVE), effects.spend_change_budget]),
        Transition("reject_issue",         ["recommended", "deferred"], "rejected",    _DECIDERS,
                   gates=[AUTHORITY, REASON_GIVEN],
                   effects=[decided(IssueDecision.REJECT)]),
        Transition("grant_concession",     ["recommended"],            "closed",       [CHANGE_AUTHORITY, EXECUTIVE],
                   gates=[AUTHORITY, CONCESSION_VALID],
                   effects=[decided(IssueDecision.CONCESSION), effects.grant_concession]),
        Transition("request_information",  ["recommended"],            "assessing",
                                                                [CHANGE_AUTHORITY, EXECUTIVE, BUSINESS_LAYER],
                   gates=[REASON_GIVEN],
                   effects=[decided(IssueDecision.MORE_INFORMATION)]),
        Transition("defer",                ["recommended"],            "deferred",     [CHANGE_AUTHORITY, EXECUTIVE],
                   gates=[AUTHORITY, DEFER_DATE],
                   effects=[decided(IssueDecision.DEFER)],
                   input=["defer_until"]),
        Transition("resume_decision",      ["deferred"],               "recommended",  [PROJECT_MANAGER, SYSTEM]),
        Transition("request_exception_plan", ["recommended"],          "escalated",    [EXECUTIVE],
                   gates=[EXCEPTION_NEEDED],
                   effects=[decided(IssueDecision.EXCEPTION_PLAN), effects.ask_for_plan]),
        Transition("exception_decided",    ["escalated"],              "recommended",  [SYSTEM]),
        Transition("close_issue",          ["implementing"],           "closed",       [PROJECT_MANAGER],
                   gates=[IMPLEMENTED]),
    ],
)
# fmt: on


def triage(ctx: CheckContext) -> Span:
    """Setting: `issue_triage_days`, business days."""
    return business(days=ctx.settings.issue_triage_days)


TRIAGE_DUE = Timer(
    "prince2.issue_triage_due",
    "Classification of the issue",
    starts=("create",),
    stops=("assess", "handle_informally"),
    target=triage,
    thresholds=(Threshold(100, notifies=(PROJECT_MANAGER.id,)),),
)
DECISION_DUE = Timer(
    "prince2.issue_decision_due",
    "Decision on the issue",
    starts=(),
    stops=(),
    states=("recommended", "escalated"),
    target=business(days=5),
    # Who is notified follows from who has to decide: see the notification rules.
    thresholds=(Threshold(100),),
)
DEFERRED_UNTIL = Timer(
    "prince2.deferred_until",
    "Day of the decision",
    starts=("defer",),
    stops=("resume_decision", "reject_issue"),
    target=Until("defer_until"),
    thresholds=(Threshold(100, fires="resume_decision", notifies=(PROJECT_MANAGER.id,)),),
)

_COMPUTED = (*PLACE, *COMPUTED_AUTHORITY)
_EVERYTHING = tuple(
    name for name in IssueFields.model_fields if name not in {each.field for each in _COMPUTED}
)

ISSUE_TYPE = ItemType(
    ISSUE,
    "Issue",
    description="Something that happened, was not planned, and has to be treated or decided",
    fields=IssueFields,
    workflow=WORKFLOW,
    indexed=["project", "kind", "severity", "priority", "required_authority", "decided_at"],
    frozen_in={
        "captured": RECORDED,
        "assessing": (*RECORDED, "kind"),
        "recommended": (*RECORDED, *IMPACT, "kind"),
        "deferred": (*RECORDED, *IMPACT, "kind"),
        "escalated": (*RECORDED, *IMPACT, "kind"),
        "implementing": (*RECORDED, *IMPACT, "kind", "description"),
        "closed": _EVERYTHING,
        "rejected": _EVERYTHING,
    },
    computed=_COMPUTED,
    timers=[TRIAGE_DUE, DECISION_DUE, DEFERRED_UNTIL],
    # Teams raise issues on their own packages, which is all that they see.
    parents=[PROJECT, STAGE, WORK_PACKAGE],
    editors=[PROJECT_MANAGER, PROJECT_SUPPORT],
    creation=[PLACE_OPEN],
    editing=[KIND_KEPT],
)
