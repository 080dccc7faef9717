"""The gates of an incident, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.ids import FIXED_BY_CHANGE
from placet_itil_change.incidents import checks
from placet_itil_change.roles import INCIDENT_MANAGER

# fmt: off
CLASSIFIED = Gate("itil.incident_classified", "Incident classified", checks.incident_fields)
ASSIGNED = Gate("itil.assigned", "Assigned", checks.assignee)
NEXT_LEVEL = Gate("itil.next_level", "A next level, and its group named", checks.level)
MAJOR_CRITERIA = Gate("itil.major_criteria", "Major incident justified", checks.major_candidate)
IS_DECLARED = Gate("itil.major_declared", "Major incident declared", checks.is_declared)
MAJOR_UPDATES_KEPT = Gate("itil.major_updates_kept", "Updates sent in time, or the gap explained", checks.updates)
RESOLUTION_RECORDED = Gate("itil.resolution_recorded", "Resolution recorded", checks.resolution_fields)
NOT_MAJOR = Gate("itil.major_over", "No major incident is declared", checks.not_major)
REOPEN_WINDOW = Gate("itil.reopen_window", "Still in time to reopen", checks.reopen_time)
CONFIRMED_OR_ELAPSED = Gate("itil.confirmed_or_elapsed", "Confirmed by the user, or no objection in time",
                            checks.confirmation)
OTHER_GROUP = Gate("itil.other_group", "Another group named", checks.other_group)
PRIORITY_KEPT = Gate("itil.priority_kept", "Priority not lowered on the way", checks.priority_kept)
CHANGE_FIX_DONE = Gate("itil.change_fix_done", "Fixing changes finished", checks.fix_change_final,
                       waived_by=[INCIDENT_MANAGER], waived_content=["summary", "symptoms", "cis", FIXED_BY_CHANGE])
# fmt: on
