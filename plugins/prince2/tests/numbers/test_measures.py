"""How the forecast of each aspect is measured, and how it rolls up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from placet_prince2.numbers.measures import (
    ProductForecast,
    Threat,
    exposure,
    scope_percent,
    single_threats,
    undelivered_musts,
)
from placet_prince2.numbers.roll_up import (
    Figures,
    Whole,
    latest_end,
    stage_cost,
    stage_end,
    total_cost,
)

#: Nobody is timed here.
PATIENT = settings(max_examples=50, deadline=None)
DAY = date(2026, 3, 31)
money = st.integers(0, 10**14).map(lambda n: Decimal(n).scaleb(-2))


def threat(key: str, percent: int, cost: int, score: int = 5, *, accepted: bool = False) -> Threat:
    return Threat(key, Decimal(percent), Decimal(cost), score, accepted)


class TestScope:
    def test_is_the_share_of_the_weight(self) -> None:
        """Products of weight 4 of 50 will not be delivered: 92 %."""
        products = [
            ProductForecast("P-1", 46, must=True, delivered=True),
            ProductForecast("P-2", 3, must=False, delivered=False),
            ProductForecast("P-3", 1, must=False, delivered=False),
        ]

        assert scope_percent(products) == 92
        assert undelivered_musts(products) == ()

    def test_names_the_musts_that_are_not_delivered(self) -> None:
        """One of them makes the scope red by itself."""
        assert undelivered_musts([ProductForecast("P-1", 1, must=True, delivered=False)]) == ("P-1",)

    def test_is_whole_where_nothing_is_to_be_delivered(self) -> None:
        """No product is missing."""
        assert scope_percent([]) == 100

    @PATIENT
    @given(st.lists(st.tuples(st.integers(1, 1000), st.booleans()), min_size=1, max_size=8))
    def test_lies_between_nothing_and_everything(self, given_products: list[tuple[int, bool]]) -> None:
        """0 where nothing is delivered, 100 where everything is, and the share of the weight between."""
        products = [
            ProductForecast("P-1", weight, must=False, delivered=done) for weight, done in given_products
        ]
        share = Fraction(sum(w for w, done in given_products if done), sum(w for w, _ in given_products))

        found = scope_percent(products)

        assert 0 <= found <= 100
        assert abs(Fraction(found) - 100 * share) < Fraction(1, 10**50)


class TestRisk:
    def test_adds_up_what_threats_are_expected_to_cost(self) -> None:
        """30 % of 50 000, 10 % of 120 000 and 60 % of 20 000 are 39 000, and 25 % of 8 000 are 2 000 more."""
        threats = [threat("R-1", 30, 50_000), threat("R-2", 10, 120_000), threat("R-3", 60, 20_000)]

        assert exposure(threats) == 39_000
        assert exposure([*threats, threat("R-4", 25, 8_000)]) == 41_000

    def test_names_single_threats(self) -> None:
        """A residual score of 20 is red until its acceptance is recorded."""
        threats = [threat("R-1", 1, 1, 19), threat("R-2", 1, 1, 20), threat("R-3", 1, 1, 25, accepted=True)]

        assert single_threats(threats) == ("R-2",)


class TestCost:
    def test_of_a_part_is_what_is_spent_and_what_is_left(self) -> None:
        """Without an estimate it is the budget, and after the end nothing is left to spend."""
        spent, left, budget = Decimal(62_000), Decimal(48_000), Decimal(100_000)

        assert Figures(budget, spent, left).cost == 110_000
        assert Figures(budget, spent).cost == 100_000
        assert Figures(Decimal(50_000), spent).cost == 62_000
        assert Figures(budget, spent, left, ended=True).cost == 62_000

    def test_of_a_stage_is_not_below_that_of_its_packages(self) -> None:
        """The teams' figures count before the project manager has copied them."""
        stage = Figures(Decimal(100), Decimal(10), Decimal(80))
        packages = [
            Figures(Decimal(60), Decimal(50), Decimal(20)),
            Figures(Decimal(40), Decimal(30), ended=True),
        ]

        assert stage_cost(stage, packages) == 100
        assert stage_cost(stage, []) == 90

    @PATIENT
    @given(
        st.lists(st.tuples(money, money, money, st.booleans()), max_size=5), st.tuples(money, money, money)
    )
    def test_of_a_project_covers_all_its_stages(
        self, parts: list[tuple[Decimal, Decimal, Decimal, bool]], own: tuple[Decimal, Decimal, Decimal]
    ) -> None:
        """It is the sum of its stages, and a stage is never cheaper than its packages, nor than its own figures."""
        packages = [Figures(budget, actual, left, ended=ended) for budget, actual, left, ended in parts]
        stage = Figures(*own)

        cost = stage_cost(stage, packages)

        assert cost == max(own[1] + own[2], total_cost(packages))
        assert Whole([(stage, packages), (stage, [])]).cost == cost + own[1] + own[2]

    def test_of_a_project_is_no_less_than_its_budget_while_a_stage_is_not_planned(self) -> None:
        """The project plan stands for that stage; once all are planned or over, they are all that it costs."""
        running, planned = Figures(Decimal(100), Decimal(10), Decimal(85)), Figures(Decimal(200))
        terminated = Figures(actual_cost=Decimal(7), ended=True, given_up=True)

        open_one = Whole([(running, []), (Figures(), [])], budget=Decimal(500))
        all_planned = Whole([(running, []), (planned, []), (terminated, [])], budget=Decimal(500))

        assert [open_one.cost, all_planned.cost] == [500, 95 + 200 + 7]
        assert Whole([(running, []), (Figures(), [])]).cost == 95

    def test_that_is_spent_is_no_less_than_the_packages_have_spent(self) -> None:
        """Nobody has to copy the figures of the teams before the project is seen to have spent them."""
        packages = [Figures(actual_cost=Decimal(30)), Figures(actual_cost=Decimal(25), ended=True), Figures()]

        assert Whole([(Figures(actual_cost=Decimal(40)), packages), (Figures(), [])]).spent == 55
        assert Whole([(Figures(actual_cost=Decimal(60)), packages)]).spent == 60


class TestTime:
    def test_of_a_stage_is_not_before_its_last_package(self) -> None:
        """Packages that have ended hold nobody up."""
        stage = Figures(planned_end=DAY)
        late = Figures(planned_end=DAY, forecast_end=DAY + timedelta(days=6))
        over = Figures(forecast_end=DAY + timedelta(days=90), ended=True)

        assert stage_end(stage, [late, over]) == DAY + timedelta(days=6)
        assert latest_end([over]) is None

    def test_of_a_project_is_that_of_its_last_stage(self) -> None:
        """A stage that is only planned ends as planned; one that has ended keeps its end."""
        done = Figures(planned_end=DAY, forecast_end=DAY, ended=True)
        planned = Figures(planned_end=DAY + timedelta(days=30))

        given_up = Figures(forecast_end=DAY + timedelta(days=90), ended=True, given_up=True)

        stages: list[tuple[Figures, list[Figures]]] = [(done, []), (planned, []), (given_up, [])]
        assert Whole(stages).end == DAY + timedelta(days=30)
        assert Whole(stages, planned_end=DAY + timedelta(days=60)).end == DAY + timedelta(days=60)
        assert Whole([]).end is None
