"""What goals, benefits and improvements are measured by.

Source: COBIT 2019, EDM02 Ensured benefits delivery.
"""

from __future__ import annotations

from placet import (
    Between,
    Count,
    Did,
    Items,
    Linked,
    Made,
    Metric,
    Number,
    Ratio,
    Share,
    Standing,
    Sum,
    median,
)
from placet_governance.ids import BENEFIT, INITIATIVE, OBJECTIVE, SERVES

METRICS = (
    Metric(
        "governance.alignment_coverage",
        "Objectives that something serves",
        "%",
        "100 * pursued objectives that at least one item serves / pursued objectives",
        Share(
            Standing(OBJECTIVE, "pursued"),
            Linked(SERVES, inverse=True),
        ),
        ("level",),
    ),
    Metric(
        "governance.benefits_realised",
        "Benefits realised",
        "%",
        "100 * sum(improvement reached) / sum(improvement aimed at), of benefits that are tracked or decided on",
        Ratio(
            Sum(Standing(BENEFIT, ("tracking", "realised", "missed")), Number("improvement")),
            Sum(Standing(BENEFIT, ("tracking", "realised", "missed")), Number("target_improvement")),
            100,
        ),
        ("category",),
    ),
    Metric(
        "governance.idea_to_effect",
        "From idea to lasting effect",
        "days",
        "median(embedded - logged) of improvements",
        median(Items(INITIATIVE, Did("embed")), Between(Made(), Did("embed"))),
    ),
    Metric(
        "governance.open_ideas",
        "Ideas in the register",
        "count",
        "improvements that are neither embedded nor dropped",
        Count(Standing(INITIATIVE)),
        ("state",),
    ),
)
