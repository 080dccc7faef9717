"""The metrics of assurance that are queries over items; the scorecard has further figures, from the log.

Source: COBIT 2019, MEA01 to MEA04.
"""

from __future__ import annotations

from placet import Holds, Metric, metrics
from placet_cobit.ids import ACCEPTANCE, ASSESSMENT, FINDING, MONITOR, TEST

_CLOSED = metrics.Items(FINDING, metrics.Did("close_finding"))

METRICS = (
    Metric(
        "cobit.first_time_evidence",
        "Evidence at the first request",
        "%",
        "100 * tested elements with accepted evidence when the tests began / tested elements",
        metrics.Share(
            metrics.Items(TEST, metrics.Did("record_test")), metrics.Not(Holds("evidence_missing", (True,)))
        ),
    ),
    Metric(
        "cobit.open_findings",
        "Findings open",
        "count",
        "findings that are neither closed nor invalid",
        metrics.Count(metrics.Standing(FINDING)),
        ("severity", "source", "state"),
    ),
    Metric(
        "cobit.overdue_findings",
        "Findings overdue",
        "%",
        "100 * open findings past their due date / open findings; those whose risk is accepted are not past it",
        metrics.Share(
            metrics.Standing(FINDING, ["open", "disputed", "agreed", "remediating", "ready_for_retest"]),
            metrics.TimerIs("cobit.finding_due", "breached"),
        ),
        ("severity",),
    ),
    Metric(
        "cobit.remediation_days",
        "Time to remedy a finding",
        "days",
        "median(closed - raised)",
        metrics.median(_CLOSED, metrics.Between(metrics.Made(), metrics.Did("close_finding"))),
        ("severity",),
    ),
    Metric(
        "cobit.recurrence",
        "Findings that recur",
        "%",
        "100 * findings on a control of which one was closed within twelve months / findings raised in the period",
        metrics.Share(metrics.Items(FINDING, metrics.Made()), metrics.Given("recurrence_of")),
    ),
    Metric(
        "cobit.acceptances_in_force",
        "Accepted risks",
        "count",
        "acceptances in force",
        metrics.Count(metrics.Standing(ACCEPTANCE, ["approved"])),
        ("severity",),
    ),
    Metric(
        "cobit.ccm_failure_rate",
        "Failures of watched controls",
        "%",
        "mean of the rates of failure of the running monitors",
        metrics.Mean(metrics.Standing(MONITOR, ["running"]), metrics.Number("failure_rate")),
        ("control",),
    ),
    Metric(
        "cobit.assessments_effective",
        "Assessments with the conclusion effective",
        "%",
        "100 * assessments with the conclusion effective / assessments concluded in the period",
        metrics.Share(
            metrics.Items(ASSESSMENT, metrics.Did("conclude")), Holds("conclusion", ("effective",))
        ),
    ),
    Metric(
        "cobit.moves",
        "Transitions",
        "count",
        "transitions that people made in the period",
        metrics.Count(metrics.Moves()),
        ("type", "transition"),
    ),
    Metric(
        "cobit.monitors_red",
        "Monitors that are red",
        "count",
        "running monitors whose light is red",
        metrics.Count(metrics.Standing(MONITOR, ["running"], Holds("light", ("red",)))),
    ),
)
