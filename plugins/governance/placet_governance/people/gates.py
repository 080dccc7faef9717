"""The gates of communications, trainings and allocations, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.people import checks

# fmt: off
COMMUNICATION_COMPLETE = Gate("governance.communication_complete", "There is something to tell",
                              checks.communication_complete)
IS_READER = Gate("governance.own_receipt", "They confirm for themselves", checks.is_reader)
ACKNOWLEDGED = Gate("governance.acknowledged", "Everybody has confirmed it", checks.acknowledged)
TRAINING_PLANNED = Gate("governance.training_planned", "The training is planned", checks.training_planned)
TRAINING_DONE = Gate("governance.training_done", "Enough people can do it", checks.training_done)
CAPACITY_FREE = Gate("governance.capacity_free", "The person has the time", checks.capacity_free)
# fmt: on
