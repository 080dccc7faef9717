"""The gates of risks and lessons, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.learning import checks

# fmt: off
RISK_SCORED = Gate("governance.risk_scored", "The risk is scored", checks.risk_scored)
RESPONSE_COMPLETE = Gate("governance.response_complete", "The response is complete", checks.response_complete)
ACCEPTANCE_AUTHORITY = Gate("governance.risk_acceptance_authority", "It is theirs to accept",
                            checks.acceptance_authority)
LESSON_APPLIES = Gate("governance.lesson_applies", "It is known for whom it is good", checks.lesson_applies)
LESSON_ACTION_LINKED = Gate("governance.lesson_action_linked", "Something puts it into practice", checks.lesson_action)
# fmt: on
