"""The metrics of how rules are adopted: whether people know them, and whether they are kept.

Source: COBIT 2019, BAI05 Managed organizational change (adoption) and MEA02 Managed system of internal control.
"""

from __future__ import annotations

from placet import Metric, metrics

METRICS = (
    Metric(
        "governance.first_pass_rate",
        "Done at the first attempt",
        "%",
        "100 * transitions that succeeded at the first attempt of the person / transitions made by people",
        metrics.Share(metrics.Moves(), metrics.FirstTry()),
        ("type", "transition"),
    ),
    Metric(
        "governance.override_share",
        "Done past a rule",
        "%",
        "100 * transitions for which a gate was waived, or was not met and did not stop them / transitions made by"
        " people",
        metrics.Share(metrics.Moves(), metrics.SetAside()),
        ("type", "transition"),
    ),
)
