"""The metrics of communication and training.

Source: COBIT 2019, BAI05 Managed organizational change.
"""

from __future__ import annotations

from placet import Holds, Metric, metrics
from placet_governance.ids import ALLOCATION, COMMUNICATION, TRAINING

_HELD = metrics.Standing(TRAINING, ("running", "completed"))
_LOOKED_AT = metrics.Standing(
    TRAINING, "completed", metrics.Given("adoption_target"), metrics.Given("adoption_found")
)

#: Confirmed, and begun by the end of the period; an allocation is released when its last week has passed.
_IN_FORCE = metrics.Standing(
    ALLOCATION, "confirmed", metrics.Not(metrics.By(metrics.Now(), metrics.At("starts_at")))
)

METRICS = (
    Metric(
        "governance.communication_on_time",
        "Communication on time",
        "%",
        "100 * sent by their due moment / due",
        metrics.Share(
            metrics.Items(COMMUNICATION, metrics.At("due_at")),
            metrics.By(metrics.At("sent_at"), metrics.At("due_at")),
        ),
        ("channel",),
    ),
    Metric(
        "governance.acknowledgement_rate",
        "Communication that was confirmed",
        "%",
        "100 * confirmed by all readers / sent and to be confirmed",
        metrics.Share(
            metrics.Items(
                COMMUNICATION, metrics.At("sent_at"), Holds("needs_ack", (True,)), metrics.Given("readers")
            ),
            metrics.Not(
                metrics.AnyOf(metrics.Given("unacknowledged"), metrics.Not(metrics.Given("acknowledged_by")))
            ),
        ),
    ),
    Metric(
        "governance.training_reach",
        "Reach of training",
        "%",
        "100 * people who completed it / people who need it, of trainings held",
        metrics.Ratio(
            metrics.Sum(_HELD, metrics.Number("completed_count")),
            metrics.Sum(_HELD, metrics.Number("required_count")),
            100,
        ),
    ),
    Metric(
        "governance.adoption",
        "Adoption of what was trained",
        "%",
        "100 * use found / use aimed at, of completed trainings where that was looked at",
        metrics.Ratio(
            metrics.Sum(_LOOKED_AT, metrics.Number("adoption_found")),
            metrics.Sum(_LOOKED_AT, metrics.Number("adoption_target")),
            100,
        ),
    ),
    Metric(
        "governance.utilisation",
        "Promised time of those who are promised",
        "%",
        "sum(percent) of the allocations that are in force and have begun / people with such an allocation",
        metrics.Ratio(
            metrics.Sum(_IN_FORCE, metrics.Number("percent")), metrics.Distinct(_IN_FORCE, "person")
        ),
    ),
    Metric(
        "governance.overloaded_weeks",
        "Weeks with somebody beyond their time",
        "count",
        "weeks of a person that an allocation took beyond 100 % when it was confirmed",
        metrics.Sum(metrics.Items(ALLOCATION, metrics.Did("confirm")), metrics.Number("overloaded_weeks")),
        ("person",),
    ),
    Metric(
        "governance.promised_time",
        "Time promised",
        "%",
        "sum(percent) of the allocations in force",
        metrics.Sum(metrics.Standing(ALLOCATION, "confirmed"), metrics.Number("percent")),
        ("person",),
    ),
)
