"""The notification rules of the method, besides timers."""

from __future__ import annotations

from placet import NotificationRule
from placet_agile.ids import BUG, IMPEDIMENT, INCREMENT, SPRINT, STORY
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER, SCRUM_MASTER, STAKEHOLDER

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("agile.story_yours",        "A story is yours",           STORY,
                     ["named:assignee"], ["named:assignee"],
                     "you work on it"),
    NotificationRule("agile.story_in_review",    "A story waits for review",   STORY,
                     ["state:in_review"], [DEVELOPER],
                     "somebody of the team looks at it"),
    NotificationRule("agile.bug_yours",          "A bug is yours",             BUG,
                     ["named:assignee"], ["named:assignee"],
                     "you work on it"),
    NotificationRule("agile.bug_reported",       "A bug is reported",          BUG,
                     ["create"], [PRODUCT_OWNER],
                     "you order the backlog"),
    NotificationRule("agile.bug_in_review",      "A bug waits for review",     BUG,
                     ["state:in_review"], [DEVELOPER],
                     "somebody of the team looks at it"),
    NotificationRule("agile.sprint_started",     "The sprint has started",     SPRINT,
                     ["state:running"], [DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER],
                     "you are of the team"),
    NotificationRule("agile.sprint_ended",       "The sprint is over",         SPRINT,
                     ["state:closing", "state:cancelled"], [DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER],
                     "you are of the team"),
    NotificationRule("agile.sprint_review",      "A sprint is reviewed",       SPRINT,
                     ["state:closing"], [STAKEHOLDER],
                     "the review is where you give feedback"),
    NotificationRule("agile.increment_usable",   "An increment can be released", INCREMENT,
                     ["state:usable"], [PRODUCT_OWNER],
                     "you decide on its release"),
    NotificationRule("agile.impediment_raised",  "Something hinders the team", IMPEDIMENT,
                     ["create"], [SCRUM_MASTER, FLOW_MANAGER],
                     "you remove impediments"),
)
# fmt: on
