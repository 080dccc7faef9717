"""The gates of risk acceptances, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_cobit.acceptances import checks

# fmt: off
ACCEPTANCE_COMPLETE = Gate("cobit.acceptance_complete", "Acceptance complete", checks.acceptance_fields)
ACCEPTANCE_LIMITS = Gate("cobit.acceptance_limits", "Within the time that its severity allows", checks.acceptance_days)
ACCEPTANCE_APPROVED = Gate("cobit.acceptance_approved", "Approved by those who bear the risk",
                           checks.acceptance_votes, checks.acceptance_begins)
ACCEPTANCE_AUTHORITY = Gate("cobit.acceptance_authority", "Decided by those who bear the risk",
                            checks.acceptance_authority)
ACCEPTANCE_INDEPENDENT = Gate("cobit.acceptance_independent", "Decided by nobody who operates the control",
                              checks.acceptance_independent)
# fmt: on
