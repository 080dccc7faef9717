"""The notification rules of incidents, besides timers.

Source: ITIL 4, practice Incident management: users are kept informed, and management is notified of what is major.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_itil_change.ids import INCIDENT
from placet_itil_change.roles import (
    INCIDENT_MANAGER,
    IT_DIRECTOR,
    MAJOR_INCIDENT_MANAGER,
    RESOLVER,
    SERVICE_DESK_ANALYST,
    SERVICE_OWNER,
)

_USER, _ASSIGNEE = ("create", "named:requester"), "named:assignee"

# fmt: off
NOTIFICATION_RULES = (
    #      id                           title                                        about
    #      on
    #      to
    #      you get this because
    NotificationRule("itil.incident_recorded",    "An incident came in",                       INCIDENT,
           ["create"],
           [SERVICE_DESK_ANALYST],
           "you triage incidents"),
    NotificationRule("itil.incident_assigned",    "An incident is yours",                      INCIDENT,
           ["named:assignee"],
           [_ASSIGNEE],
           "it was assigned to you"),
    NotificationRule("itil.incident_handed_up",   "An incident needs the next level",          INCIDENT,
           ["transition:escalate_functional"],
           [RESOLVER, INCIDENT_MANAGER],
           "you resolve incidents, or are responsible for their resolution"),
    NotificationRule("itil.incident_escalated",   "An incident needs your attention",          INCIDENT,
           ["transition:escalate_hierarchical"],
           [SERVICE_OWNER, IT_DIRECTOR],
           "it was escalated to management"),
    NotificationRule("itil.major_incident",       "A major incident",                          INCIDENT,
           ["transition:declare_major", "transition:stand_down_major"],
           [MAJOR_INCIDENT_MANAGER, SERVICE_OWNER, IT_DIRECTOR],
           "you answer for services or for major incidents"),
    NotificationRule("itil.major_incident_update", "An update on a major incident",            INCIDENT,
           ["transition:post_update"],
           [SERVICE_OWNER, IT_DIRECTOR, SERVICE_DESK_ANALYST, *_USER],
           "it affects you, or you inform the people affected"),
    NotificationRule("itil.incident_waits",       "Somebody waits for your answer",            INCIDENT,
           ["timer:itil.user_reminder"],
           [*_USER],
           "the work on your incident goes on when you have answered"),
    NotificationRule("itil.incident_unanswered",  "A user does not answer: resolve it?",       INCIDENT,
           ["timer:itil.user_silent"],
           [_ASSIGNEE, *_USER],
           "your incident waits for an answer and can be resolved without"),
    NotificationRule("itil.incident_goes_on",     "An incident goes on",                       INCIDENT,
           ["timer:itil.pending_over", "timer:itil.pending_review"],
           [_ASSIGNEE],
           "you work on it, and it waited"),
    NotificationRule("itil.incident_resolved",    "An incident is resolved: is it?",           INCIDENT,
           ["state:resolved"],
           [*_USER],
           "it is yours, and you can say whether it works"),
    NotificationRule("itil.incident_reopened",    "An incident is open again",                 INCIDENT,
           ["transition:reopen"],
           [_ASSIGNEE, INCIDENT_MANAGER],
           "you worked on it, or are responsible for its resolution"),
    NotificationRule("itil.incident_closed",      "An incident is closed",                     INCIDENT,
           ["state:closed", "state:cancelled"],
           [*_USER],
           "it is yours, and you can rate the service"),
)
# fmt: on
