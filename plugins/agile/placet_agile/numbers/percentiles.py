"""Percentiles by nearest rank: the answer is always a value that occurred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)


def percentile(values: Sequence[Number], percent: int) -> Number | None:
    """The smallest value that at least so many percent of all values do not exceed; `None` without values.

    Args:
        values: in any order.
        percent: 1 to 100.
    """
    return sorted(values)[rank(len(values), percent) - 1] if values else None


def rank(count: int, percent: int) -> int:
    """The place of a percentile among so many sorted values, from 1 on."""
    return -(-percent * count // 100)
