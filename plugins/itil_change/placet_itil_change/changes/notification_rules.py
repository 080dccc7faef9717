"""The notification rules of changes and models, besides requests for votes, help or reviews.

Source: ITIL 4, practice Change enablement: the schedule is communicated, and failures and bypassed rules are reported.
Timers name in their thresholds whom they notify. Our choice: the initiator of a change is notified of decisions about
it, and not of every step.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_itil_change.ids import CHANGE, CHANGE_MODEL
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_MANAGER,
    DUTY_MANAGER,
    IT_DIRECTOR,
    SERVICE_OWNER,
)

#: Of a change that a rule has made for somebody, that person is the initiator.
_DESCRIBER, _NAMED = ("create", "named:initiator"), "named:implementer"

# fmt: off
NOTIFICATION_RULES = (
    #      id                         title                                about
    #      on
    #      to
    #      you get this because
    NotificationRule("itil.change_scheduled",   "A change is on the schedule",       CHANGE,
           ["state:scheduled", "transition:reschedule"],
           [CHANGE_IMPLEMENTER, _NAMED],
           "you implement changes"),
    NotificationRule("itil.change_decided",     "A change was decided on",           CHANGE,
           ["state:scheduled", "state:rejected", "transition:send_back", "transition:reschedule"],
           [*_DESCRIBER],
           "you described the change"),
    NotificationRule("itil.change_held_up",     "A window holds a change up",        CHANGE,
           ["named:held_up_by"],
           [*_DESCRIBER, _NAMED, CHANGE_IMPLEMENTER, CHANGE_MANAGER],
           "a freeze or a blackout was declared over it: reschedule it, or request an exemption"),
    NotificationRule("itil.change_bypassed",    "An emergency collides with a change", CHANGE,
           ["named:bypassed_by"],
           [*_DESCRIBER, _NAMED, CHANGE_MANAGER],
           "it is done on the same items at the time of your change: look whether that can go on as planned"),
    NotificationRule("itil.change_not_started", "A change missed its time",          CHANGE,
           ["timer:itil.change_missed"],
           [*_DESCRIBER, _NAMED],
           "you described it, or were to implement it: reschedule it, send it back or cancel it"),
    NotificationRule("itil.change_withdrawn",   "A change was withdrawn",            CHANGE,
           ["transition:send_back", "transition:cancel_change"],
           [_NAMED],
           "you were to implement it"),
    NotificationRule("itil.emergency",          "An emergency bypasses the rules",  CHANGE,
           ["transition:expedite", "transition:implement_on_verbal", "transition:authorize_emergency"],
           [CHANGE_MANAGER, DUTY_MANAGER, SERVICE_OWNER],
           "you answer for services or for changes to them"),
    NotificationRule("itil.spoken_answered",    "A spoken authorization was answered, or not in time", CHANGE,
           ["confirm:itil.spoken_authorization"],
           [CHANGE_MANAGER, IT_DIRECTOR],
           "you answer for changes that nobody authorized"),
    NotificationRule("itil.change_failing",     "A change is reverted or has failed", CHANGE,
           ["state:backing_out", "state:failed"],
           [CHANGE_MANAGER, DUTY_MANAGER],
           "you answer for changes that go wrong"),
    NotificationRule("itil.change_finished",    "A change is finished",              CHANGE,
           ["state:review"],
           [CHANGE_MANAGER],
           "you review and close changes"),
    NotificationRule("itil.change_closed",      "A change is closed",                CHANGE,
           ["state:closed"],
           [*_DESCRIBER, _NAMED],
           "you described or implemented it"),
    NotificationRule("itil.model_suspended",    "A change model was suspended",      CHANGE_MODEL,
           ["state:suspended"],
           [CHANGE_MANAGER, "create"],
           "you keep change models"),
)
# fmt: on
