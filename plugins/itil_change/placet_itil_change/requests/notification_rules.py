"""The notification rules of requests, besides requests for approval and timers.

Source: ITIL 4, practice Service request management: users know the status of their requests.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_itil_change.ids import SERVICE_REQUEST
from placet_itil_change.roles import FULFILLER, SERVICE_DESK_ANALYST

_USER = ("create", "named:beneficiary")

# fmt: off
NOTIFICATION_RULES = (
    #      id                          title                                     about
    #      on
    #      to
    #      you get this because
    NotificationRule("itil.request_submitted",   "A request came in",                      SERVICE_REQUEST,
           ["create"],
           [SERVICE_DESK_ANALYST],
           "you send requests to their approvers"),
    NotificationRule("itil.request_to_fulfil",   "A request is to be fulfilled",           SERVICE_REQUEST,
           ["state:in_fulfilment"],
           [FULFILLER],
           "you fulfill requests"),
    NotificationRule("itil.request_decided",     "A request was decided on",               SERVICE_REQUEST,
           ["transition:approve_request", "transition:auto_approve", "state:rejected"],
           [*_USER],
           "you asked for it, or it is for you"),
    NotificationRule("itil.request_waits",       "A request waits for your answer",        SERVICE_REQUEST,
           ["timer:itil.request_reminder", "timer:itil.request_silent"],
           [*_USER],
           "it goes on when you have answered"),
    NotificationRule("itil.request_delivered",   "A request is fulfilled: is it right?",   SERVICE_REQUEST,
           ["state:fulfilled"],
           [*_USER],
           "you asked for it, and can say whether it is what you need"),
    NotificationRule("itil.request_sent_back",   "A delivery was rejected",                SERVICE_REQUEST,
           ["transition:reject_delivery"],
           [FULFILLER],
           "you fulfill requests"),
)
# fmt: on
