"""The gates of a decision, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.decisions import checks

# fmt: off
DECISION_RIGHT = Gate("governance.decision_right", "It is theirs to decide", checks.right_held)
DECISION_COMPLETE = Gate("governance.decision_complete", "It is a decision", checks.decision_complete)
REPLACED = Gate("governance.decision_replaced", "Another decision takes its place", checks.replacement_named)
# fmt: on
