"""The gates of a problem, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.problems import checks

# fmt: off
CLASSIFIED = Gate("itil.problem_classified", "Problem classified", checks.problem_fields)
RCA_COMPLETE = Gate("itil.rca_complete", "Root cause known", checks.rca_fields)
WORKAROUND_KNOWN = Gate("itil.workaround_known", "Workaround documented, or ruled out", checks.workaround_fields)
FIX_CHANGE_LINKED = Gate("itil.fix_change_linked", "Fixing change raised", checks.fix_change)
FIX_CHANGE_SUCCESSFUL = Gate("itil.fix_change_successful", "Fixing change successful", checks.fix_change_ok)
OBSERVATION_OVER = Gate("itil.observation_over", "Fix observed, without a new incident", checks.quiet_period)
ERROR_ACCEPTANCE = Gate("itil.error_acceptance", "Review of the acceptance planned", checks.error_accepted)

# An incident
PROBLEM_FOR_MAJOR = Gate("itil.problem_for_major", "Problem linked where the incident was P1 or major",
                         checks.problem_linked)
# fmt: on
