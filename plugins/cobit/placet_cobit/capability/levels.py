"""Capability levels: scores of activities become ratings, ratings a level, and levels those of a domain.

Pure functions in fractions, so that a border is met exactly: 85 percent is L, and all above it F. Source: COBIT 2019
Framework, performance management; rating scale of ISO/IEC 33020.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

#: Levels to which activities belong. Level 1 has none of its own.
FIRST, LAST = 2, 5


class Rating(StrEnum):
    """How far the activities of a level are achieved."""

    NOT = "N"
    PARTIALLY = "P"
    LARGELY = "L"
    FULLY = "F"


#: The highest achievement of each rating, in percent, that still belongs to it.
BORDERS = ((Fraction(15), Rating.NOT), (Fraction(50), Rating.PARTIALLY), (Fraction(85), Rating.LARGELY))
#: The ratings with which a level is reached.
_REACHED = frozenset({Rating.LARGELY, Rating.FULLY})


def rating(achievement: Fraction) -> Rating:
    """The rating of an achievement of 0 to 100 percent."""
    return next((letter for border, letter in BORDERS if achievement <= border), Rating.FULLY)


def achievements(scores: Iterable[tuple[int, Fraction]]) -> dict[int, Fraction]:
    """The mean score by level, in percent, of activities given as (level, score); each weighs the same."""
    by_level: defaultdict[int, list[Fraction]] = defaultdict(list)
    for level, score in scores:
        by_level[level].append(score)
    return {level: sum(found, Fraction(0)) / len(found) for level, found in sorted(by_level.items())}


def capability_level(achieved: Mapping[int, Fraction]) -> int:
    """The level, 0 to 5, by the achievement of each level that has activities.

    A level is reached if it is achieved at least largely, and every one below it fully. Level 1 is reached if level 2
    is more than not achieved. A level without activities is not reached, nor is one above it.
    """
    ratings = {level: rating(achieved[level]) for level in achieved}
    if ratings.get(FIRST, Rating.NOT) is Rating.NOT:
        return 0
    level = 1
    for each in range(FIRST, LAST + 1):
        if ratings.get(each) not in _REACHED:
            break
        level = each
        if ratings[each] is not Rating.FULLY:
            break
    return level


def gap(target: int, level: int) -> int:
    """Levels that are missing to the target; 0 where it is reached or exceeded."""
    return max(0, target - level)


def domain_value(levels: Iterable[int]) -> Fraction | None:
    """The mean level of a domain's objectives in scope; `None` where none is."""
    found = list(levels)
    return Fraction(sum(found), len(found)) if found else None


class Maturity(StrEnum):
    """How the levels of objectives become the maturity of a focus area."""

    MIN = "min"
    MEAN = "mean"


def maturity(levels: Iterable[int], how: Maturity = Maturity.MIN) -> Fraction | None:
    """The maturity of a focus area: the least of its objectives' levels, or their mean; `None` where it has none."""
    found = list(levels)
    if not found:
        return None
    return Fraction(min(found)) if how is Maturity.MIN else domain_value(found)
