"""Levels of capability, with the borders met exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_cobit.capability.levels import (
    Maturity,
    Rating,
    achievements,
    capability_level,
    domain_value,
    gap,
    maturity,
    rating,
)

PERCENT = st.fractions(min_value=0, max_value=100)
ACHIEVED = st.dictionaries(st.integers(2, 5), PERCENT)


class TestARating:
    @pytest.mark.parametrize(
        ("achievement", "letter"),
        [("0", "N"), ("15", "N"), ("15.01", "P"), ("50", "P"), ("50.01", "L"), ("85", "L"), ("85.01", "F"),
         ("100", "F")],
    )  # fmt: skip
    def test_belongs_to_the_lower_one_at_its_border(self, achievement: str, letter: str) -> None:
        assert rating(Fraction(achievement)) is Rating(letter)

    @settings(deadline=None)
    @given(PERCENT, PERCENT)
    def test_never_falls_with_a_higher_achievement(self, one: Fraction, other: Fraction) -> None:
        letters = tuple(Rating)
        low, high = sorted((one, other))

        assert letters.index(rating(low)) <= letters.index(rating(high))


class TestALevel:
    def test_is_the_one_of_the_example(self) -> None:
        """89.0 F, 66.8 L, 33.0 P: level 3."""
        scores = [(2, 100), (2, 100), (2, 67), (2, 100), (2, 100), (2, 67), (3, 100), (3, 67), (3, 67), (3, 33),
                  (3, 67), (4, 33), (4, 33)]  # fmt: skip
        found = achievements((level, Fraction(score)) for level, score in scores)

        assert found == {2: Fraction(89), 3: Fraction("66.8"), 4: Fraction(33)}
        assert capability_level(found) == 3
        assert gap(4, 3) == 1

    def test_needs_all_below_it_fully(self) -> None:
        found = {2: Fraction("83.5"), 3: Fraction(100)}

        assert (capability_level(found), gap(4, 2)) == (2, 2)

    @pytest.mark.parametrize(
        ("achievement", "level"), [("15", 0), ("15.1", 1), ("50", 1), ("50.1", 2), ("100", 2)]
    )
    def test_one_and_two_follow_from_the_activities_of_level_two(self, achievement: str, level: int) -> None:
        assert capability_level({2: Fraction(achievement)}) == level

    def test_without_activities_is_not_reached_nor_is_one_above_it(self) -> None:
        full = Fraction(100)

        assert capability_level({}) == 0
        assert capability_level({2: full, 4: full}) == 2
        assert capability_level({3: full}) == 0

    @settings(deadline=None)
    @given(ACHIEVED)
    def test_has_all_below_it_fully_achieved(self, found: dict[int, Fraction]) -> None:
        level = capability_level(found)

        assert all(rating(found[each]) is Rating.FULLY for each in range(2, level))
        assert level < 2 or rating(found[level]) in {Rating.LARGELY, Rating.FULLY}

    @settings(deadline=None)
    @given(ACHIEVED, st.integers(2, 5), PERCENT)
    def test_never_falls_when_a_level_is_achieved_better(
        self, found: dict[int, Fraction], level: int, more: Fraction
    ) -> None:
        better = found | {level: max(more, found.get(level, Fraction(0)))}

        assert capability_level(better) >= capability_level(found)


class TestADomain:
    def test_has_the_mean_and_a_focus_area_the_least(self) -> None:
        assert domain_value([1, 2, 2]) == Fraction(5, 3)
        assert maturity([1, 2, 2]) == 1
        assert maturity([1, 2, 2], Maturity.MEAN) == Fraction(5, 3)
        assert domain_value([]) is maturity([]) is None
