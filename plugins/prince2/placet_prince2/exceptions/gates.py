"""The gates of exceptions, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.exceptions import checks

# fmt: off
ONLY_ONE = Gate("prince2.exception_single", "No other exception open", checks.only_one)
REPORT_COMPLETE = Gate("prince2.exception_report_complete", "Exception report complete", checks.exception_fields)
LEVEL_AUTHORITY = Gate("prince2.level_authority", "Decided by the level above", checks.level)
TOLERANCE_COVERS = Gate("prince2.new_tolerance_covers", "New tolerance covers the forecast", checks.covers)
PLAN_COMPLETE = Gate("prince2.exception_plan_complete", "Exception plan complete", checks.ep_numbers)
PLAN_APPROVED = Gate("prince2.exception_plan_approved", "Exception plan approved", checks.ep_approved)
BACK_INSIDE = Gate("prince2.back_in_tolerance", "Back inside tolerance", checks.inside_again)
# fmt: on
