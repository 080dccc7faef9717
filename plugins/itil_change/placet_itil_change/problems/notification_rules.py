"""The notification rules of problems, besides timers.

Source: ITIL 4, practice Problem management: known errors are made known to those who can use them.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_itil_change.ids import PROBLEM
from placet_itil_change.roles import PROBLEM_MANAGER, RESOLVER, SERVICE_DESK_ANALYST, SERVICE_OWNER

# fmt: off
NOTIFICATION_RULES = (
    #      id                        title                              about
    #      on
    #      to
    #      you get this because
    NotificationRule("itil.problem_recorded",  "A problem was recorded",          PROBLEM,
           ["create"],
           [PROBLEM_MANAGER],
           "you manage problems"),
    NotificationRule("itil.known_error",       "A known error",                   PROBLEM,
           ["state:known_error"],
           [SERVICE_DESK_ANALYST, RESOLVER],
           "you can help users with its workaround"),
    NotificationRule("itil.fix_ended",         "The fix of a problem has ended",  PROBLEM,
           ["transition:fix_done", "transition:fix_failed"],
           [PROBLEM_MANAGER],
           "you manage problems"),
    NotificationRule("itil.problem_recurs",    "A problem came up again",         PROBLEM,
           ["transition:recur"],
           [PROBLEM_MANAGER, RESOLVER],
           "its fix did not work"),
    NotificationRule("itil.error_accepted",    "A known error is accepted",       PROBLEM,
           ["state:accepted"],
           [SERVICE_OWNER, SERVICE_DESK_ANALYST],
           "you answer for the service, or to its users"),
)
# fmt: on
