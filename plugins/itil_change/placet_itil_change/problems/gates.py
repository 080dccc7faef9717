"""The gates of a problem, as sets of checks, in the order of its workflow."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.problems import checks

# fmt: off
CLASSIFIED = Gate("itil.problem_classified", "The problem is classified", checks.classified)
RCA_COMPLETE = Gate("itil.rca_complete", "Its cause is known", checks.cause_is_known)
WORKAROUND_KNOWN = Gate("itil.workaround_known", "The service desk can help", checks.workaround_known)
FIX_CHANGE_LINKED = Gate("itil.fix_change_linked", "A change is to fix it", checks.fix_is_raised)
FIX_CHANGE_SUCCESSFUL = Gate("itil.fix_change_successful", "That change was a success", checks.fix_succeeded)
OBSERVATION_OVER = Gate("itil.observation_over", "It was watched long enough", checks.watched_long_enough)
ERROR_ACCEPTANCE = Gate("itil.error_acceptance", "It is lived with for a time", checks.acceptance_is_bounded)

# An incident
PROBLEM_FOR_MAJOR = Gate("itil.problem_for_major", "The cause of a grave one is sought",
                         checks.problem_known_for_major)
# fmt: on
