"""The gates of communications, trainings and allocations, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_governance.people import checks

# fmt: off
COMMUNICATION_COMPLETE = Gate("governance.communication_complete", "Message complete",
                              checks.communication_fields)
IS_READER = Gate("governance.own_receipt", "Confirmed by a reader", checks.reader)
ACKNOWLEDGED = Gate("governance.acknowledged", "Confirmed by all readers, or the time is up", checks.ack_count)
TRAINING_PLANNED = Gate("governance.training_planned", "Training planned", checks.training_fields)
TRAINING_DONE = Gate("governance.training_done", "Training target reached", checks.training_counts)
CAPACITY_FREE = Gate("governance.capacity_free", "Within the person's capacity", checks.person_week)
# fmt: on
