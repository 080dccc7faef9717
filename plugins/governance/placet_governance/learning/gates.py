"""The gates of risks and lessons, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.learning import checks

# fmt: off
RISK_SCORED = Gate("governance.risk_scored", "Risk scored", checks.risk_numbers)
RESPONSE_COMPLETE = Gate("governance.response_complete", "Response complete", checks.response_fields)
ACCEPTANCE_AUTHORITY = Gate("governance.risk_acceptance_authority", "Accepted by somebody who may",
                            checks.accept_level)
ACCEPTANCE_COMPLETE = Gate("governance.risk_acceptance_complete", "Owner and review of the risk named",
                           checks.acceptance_fields)
LESSON_APPLIES = Gate("governance.lesson_applies", "Readers of the lesson named", checks.lesson_readers)
LESSON_ACTION_LINKED = Gate("governance.lesson_action_linked", "Action named", checks.lesson_action)
# fmt: on
