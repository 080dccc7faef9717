"""The metrics of problem management.

Source: ITIL 4, practice Problem management. Our choice: an observed problem counts when its fix was made.
"""

from __future__ import annotations

from placet import Metric, metrics
from placet_itil_change.ids import PROBLEM

METRICS = (
    Metric(
        "itil.problem_backlog",
        "Open problems",
        "count",
        "problems that are not closed, accepted or cancelled",
        metrics.Count(metrics.Standing(PROBLEM)),
        ("priority", "state"),
    ),
    Metric(
        "itil.known_error_age",
        "Age of known errors",
        "days",
        "median(now - identify_known_error)",
        metrics.median(
            metrics.Standing(PROBLEM, "known_error"),
            metrics.Between(metrics.Did("identify_known_error"), metrics.Now()),
        ),
    ),
    Metric(
        "itil.recurrence_rate",
        "Problems that came up again",
        "%",
        "100 * problems that came up again / problems whose fix was watched",
        metrics.Share(
            metrics.Items(PROBLEM, metrics.Did("fix_done", "fix_without_change")), metrics.Did("recur")
        ),
    ),
)
