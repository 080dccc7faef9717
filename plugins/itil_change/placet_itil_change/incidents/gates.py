"""The gates of an incident, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.incidents import checks
from placet_itil_change.roles import INCIDENT_MANAGER

# fmt: off
CLASSIFIED = Gate("itil.incident_classified", "Incident classified", checks.classified)
ASSIGNED = Gate("itil.assigned", "Assigned", checks.assigned)
NEXT_LEVEL = Gate("itil.next_level", "Next level named", checks.next_level)
MAJOR_CRITERIA = Gate("itil.major_criteria", "Major incident justified", checks.is_major)
IS_DECLARED = Gate("itil.major_declared", "Major incident declared", checks.is_declared)
MAJOR_UPDATES_KEPT = Gate("itil.major_updates_kept", "Updates sent", checks.kept_informed)
RESOLUTION_RECORDED = Gate("itil.resolution_recorded", "Resolution recorded", checks.resolution_recorded)
NOT_MAJOR = Gate("itil.major_over", "No major incident is declared", checks.major_is_over)
REOPEN_WINDOW = Gate("itil.reopen_window", "Still in time to reopen", checks.in_reopen_window)
CONFIRMED_OR_ELAPSED = Gate("itil.confirmed_or_elapsed", "Confirmed by the user, or no objection in time",
                            checks.confirmed_or_elapsed)
CHANGE_FIX_DONE = Gate("itil.change_fix_done", "Fixing changes finished", checks.fix_is_done,
                       waived_by=[INCIDENT_MANAGER])
# fmt: on
