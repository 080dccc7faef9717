"""Forecasts meet the closed form, with a margin that follows from the number of runs alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_agile.numbers.enough import NotEnoughData
from placet_agile.numbers.forecast import (
    LONGEST,
    Forecast,
    Plan,
    days_until_done,
    items_within,
    sampled_days,
    seed_of,
)

SEED = seed_of("TEAM-1", date(2026, 3, 2))
PLAN = Plan(SEED)
RUNS = 2000
#: The distance between the distribution of so many runs and the true one: it is exceeded once in 10^12 times, by the
#: inequality of Dvoretzky, Kiefer and Wolfowitz.
MARGIN = math.sqrt(math.log(2e12) / (2 * RUNS))
HISTORIES = st.lists(st.integers(0, 3), min_size=20, max_size=40).filter(lambda samples: sum(samples) >= 10)


def answers(forecast: Forecast | NotEnoughData) -> dict[int, int | None]:
    """The answers of a forecast that has some."""
    assert isinstance(forecast, Forecast)
    return dict(forecast.answers)


def totals(samples: Sequence[int], days: int) -> list[float]:
    """The exact probability of each number of items in so many days."""
    known = [1.0]
    for _ in range(days):
        spread = [0.0] * (len(known) + max(samples))
        for items, probability in enumerate(known):
            for sample in samples:
                spread[items + sample] += probability / len(samples)
        known = spread
    return known


def at_least(samples: Sequence[int], days: int, items: int) -> float:
    """The exact probability that so many items are done within so many days."""
    return math.fsum(totals(samples, days)[items:])


class TestClosedForm:
    def test_a_steady_team_is_certain(self) -> None:
        """Two items a day: 50 items take 25 days, and 10 days bring 20, at every confidence."""
        steady = [2] * 60
        assert answers(days_until_done(steady, 50, PLAN)) == dict.fromkeys((50, 70, 85, 95), 25)
        assert answers(items_within(steady, 10, PLAN)) == dict.fromkeys((50, 70, 85, 95), 20)

    def test_an_item_on_every_other_day_is_binomial(self) -> None:
        """The values of the negative binomial and of the binomial distribution."""
        halves = [0, 1] * 30
        when, many = answers(days_until_done(halves, 5, PLAN)), answers(items_within(halves, 20, PLAN))
        assert (when[70], when[85], when[95]) == (11, 13, 16)
        assert (many[85], many[95]) == (8, 6)

    @settings(max_examples=25, deadline=None)
    @given(HISTORIES, st.integers(1, 25), st.integers(0, 2**64 - 1))
    def test_days_meet_the_exact_distribution_for_every_seed(
        self, samples: list[int], items: int, seed: int
    ) -> None:
        """The day has the confidence, and the day before does not, up to the margin of the runs."""
        for percent, day in answers(days_until_done(samples, items, Plan(seed, RUNS))).items():
            assert day is not None
            assert at_least(samples, day, items) >= percent / 100 - MARGIN
            assert at_least(samples, day - 1, items) < percent / 100 + MARGIN

    @settings(max_examples=25, deadline=None)
    @given(HISTORIES, st.integers(0, 25), st.integers(0, 2**64 - 1))
    def test_items_meet_the_exact_distribution_for_every_seed(
        self, samples: list[int], days: int, seed: int
    ) -> None:
        """The number has the confidence, and one more does not, up to the margin of the runs."""
        for percent, items in answers(items_within(samples, days, Plan(seed, RUNS))).items():
            assert items is not None
            assert at_least(samples, days, items) >= percent / 100 - MARGIN
            assert at_least(samples, days, items + 1) < percent / 100 + MARGIN


class TestAnswers:
    def test_the_same_question_has_the_same_answer_all_day(self) -> None:
        """A seed comes from the team and the day."""
        samples = [0, 3, 1, 0, 2] * 8
        assert days_until_done(samples, 40, PLAN) == days_until_done(samples, 40, Plan(SEED))
        assert len({seed_of("TEAM-1", date(2026, 3, 2)), seed_of("TEAM-2", date(2026, 3, 2)),
                    seed_of("TEAM-1", date(2026, 3, 3))}) == 3  # fmt: skip

    def test_items_that_are_split_become_more(self) -> None:
        """Ten items with a split rate of 1.25 are thirteen, rounded up."""
        assert answers(days_until_done([1] * 30, 10, Plan(SEED, split_rate=Decimal("1.25"))))[85] == 13

    def test_nothing_left_is_done_today(self) -> None:
        """No items take no days, and no days bring no items."""
        assert answers(days_until_done([1] * 30, 0, PLAN))[95] == 0
        assert answers(items_within([1] * 30, 0, PLAN))[95] == 0

    def test_beyond_ten_years_there_is_no_day(self) -> None:
        """A confidence that is not reached in ten years has no number."""
        plan = Plan(SEED, runs=10)
        assert answers(days_until_done([1] * 30, LONGEST, plan))[50] == LONGEST
        assert answers(days_until_done([1] * 30, LONGEST + 1, plan))[50] is None

    def test_the_forecast_says_what_it_rests_on(self) -> None:
        """The sampled days, the items in them, and the runs."""
        found = items_within([2] * 21, 1, Plan(SEED, 100))
        assert isinstance(found, Forecast)
        assert (found.days, found.finished, found.runs) == (21, 42, 100)


class TestNotEnoughData:
    @pytest.mark.parametrize(
        ("samples", "message"),
        [
            ([], "0 days of history, at least 20 needed"),
            ([5] * 19, "19 days of history, at least 20 needed"),
            ([0] * 60, "0 finished items, at least 10 needed"),
            ([0] * 51 + [1] * 9, "9 finished items, at least 10 needed"),
        ],
    )
    def test_a_short_history_gives_no_number(self, samples: list[int], message: str) -> None:
        """Twenty days and ten finished items are the least."""
        for found in (days_until_done(samples, 5, PLAN), items_within(samples, 5, PLAN)):
            assert str(found) == f"not enough data: {message}"

    def test_samples_are_complete_days_since_the_first_start(self) -> None:
        """Today is not over, and days before the team began say nothing."""
        today = date(2026, 3, 2)
        assert sampled_days(today, 60, date(2020, 1, 1)) == (date(2026, 1, 1), date(2026, 3, 1))
        assert sampled_days(today, 60, date(2026, 2, 20)) == (date(2026, 2, 20), date(2026, 3, 1))
        assert sampled_days(today, 60, today) is None
