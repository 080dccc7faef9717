"""The figures of a business case."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_prince2.numbers.business_case import CashFlow, npv, payback_years, roi_percent, sensitivity
from placet_prince2.numbers.exact import money, percent

#: Nobody is timed here.
PATIENT = settings(max_examples=50, deadline=None)
Flows = tuple[CashFlow, ...]


def flows(**by_year: int | str) -> Flows:
    """`flows(y0=100)`: 100 in year 0."""
    return tuple(CashFlow(period=int(year[1:]), amount=Decimal(amount)) for year, amount in by_year.items())


COSTS = flows(y0=400_000)
BENEFITS = flows(y1=200_000, y2=200_000, y3=200_000)


class TestTheFigures:
    def test_of_a_case(self) -> None:
        """400 000 now against three times 200 000 at 8 %."""
        assert money(npv(COSTS, BENEFITS, Decimal(8))) == Decimal("115419.40")
        assert roi_percent(COSTS, BENEFITS) == 50
        assert payback_years(COSTS, BENEFITS) == 2

    @pytest.mark.parametrize(
        ("costs", "benefits", "years"),
        [
            (flows(y0=100), flows(y1=150), "0.6667"),
            (flows(y0=100), flows(y1=40, y3=120), "2.5"),
            (flows(y0=100), flows(y1=40), None),
            (flows(y0=0), flows(y1=40), "0"),
            (flows(y0=100, y2=100), flows(y1=100, y3=100), "1"),
        ],
    )
    def test_pay_back_linearly_inside_a_year(self, costs: Flows, benefits: Flows, years: str | None) -> None:
        """A year without cash flow counts; without recovery there is no payback."""
        found = payback_years(costs, benefits)

        assert (None if found is None else round(found, 4)) == (None if years is None else Decimal(years))

    def test_without_costs_have_no_return_on_them(self) -> None:
        """Nothing is divided by nothing."""
        assert roi_percent(flows(y0=0), BENEFITS) is None


class TestSensitivity:
    def test_says_how_much_may_go_wrong(self) -> None:
        """The case stands until benefits fall by 22.4 % or costs rise by 28.9 %."""
        found = sensitivity(COSTS, BENEFITS, Decimal(8))

        assert found.benefit_margin is not None
        assert found.cost_margin is not None
        assert (percent(found.benefit_margin), percent(found.cost_margin)) == (
            Decimal("22.4"),
            Decimal("28.9"),
        )
        assert [(each.name, money(each.npv)) for each in found.scenarios] == [
            ("benefits 10 % lower", Decimal("63877.46")),
            ("costs 10 % higher", Decimal("75419.40")),
            ("benefits 10 % lower and costs 10 % higher", Decimal("23877.46")),
            ("benefits one year later", Decimal("77240.18")),
        ]

    def test_has_no_margin_of_nothing(self) -> None:
        """Without benefits, or costs, none can change."""
        found = sensitivity(flows(y0=0), (), Decimal(8))

        assert (found.benefit_margin, found.cost_margin) == (None, None)


amounts = st.integers(0, 10**11).map(lambda n: Decimal(n).scaleb(-2))
cases = st.dictionaries(st.integers(0, 8), amounts, max_size=5)
rates = st.integers(-5000, 10_000).map(lambda n: Decimal(n).scaleb(-2))


def as_flows(by_year: dict[int, Decimal]) -> Flows:
    return tuple(CashFlow(period=year, amount=amount) for year, amount in by_year.items())


class TestTheArithmetic:
    @PATIENT
    @given(cases, cases, rates)
    def test_agrees_with_fractions(
        self, costs: dict[int, Decimal], benefits: dict[int, Decimal], rate: Decimal
    ) -> None:
        """The present value is that of exact fractions, to far below a cent."""
        costs.setdefault(0, Decimal(0))
        growth = 1 + Fraction(rate) / 100
        exact = sum(Fraction(a) / growth**t for t, a in benefits.items()) - sum(
            Fraction(a) / growth**t for t, a in costs.items()
        )

        found = npv(as_flows(costs), as_flows(benefits), rate)

        assert abs(Fraction(found) - exact) < Fraction(1, 10**50)

    @PATIENT
    @given(cases, cases, rates, st.integers(-(10**6), 10**6).map(Decimal))
    def test_has_margins_that_lead_to_the_limit(
        self, costs: dict[int, Decimal], benefits: dict[int, Decimal], rate: Decimal, least: Decimal
    ) -> None:
        """Benefits lower by the margin bring the present value to its limit exactly."""
        costs.setdefault(0, Decimal(0))
        spent, gained = as_flows(costs), as_flows(benefits)

        margin = sensitivity(spent, gained, rate, least=least).benefit_margin

        if margin is not None:
            value, none = npv(spent, gained, rate), npv(spent, (), rate)
            lowered = Fraction(none) + Fraction(value - none) * (1 - Fraction(margin) / 100)
            assert abs(lowered - Fraction(least)) < Fraction(1, 10**6)

    @PATIENT
    @given(cases, cases)
    def test_is_paid_back_when_the_balance_is_even(
        self, costs: dict[int, Decimal], benefits: dict[int, Decimal]
    ) -> None:
        """Before the payback the running balance is below zero at the end of every year, and after it is not."""
        costs.setdefault(0, Decimal(0))
        found = payback_years(as_flows(costs), as_flows(benefits))
        years = range(max([*costs, *benefits]) + 1)
        balances = [sum(benefits.get(y, 0) - costs.get(y, 0) for y in range(t + 1)) for t in years]

        if found is None:
            assert all(balance < 0 for balance in balances)
        else:
            assert all(balances[t] < 0 for t in years if t < found)
            assert balances[ceil(found)] >= 0


class TestRefused:
    @pytest.mark.parametrize(
        ("costs", "benefits", "rate", "message"),
        [
            (flows(y1=10), flows(y2=20), "8", "begin in year 1: give an amount for year 0"),
            ((), (), "8", "are empty: give an amount for year 0"),
            (COSTS, BENEFITS, "-100", "a discount rate of -100 % has no present value"),
            (COSTS, BENEFITS, "-250", "a discount rate of -250 % has no present value"),
            (COSTS * 2, BENEFITS, "8", "the costs have two amounts for year 0: add them up"),
        ],
    )
    def test_is_a_case_without_a_value(self, costs: Flows, benefits: Flows, rate: str, message: str) -> None:
        """Cash flows without a first year, twice in a year, or discounted to nothing."""
        with pytest.raises(ValueError, match=message):
            npv(costs, benefits, Decimal(rate))

    def test_is_a_negative_swing(self) -> None:
        """Scenarios get worse, not better."""
        with pytest.raises(ValueError, match="a swing of -5 % is negative"):
            sensitivity(COSTS, BENEFITS, Decimal(8), swing=Decimal(-5))
