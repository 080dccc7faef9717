"""The gates of reports, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.reports import checks

REPORT_COMPLETE = Gate(
    "prince2.report_complete", "Report complete, with fresh forecasts", checks.report_fields
)
ACCEPTANCE_GIVEN = Gate(
    "prince2.report_acceptance_given", "Accepted by those who read it", checks.report_vote
)
REPORT_KIND_KEPT = Gate("prince2.report_kind_kept", "Kind of report kept", checks.report_kind_kept)
DUE_REPORT_KEPT = Gate("prince2.due_report_kept", "Nobody waits for it", checks.due_report_kept)
