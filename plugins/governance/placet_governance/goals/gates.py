"""The gates of objectives, benefits and improvements, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.goals import checks

# fmt: off
OBJECTIVE_COMPLETE = Gate("governance.objective_complete", "The objective can be pursued", checks.objective_complete)
OBJECTIVE_MET = Gate("governance.objective_met", "The target is reached", checks.objective_met)
OBJECTIVE_UNUSED = Gate("governance.objective_unused", "Nothing hangs on it alone", checks.objective_unused)
BENEFIT_COMPLETE = Gate("governance.benefit_complete", "The benefit can be measured", checks.benefit_complete)
MEASURE_GIVEN = Gate("governance.measure_given", "The measurement is complete", checks.measure_given)
BENEFIT_MET = Gate("governance.benefit_met", "The benefit has come about", checks.benefit_reached)
INITIATIVE_SCORED = Gate("governance.initiative_scored", "The idea is weighed", checks.initiative_scored)
INITIATIVE_MEASURED = Gate("governance.initiative_measured", "The effect is measured", checks.effect_measured)
# fmt: on
