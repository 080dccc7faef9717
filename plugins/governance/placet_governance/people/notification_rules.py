"""The notification rules of communications, trainings and allocations, besides timers."""

from __future__ import annotations

from placet import NotificationRule
from placet_governance.ids import ALLOCATION, COMMUNICATION, TRAINING
from placet_governance.roles import RESOURCE_MANAGER, SENIOR_USER, TRAINING_LEAD

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("governance.message",            "A communication for you",          COMMUNICATION,
           ["state:sent", "timer:governance.ack_due"],
           ["named:readers"],
           "you are one of its readers; please confirm it where that is asked"),
    NotificationRule("governance.training_done",      "A training is done",               TRAINING,
           ["state:completed", "state:cancelled"],
           [TRAINING_LEAD, SENIOR_USER],
           "you answer for people who need it"),
    NotificationRule("governance.allocation_asked",   "Somebody's time is asked for",     ALLOCATION,
           ["create"],
           [RESOURCE_MANAGER],
           "you decide who works on what"),
    NotificationRule("governance.allocation_decided", "Your time was decided on",         ALLOCATION,
           ["state:confirmed", "state:released", "state:refused"],
           ["named:person", "create"],
           "it is your time, or you asked for it"),
)
# fmt: on
