"""The notification rules of decisions, besides timers.

Source: COBIT 2019, component organizational structures: the matrix of rights names who is informed of a decision.
"""

from __future__ import annotations

from placet import NotificationRule
from placet_governance.ids import DECISION

# fmt: off
NOTIFICATION_RULES = (
    NotificationRule("governance.decision_asked",    "A decision is asked of you", DECISION,
           ["create", "named:right"],
           ["roles:deciding"],
           "the matrix of decision rights has you decide it"),
    NotificationRule("governance.decision_late",     "A decision is late",         DECISION,
           ["timer:governance.decision_due"],
           ["roles:deciding", "roles:next_up", "create"],
           "you decide it, it comes to you now, or you asked for it"),
    NotificationRule("governance.decision_taken",    "A decision was taken",     DECISION,
           ["state:decided"],
           ["roles:informed", "create"],
           "you asked for it, or the matrix of decision rights has you informed"),
    NotificationRule("governance.decision_replaced", "A decision was replaced",  DECISION,
           ["state:superseded"],
           ["roles:informed", "roles:consulted", "create"],
           "you were consulted on it, or informed of it"),
)
# fmt: on
