"""The notification rules of objectives, benefits and improvements, besides timers."""

from __future__ import annotations

from placet import NotificationRule
from placet_governance.ids import BENEFIT, INITIATIVE, OBJECTIVE
from placet_governance.roles import (
    BENEFIT_OWNER,
    BUSINESS_LAYER,
    CIO,
    GOVERNANCE_BOARD,
    OBJECTIVE_OWNER,
    PROCESS_OWNER,
)

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("governance.objective_pursued", "An objective is in force",      OBJECTIVE,
           ["state:pursued", "state:achieved", "state:retired"],
           [OBJECTIVE_OWNER, CIO, GOVERNANCE_BOARD],
           "you answer for objectives"),
    NotificationRule("governance.benefit_decided",   "A benefit was decided on",      BENEFIT,
           ["state:realised", "state:missed", "state:withdrawn"],
           [BENEFIT_OWNER, BUSINESS_LAYER, "named:owner"],
           "you answer for benefits"),
    NotificationRule("governance.benefit_due",       "A benefit is to be measured",   BENEFIT,
           ["timer:governance.benefit_review"],
           ["named:owner"],
           "the benefit is yours"),
    NotificationRule("governance.idea_logged",       "Somebody has an idea",          INITIATIVE,
           ["create"],
           [PROCESS_OWNER],
           "you weigh ideas for improvements"),
    NotificationRule("governance.idea_decided",      "Your idea was decided on",      INITIATIVE,
           ["state:approved", "state:embedded", "state:dropped"],
           ["create"],
           "it was your idea"),
)
# fmt: on
