"""The gates of stories and bugs, in the order of their workflow."""

from __future__ import annotations

from placet import Gate
from placet_agile.delivery import checks

# fmt: off
DOR_MET = Gate("agile.dor_met", "Ready: defined and estimated", checks.dor_all, checks.estimated)
ON_SCALE = Gate("agile.on_scale", "Estimate on the team's scale", checks.on_scale)
ESTIMATE_FRESH = Gate("agile.estimate_fresh", "Estimated since it was split", checks.estimate_fresh)
PART_KNOWN = Gate("agile.part_known", "Part named", checks.part_known)
NOT_BLOCKED = Gate("agile.not_blocked", "Not blocked", checks.block_cleared)
TASKS_DONE = Gate("agile.tasks_done", "Tasks finished", checks.tasks_final)
DOD_MET = Gate("agile.dod_met", "Definition of done met", checks.dod_all)
CRITERIA_MET = Gate("agile.criteria_met", "Acceptance criteria met", checks.acceptance_met)
PO_ACCEPTED = Gate("agile.po_accepted", "Accepted by the product owner, where that is asked for", checks.po_ok)
# fmt: on
