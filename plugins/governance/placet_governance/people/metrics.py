"""What communication and training are measured by.

Source: COBIT 2019, BAI05 Managed organizational change.
"""

from __future__ import annotations

from placet import AnyOf, At, By, Given, Holds, Items, Metric, Not, Number, Ratio, Share, Standing, Sum
from placet_governance.ids import ALLOCATION, COMMUNICATION, TRAINING

_HELD = Standing(TRAINING, ("running", "completed"))
_LOOKED_AT = Standing(TRAINING, "completed", Given("adoption_target"), Given("adoption_found"))

METRICS = (
    Metric(
        "governance.communication_on_time",
        "Communication on time",
        "%",
        "100 * sent by their due moment / due",
        Share(Items(COMMUNICATION, At("due_at")), By(At("sent_at"), At("due_at"))),
        ("channel",),
    ),
    Metric(
        "governance.acknowledgement_rate",
        "Communication that was confirmed",
        "%",
        "100 * confirmed by all readers / sent and to be confirmed",
        Share(
            Items(COMMUNICATION, At("sent_at"), Holds("needs_ack", (True,)), Given("readers")),
            Not(AnyOf(Given("unacknowledged"), Not(Given("acknowledged_by")))),
        ),
    ),
    Metric(
        "governance.training_reach",
        "Reach of training",
        "%",
        "100 * people who completed it / people who need it, of trainings held",
        Ratio(Sum(_HELD, Number("completed_count")), Sum(_HELD, Number("required_count")), 100),
    ),
    Metric(
        "governance.adoption",
        "Adoption of what was trained",
        "%",
        "100 * use found / use aimed at, of completed trainings where that was looked at",
        Ratio(Sum(_LOOKED_AT, Number("adoption_found")), Sum(_LOOKED_AT, Number("adoption_target")), 100),
    ),
    Metric(
        "governance.promised_time",
        "Time promised",
        "%",
        "sum(percent) of the allocations in force",
        Sum(Standing(ALLOCATION, "confirmed"), Number("percent")),
        ("person",),
    ),
)
