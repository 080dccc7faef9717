"""How the risk of a change is scored."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_itil_change.changes.risk import (
    DataClass,
    RiskClass,
    data_score,
    history_score,
    impact_score,
    likelihood_score,
    outage_score,
    risk_class,
    users_score,
)

scores = st.integers(1, 5)
BANDS = (4, 9, 16)


class TestImpact:
    @pytest.mark.parametrize(
        ("users", "score"),
        [(0, 1), (1, 2), (49, 2), (50, 3), (499, 3), (500, 4), (4999, 4), (5000, 5), (10**9, 5)],
    )
    def test_grows_with_the_users_affected(self, users: int, score: int) -> None:
        """Nobody, up to 49, up to 499, up to 4999, more."""
        assert users_score(users) == score

    @pytest.mark.parametrize(
        ("minutes", "score"), [(0, 1), (1, 2), (15, 2), (16, 3), (60, 3), (61, 4), (240, 4), (241, 5)]
    )
    def test_grows_with_the_planned_outage(self, minutes: int, score: int) -> None:
        """None, up to 15, up to 60, up to 240 minutes, more."""
        assert outage_score(minutes) == score

    def test_grows_with_the_class_of_the_data(self) -> None:
        """Public is 1, regulated is 5."""
        assert [data_score(data) for data in DataClass] == [1, 2, 3, 4, 5]

    @settings(deadline=None)
    @given(scores, st.integers(0, 10**6), st.integers(0, 10**4), st.sampled_from(DataClass))
    def test_is_the_worst_of_its_criteria(
        self, criticality: int, users: int, outage: int, data: DataClass
    ) -> None:
        """One bad answer is not made good by the others."""
        single = {criticality, users_score(users), outage_score(outage), data_score(data)}

        assert impact_score(criticality, users, outage, data) == max(single)


class TestLikelihood:
    @pytest.mark.parametrize(
        ("answers", "score"),
        [((3, 3, 2, 2, 2), 2), ((3, 3, 2, 2, 5), 3), ((1, 1, 1, 1, 1), 1), ((1, 2), 2), ((5, 5, 5, 5, 5), 5)],
    )
    def test_is_the_mean_rounded_half_up(self, answers: tuple[int, ...], score: int) -> None:
        """2.4 becomes 2, 1.5 becomes 2."""
        assert likelihood_score(answers) == score

    @settings(deadline=None)
    @given(st.lists(scores, min_size=1, max_size=10))
    def test_lies_between_the_best_and_the_worst_answer(self, answers: list[int]) -> None:
        """It is a mean."""
        assert min(answers) <= likelihood_score(answers) <= max(answers)

    @settings(deadline=None)
    @given(st.lists(scores, min_size=5, max_size=5), st.integers(0, 4))
    def test_never_falls_when_an_answer_gets_worse(self, answers: list[int], which: int) -> None:
        """A worse answer never makes a change look safer."""
        worse = [min(answer + 1, 5) if n == which else answer for n, answer in enumerate(answers)]

        assert likelihood_score(worse) >= likelihood_score(answers)

    @pytest.mark.parametrize(("failures", "score"), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (40, 5)])
    def test_counts_failures_on_the_same_items(self, failures: int, score: int) -> None:
        """One more for each failed or backed-out change, up to 5."""
        assert history_score(failures) == score


class TestRiskClass:
    @pytest.mark.parametrize(
        ("score", "expected"),
        [(1, "low"), (4, "low"), (5, "medium"), (9, "medium"), (10, "high"), (16, "high"), (17, "very_high"),
         (25, "very_high")],
    )  # fmt: skip
    def test_changes_after_each_band(self, score: int, expected: str) -> None:
        """Low to 4, medium to 9, high to 16, very high above."""
        assert risk_class(score, BANDS) == expected

    @settings(deadline=None)
    @given(scores, scores, scores)
    def test_never_falls_when_impact_rises(self, impact: int, more: int, likelihood: int) -> None:
        """More impact never means less authority."""
        order = list(RiskClass)
        low, high = sorted((impact, more))

        lower, higher = (risk_class(each * likelihood, BANDS) for each in (low, high))

        assert order.index(lower) <= order.index(higher)
