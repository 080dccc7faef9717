"""The gates of capability assessments, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_cobit.capability import checks

# fmt: off
OBJECTIVE_IN_SCOPE = Gate("cobit.objective_in_scope", "Objective in scope", checks.in_scope)
ALL_SCORED = Gate("cobit.all_scored", "Every activity scored", checks.scores_complete)
RATING_REVIEWED = Gate("cobit.rating_reviewed", "Level explained", checks.rating_second)
# fmt: on
