"""The notification rules of projects, besides requests for votes, help or confirmations.

Source: PRINCE2 7, process Directing a project: those who decide are notified as soon as there is something to decide.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.ids import EXCEPTION, ISSUE, PROJECT, REPORT, STAGE, WORK_PACKAGE
from placet_prince2.roles import (
    BOARD,
    CHANGE_AUTHORITY,
    EXECUTIVE,
    PROJECT_ASSURANCE,
    PROJECT_MANAGER,
    PROJECT_SUPPORT,
    TEAM_MANAGER,
)

# fmt: off
NOTIFICATION_RULES = (
    #                id                             title                                          about
    #      on
    #      to
    #      you get this because
    NotificationRule("prince2.stage_to_authorize", "A stage waits for its authorization",         STAGE,
           ["state:awaiting_authorization"],
           [*BOARD, PROJECT_ASSURANCE],
           "you direct the project or assure it: decide on the plan of the stage"),
    NotificationRule("prince2.stage_authorized",   "A stage was authorized, or sent back",        STAGE,
           ["transition:authorize_stage", "transition:return_plan", "transition:resume",
            "transition:adopt_exception_plan", "state:terminated"],
           [PROJECT_MANAGER],
           "you manage the project"),
    NotificationRule("prince2.exception_raised",   "A forecast is outside its tolerance",         EXCEPTION,
           ["create", "named:breaches", "transition:ask_information", "transition:request_plan",
            "transition:return_plan"],
           [PROJECT_MANAGER, EXECUTIVE],
           "you manage or direct the project: report the exception, with options"),
    NotificationRule("prince2.exception_reported", "An exception waits for its decision",         EXCEPTION,
           ["state:reported", "state:plan_submitted"],
           [EXECUTIVE, BUSINESS_LAYER],
           "you decide what is outside tolerance"),
    NotificationRule("prince2.exception_answered", "An exception was decided on",                 EXCEPTION,
           ["state:resolved", "state:withdrawn"],
           [PROJECT_MANAGER, *BOARD],
           "you manage or direct the project"),
    NotificationRule("prince2.project_closing",    "A project is to be closed",                   PROJECT,
           ["state:closing"],
           [*BOARD, BUSINESS_LAYER],
           "you authorize its closure, or commissioned it"),
    NotificationRule("prince2.project_over",       "A project has ended",                         PROJECT,
           ["state:closed", "state:closed_prematurely", "state:rejected"],
           [*BOARD, PROJECT_MANAGER, BUSINESS_LAYER, PROJECT_ASSURANCE, CHANGE_AUTHORITY, PROJECT_SUPPORT],
           "you had a part in the project"),
    NotificationRule("prince2.project_moved",      "A project was authorized, or is in exception", PROJECT,
           ["state:initiating", "state:delivering", "state:in_exception"],
           [PROJECT_MANAGER, BUSINESS_LAYER],
           "you manage the project, or commissioned it"),
    NotificationRule("prince2.package_moved",      "A work package was offered, returned or withdrawn", WORK_PACKAGE,
           ["state:offered", "transition:return_work", "state:cancelled", "state:received"],
           [TEAM_MANAGER],
           "you manage the team"),
    NotificationRule("prince2.package_answered",   "A team has answered",                         WORK_PACKAGE,
           ["transition:decline", "state:accepted", "state:delivered"],
           [PROJECT_MANAGER],
           "you manage the project"),
    NotificationRule("prince2.issue_to_decide",    "An issue waits for its decision",             ISSUE,
           ["state:recommended", "timer:prince2.issue_decision_due"],
           ["roles:deciding"],
           "you decide on it, by its impact"),
    NotificationRule("prince2.issue_decided",      "An issue was decided on",                     ISSUE,
           ["state:implementing", "state:rejected", "state:deferred", "state:closed"],
           ["create", PROJECT_MANAGER],
           "you raised the issue, or manage the project"),
    NotificationRule("prince2.report_issued",      "A report was issued",                         REPORT,
           ["state:issued"],
           [*BOARD, PROJECT_MANAGER],
           "you read the reports of the project"),
)
# fmt: on
