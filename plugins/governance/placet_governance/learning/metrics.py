"""The metrics of risks and lessons.

Source: PRINCE2 7, practice risk; principle learn from experience.
"""

from __future__ import annotations

from placet import Holds, Metric, metrics
from placet_governance.ids import LESSON, RISK
from placet_governance.learning.fields import RiskKind

METRICS = (
    Metric(
        "governance.risk_exposure",
        "Exposure to threats",
        "currency",
        "sum(probability * cost) of open threats, after the response where there is one",
        metrics.Sum(
            metrics.Standing(RISK, "open", Holds("kind", (RiskKind.THREAT,))), metrics.Number("exposure")
        ),
    ),
    Metric(
        "governance.lesson_application",
        "Lessons applied",
        "%",
        "100 * lessons applied / lessons validated",
        metrics.Share(metrics.Items(LESSON, metrics.Did("validate")), metrics.Did("apply")),
        ("scope",),
    ),
    Metric(
        "governance.lesson_time",
        "From lesson to practice",
        "days",
        "median(applied - logged)",
        metrics.median(
            metrics.Items(LESSON, metrics.Did("apply")), metrics.Between(metrics.Made(), metrics.Did("apply"))
        ),
    ),
)
