"""The gates of issues, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.issues import checks

# fmt: off
KIND_KEPT = Gate("prince2.issue_kind_kept", "Formal issue kept", checks.kind_kept)
CLASSIFIED = Gate("prince2.issue_classified", "Issue classified", checks.issue_fields)
MINOR = Gate("prince2.issue_minor", "Issue minor", checks.issue_fields, checks.minor)
IMPACT_COMPLETE = Gate("prince2.impact_complete", "Impact analyzed", checks.impact_fields)
AUTHORITY = Gate("prince2.decision_authority", "Decided by who may", checks.authority)
BUDGET_LEFT = Gate("prince2.change_budget_left", "Change budget left", checks.budget_left)
CONCESSION_VALID = Gate("prince2.concession_valid", "Concession for an off-specification", checks.concession_offspec)
DEFER_DATE = Gate("prince2.defer_date", "Day ahead", checks.date_future)
EXCEPTION_NEEDED = Gate("prince2.exception_needed", "Would leave tolerance", checks.would_breach)
IMPLEMENTED = Gate("prince2.change_implemented", "Baselines updated", checks.baselines_updated)
# fmt: on
