"""The gates of communications, trainings and allocations, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.people import checks

# fmt: off
COMMUNICATION_COMPLETE = Gate("governance.communication_complete", "Message complete",
                              checks.communication_complete)
IS_READER = Gate("governance.own_receipt", "Own confirmation", checks.is_reader)
ACKNOWLEDGED = Gate("governance.acknowledged", "Confirmed by all readers", checks.acknowledged)
TRAINING_PLANNED = Gate("governance.training_planned", "Training planned", checks.training_planned)
TRAINING_DONE = Gate("governance.training_done", "Training target reached", checks.training_done)
CAPACITY_FREE = Gate("governance.capacity_free", "Capacity free", checks.capacity_free)
# fmt: on
