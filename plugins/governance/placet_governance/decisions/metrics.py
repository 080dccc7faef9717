"""The metrics of decisions.

Source: COBIT 2019, EDM01: decisions are taken in time.
"""

from __future__ import annotations

from placet import Metric, metrics
from placet_governance.decisions.timers import DECISION_DUE
from placet_governance.ids import DECISION

METRICS = (
    Metric(
        "governance.decision_latency",
        "Time to a decision",
        "hours",
        "median(business hours from the question to the decision); 8 are a business day",
        metrics.median(metrics.Items(DECISION, metrics.Did("decide")), metrics.Spent(DECISION_DUE.id)),
        ("right",),
    ),
)
