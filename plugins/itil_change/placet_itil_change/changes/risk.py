"""The risk of a change: its impact, its likelihood and its class. Pure functions.

Source: change risk assessment as commonly practiced with ITIL 4: impact times likelihood, each from 1 to 5.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import StrEnum


class RiskClass(StrEnum):
    """The classes of risk, from the lowest."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class DataClass(StrEnum):
    """How sensitive the data is that a change could touch, from the least."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"
    REGULATED = "regulated"


#: Numbers of users from which on the impact is 2, 3, 4, 5.
USER_STEPS = (1, 50, 500, 5000)
#: Minutes of planned outage up to which the impact is 1, 2, 3, 4.
OUTAGE_STEPS = (0, 15, 60, 240)
#: The highest risk score: the worst impact times the greatest likelihood.
WORST_RISK = 25
#: The highest score of history, reached with four failures.
WORST_HISTORY = 5


def users_score(users: int) -> int:
    """1 for nobody, 2 for 1-49, 3 for 50-499, 4 for 500-4999, 5 from 5000 users on."""
    return 1 + bisect_right(USER_STEPS, users)


def outage_score(minutes: int) -> int:
    """1 for none, 2 up to 15, 3 up to 60, 4 up to 240 minutes of planned outage, 5 beyond."""
    return 1 + bisect_left(OUTAGE_STEPS, minutes)


_DATA_SCORES = {data_class: score for score, data_class in enumerate(DataClass, 1)}


def data_score(data_class: DataClass) -> int:
    """1 for public up to 5 for regulated data."""
    return _DATA_SCORES[data_class]


def impact_score(criticality: int, users: int, outage_min: int, data_class: DataClass) -> int:
    """The worst of the four criteria, 1-5; `criticality` is the highest of the affected items."""
    return max(criticality, users_score(users), outage_score(outage_min), data_score(data_class))


def history_score(failures: int) -> int:
    """1 for no failed or backed-out change on the same items, one more for each, 5 from four on."""
    return min(1 + failures, WORST_HISTORY)


def likelihood_score(answers: Sequence[int]) -> int:
    """The mean of the answers (each 1-5), rounded half up."""
    return (2 * sum(answers) + len(answers)) // (2 * len(answers))


def risk_class(score: int, bands: tuple[int, int, int]) -> RiskClass:
    """The class of a score (1-25); `bands` are the highest scores of low, medium and high."""
    return list(RiskClass)[bisect_left(bands, score)]
