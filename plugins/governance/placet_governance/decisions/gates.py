"""The gates of a decision, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.decisions import checks

# fmt: off
DECISION_RIGHT = Gate("governance.decision_right", "Decided by somebody who may", checks.right_held, checks.matter_kept)
DECISION_COMPLETE = Gate("governance.decision_complete", "Decision complete", checks.decision_fields)
REPLACED = Gate("governance.decision_replaced", "Replaced by a decision that was taken", checks.replacement_named)
# fmt: on
