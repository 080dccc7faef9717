"""The gates of an incident, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.incidents import checks
from placet_itil_change.roles import INCIDENT_MANAGER

# fmt: off
CLASSIFIED = Gate("itil.incident_classified", "The incident is classified", checks.classified)
ASSIGNED = Gate("itil.assigned", "Somebody has taken it", checks.assigned)
NEXT_LEVEL = Gate("itil.next_level", "There is a next level", checks.next_level)
MAJOR_CRITERIA = Gate("itil.major_criteria", "It is a major incident", checks.is_major)
IS_DECLARED = Gate("itil.major_declared", "It is a declared major incident", checks.is_declared)
MAJOR_UPDATES_KEPT = Gate("itil.major_updates_kept", "Everybody was kept informed", checks.kept_informed)
RESOLUTION_RECORDED = Gate("itil.resolution_recorded", "The resolution is described", checks.resolution_recorded)
MAJOR_OVER = Gate("itil.major_over", "It is no major incident any more", checks.major_is_over)
REOPEN_WINDOW = Gate("itil.reopen_window", "The user objects in time", checks.in_reopen_window)
CONFIRMED_OR_ELAPSED = Gate("itil.confirmed_or_elapsed", "The user agrees, or says nothing",
                            checks.confirmed_or_elapsed)
CHANGE_FIX_DONE = Gate("itil.change_fix_done", "The change that fixes it is done", checks.fix_is_done,
                       waived_by=[INCIDENT_MANAGER])
# fmt: on
