"""The gates of objectives, benefits and improvements, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.goals import checks

# fmt: off
OBJECTIVE_COMPLETE = Gate("governance.objective_complete", "Objective complete", checks.objective_fields)
OBJECTIVE_MET = Gate("governance.objective_met", "Target reached", checks.objective_target)
OBJECTIVE_UNUSED = Gate("governance.objective_unused", "No work depends on it alone", checks.objective_links)
BENEFIT_COMPLETE = Gate("governance.benefit_complete", "Benefit measurable", checks.benefit_fields)
MEASURE_GIVEN = Gate("governance.measure_given", "Measurement complete", checks.measure_value)
BENEFIT_MET = Gate("governance.benefit_met", "Benefit reached", checks.benefit_within)
INITIATIVE_SCORED = Gate("governance.initiative_scored", "Idea scored", checks.initiative_fields)
INITIATIVE_MEASURED = Gate("governance.initiative_measured", "Effect measured after the waiting time",
                           checks.initiative_effect)
# fmt: on
