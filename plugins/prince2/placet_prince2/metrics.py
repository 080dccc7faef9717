"""The metrics of projects.

Source: PRINCE2 7, practices Progress, Issues and Quality. Figures of one project (the use of each tolerance, the value
of its business case) are fields of its items, and not averaged over projects.
"""

from __future__ import annotations

from datetime import timedelta

from placet import Holds, Metric, metrics
from placet_prince2.ids import (
    EXCEPTION,
    ISSUE,
    PRODUCT,
    PROJECT,
    QUALITY_ACTIVITY,
    REPORT,
    STAGE,
    WORK_PACKAGE,
)

_ANSWERS = ("increase_tolerance", "no_action", "approve_plan", "order_closure")

METRICS = (
    Metric(
        "prince2.exception_rate",
        "Exceptions of each stage",
        "per stage",
        "exceptions raised / stages completed",
        metrics.Ratio(
            metrics.Count(metrics.Items(EXCEPTION, metrics.Made())),
            metrics.Count(metrics.Items(STAGE, metrics.Did("complete_stage"))),
        ),
    ),
    Metric(
        "prince2.exception_decision_time",
        "From the report of an exception to its answer",
        "business days",
        "median(answered - first reported)",
        metrics.median(metrics.Items(EXCEPTION, metrics.Did(*_ANSWERS)), metrics.Number("decision_days")),
        ("level",),
    ),
    Metric(
        "prince2.change_budget_used_percent",
        "Use of change budgets",
        "%",
        "100 * sum(change budget used) / sum(change budget), of projects that are delivered",
        metrics.Ratio(
            metrics.Sum(
                metrics.Standing(PROJECT, ("delivering", "in_exception")),
                metrics.Number("change_budget_used"),
            ),
            metrics.Sum(
                metrics.Standing(PROJECT, ("delivering", "in_exception")), metrics.Number("change_budget")
            ),
            100,
        ),
    ),
    Metric(
        "prince2.issue_age",
        "Age of open issues",
        "days",
        "median(now - raised) of issues that are neither closed nor rejected",
        metrics.median(metrics.Standing(ISSUE), metrics.Between(metrics.Made(), metrics.Now())),
        ("kind", "severity"),
    ),
    Metric(
        "prince2.quality_pass_rate",
        "Quality activities passed",
        "%",
        "100 * quality activities with the result pass / quality activities performed",
        metrics.Share(
            metrics.Items(QUALITY_ACTIVITY, metrics.Did("record_result")), Holds("result", ("pass",))
        ),
    ),
    Metric(
        "prince2.first_time_pass_rate",
        "Products that pass at first",
        "%",
        "100 * products whose first quality activity has the result pass / products with a quality activity performed",
        metrics.Share(
            metrics.Items(PRODUCT, metrics.At("first_checked_at")), Holds("first_result", ("pass",))
        ),
        ("kind",),
    ),
    Metric(
        "prince2.highlight_timeliness",
        "Highlight reports in time",
        "%",
        "100 * highlight reports issued at most 2 days after they were due / intervals for which they were due",
        metrics.Ratio(
            metrics.Count(
                metrics.Items(
                    REPORT,
                    metrics.At("due_at"),
                    Holds("kind", ("highlight",)),
                    metrics.AnyOf(
                        metrics.By(metrics.At("issued_at"), metrics.At("due_at")),
                        metrics.AtMost(
                            metrics.Between(metrics.At("due_at"), metrics.At("issued_at")), timedelta(days=2)
                        ),
                    ),
                )
            ),
            metrics.Sum(
                metrics.Items(REPORT, metrics.At("due_at"), Holds("kind", ("highlight",))),
                metrics.Number("intervals"),
            ),
            100,
        ),
    ),
    Metric(
        "prince2.packages_received",
        "Work packages received",
        "count",
        "work packages that the project manager has taken in",
        metrics.Count(metrics.Items(WORK_PACKAGE, metrics.Did("receive"))),
    ),
)
