"""What risks and lessons are measured by.

Source: PRINCE2 7, practice risk; principle learn from experience.
"""

from __future__ import annotations

from placet import Between, Did, Holds, Items, Made, Metric, Number, Share, Standing, Sum, median
from placet_governance.ids import LESSON, RISK
from placet_governance.learning.fields import RiskKind

METRICS = (
    Metric(
        "governance.risk_exposure",
        "Exposure to threats",
        "currency",
        "sum(probability * cost) of open threats, after the response where there is one",
        Sum(Standing(RISK, "open", Holds("kind", (RiskKind.THREAT,))), Number("exposure")),
    ),
    Metric(
        "governance.lesson_application",
        "Lessons applied",
        "%",
        "100 * lessons applied / lessons validated",
        Share(Items(LESSON, Did("validate")), Did("apply")),
        ("scope",),
    ),
    Metric(
        "governance.lesson_time",
        "From lesson to practice",
        "days",
        "median(applied - logged)",
        median(Items(LESSON, Did("apply")), Between(Made(), Did("apply"))),
    ),
)
