"""The gates of a problem, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.problems import checks

# fmt: off
CLASSIFIED = Gate("itil.problem_classified", "Problem classified", checks.classified)
RCA_COMPLETE = Gate("itil.rca_complete", "Root cause known", checks.cause_is_known)
WORKAROUND_KNOWN = Gate("itil.workaround_known", "Workaround documented", checks.workaround_known)
FIX_CHANGE_LINKED = Gate("itil.fix_change_linked", "Fixing change linked", checks.fix_is_raised)
FIX_CHANGE_SUCCESSFUL = Gate("itil.fix_change_successful", "Fixing change successful", checks.fix_succeeded)
OBSERVATION_OVER = Gate("itil.observation_over", "Observation over", checks.watched_long_enough)
ERROR_ACCEPTANCE = Gate("itil.error_acceptance", "Acceptance limited in time", checks.acceptance_is_bounded)

# An incident
PROBLEM_FOR_MAJOR = Gate("itil.problem_for_major", "Problem linked where the incident was P1 or major",
                         checks.problem_known_for_major)
# fmt: on
