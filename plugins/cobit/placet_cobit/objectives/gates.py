"""The gates of an objective."""

from __future__ import annotations

from placet import Gate
from placet_cobit.objectives import checks

SCOPE_COMPLETE = Gate(
    "cobit.scope_complete", "Roles and target complete", checks.raci_valid, checks.target_set
)
PRACTICES_KEPT = Gate("cobit.practices_kept", "Practices and activities kept", checks.practices_kept)
NO_OPERATING_CONTROLS = Gate("cobit.no_operating_controls", "No control of it in force", checks.controls_off)
OBJECTIVE_ONCE = Gate("cobit.objective_once", "Made once", checks.objective_unique)
