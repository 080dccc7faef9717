"""The notification rules of risks and lessons, besides timers."""

from __future__ import annotations

from placet import NotificationRule
from placet_governance.ids import LESSON, RISK
from placet_governance.roles import BUSINESS_LAYER, EXECUTIVE, LESSONS_OWNER, PROCESS_OWNER, PROJECT_MANAGER

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("governance.risk_yours",      "A risk is yours",              RISK,
           ["named:owner", "named:action_owner", "timer:governance.risk_review"],
           ["named:owner", "named:action_owner"],
           "you answer for it, or act on it"),
    NotificationRule("governance.risk_occurred",   "A risk has come true",         RISK,
           ["state:occurred"],
           [EXECUTIVE, BUSINESS_LAYER, PROJECT_MANAGER],
           "you decide on what follows"),
    NotificationRule("governance.lesson_logged",   "Somebody has learned something", LESSON,
           ["create"],
           [LESSONS_OWNER],
           "you manage lessons"),
    NotificationRule("governance.lesson_validated", "A lesson for you",            LESSON,
           ["state:validated"],
           [PROJECT_MANAGER, PROCESS_OWNER],
           "you can put it into practice"),
)
# fmt: on
