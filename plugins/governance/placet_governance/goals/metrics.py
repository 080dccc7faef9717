"""The metrics of goals, benefits and improvements.

Source: COBIT 2019, EDM02 Ensured benefits delivery.
"""

from __future__ import annotations

from placet import Metric, metrics
from placet_governance.ids import BENEFIT, INITIATIVE, OBJECTIVE, SERVES

METRICS = (
    Metric(
        "governance.alignment_coverage",
        "Objectives that something serves",
        "%",
        "100 * pursued objectives that at least one item serves / pursued objectives",
        metrics.Share(
            metrics.Standing(OBJECTIVE, "pursued"),
            metrics.Linked(SERVES, inverse=True),
        ),
        ("level",),
    ),
    Metric(
        "governance.benefits_realised",
        "Benefits realized",
        "%",
        "100 * sum(improvement reached) / sum(improvement aimed at), of benefits that are tracked or decided on",
        metrics.Ratio(
            metrics.Sum(
                metrics.Standing(BENEFIT, ("tracking", "realised", "missed")), metrics.Number("improvement")
            ),
            metrics.Sum(
                metrics.Standing(BENEFIT, ("tracking", "realised", "missed")),
                metrics.Number("target_improvement"),
            ),
            100,
        ),
        ("category",),
    ),
    Metric(
        "governance.idea_to_effect",
        "From idea to lasting effect",
        "days",
        "median(embedded - logged) of improvements",
        metrics.median(
            metrics.Items(INITIATIVE, metrics.Did("embed")),
            metrics.Between(metrics.Made(), metrics.Did("embed")),
        ),
    ),
    Metric(
        "governance.open_ideas",
        "Ideas in the register",
        "count",
        "improvements that are neither embedded nor dropped",
        metrics.Count(metrics.Standing(INITIATIVE)),
        ("state",),
    ),
)
