"""The timers of an objective."""

from __future__ import annotations

from placet import NotificationRule, Threshold, Timer, elapsed
from placet_cobit.ids import OBJECTIVE
from placet_cobit.roles import CIO

#: Source: COBIT 2019, APO01: roles are reviewed regularly. Our choice: once a year.
RACI_REVIEW = Timer(
    "cobit.raci_review",
    "Review of its roles",
    starts=["put_in_scope"],
    stops=["exclude"],
    target=elapsed(days=365),
    thresholds=[Threshold(percent=100, notifies=[CIO])],
    repeats=0,
)

NOTIFICATION_RULES = (
    NotificationRule(
        "cobit.raci_review_due",
        "The roles of an objective are to be reviewed",
        OBJECTIVE,
        ["timer:cobit.raci_review"],
        ["named:owner"],
        "you answer for it",
    ),
)
