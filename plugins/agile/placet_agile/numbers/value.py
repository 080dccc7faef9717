"""Figures of value: weighted shortest job first, and the predictability of a planning interval.

Source: the SAFe framework, "WSJF" and "PI objectives".
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def wsjf(business_value: int, time_criticality: int, risk_reduction: int, job_size: int) -> Fraction:
    """The cost of delay for each unit of job size: the greatest comes first."""
    return Fraction(business_value + time_criticality + risk_reduction, job_size)


def predictability(objectives: Iterable[tuple[bool, int | None, int | None]]) -> Fraction | None:
    """The actual value of all objectives in percent of the planned value of the committed ones.

    `None` where nothing was committed. Uncommitted objectives count towards the actual value alone.

    Args:
        objectives: for each, whether it was committed, its planned value and its actual value.
    """
    known = list(objectives)
    planned = sum(value or 0 for committed, value, _ in known if committed)
    actual = sum(value or 0 for _, _, value in known)
    return Fraction(100 * actual, planned) if planned else None
