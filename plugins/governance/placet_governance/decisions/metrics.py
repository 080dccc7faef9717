"""What decisions are measured by.

Source: COBIT 2019, EDM01: decisions are taken in time.
"""

from __future__ import annotations

from placet import Did, Items, Metric, Spent, median
from placet_governance.decisions.timers import DECISION_DUE
from placet_governance.ids import DECISION

METRICS = (
    Metric(
        "governance.decision_latency",
        "Time to a decision",
        "hours",
        "median(business hours from the question to the decision); 8 are a business day",
        median(Items(DECISION, Did("decide")), Spent(DECISION_DUE.id)),
        ("right",),
    ),
)
