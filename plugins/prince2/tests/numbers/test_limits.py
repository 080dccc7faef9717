"""Parts that fit their whole, breaches and their answers, the change budget, and earned value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_prince2.control.status import spoken
from placet_prince2.numbers.change_budget import Authority, Effect, authority_of, left, reasons, used
from placet_prince2.numbers.earned_value import WeightedProduct, earned_value
from placet_prince2.numbers.exceptions import (
    Breach,
    breaches,
    merged,
    replaced,
    still_outside,
)
from placet_prince2.numbers.limits import end_fit, package_cost_fit, stage_cost_fit
from placet_prince2.numbers.roll_up import Figures
from placet_prince2.numbers.tolerances import Forecast, Tolerance, ToleranceStatus, status

AT = datetime(2026, 2, 5, tzinfo=UTC)
D = Decimal
#: Nobody is timed here.
PATIENT = settings(max_examples=50, deadline=None)
DAY = date(2026, 3, 31)
money = st.integers(0, 10**8).map(lambda n: Decimal(n).scaleb(-2))


def cost(target: int = 100_000, upper: int = 10) -> Tolerance:
    values = {"aspect": "cost", "target": target, "unit": "EUR", "upper": upper, "lower": upper}
    return Tolerance.model_validate({**values, "basis": "percent_of_target"})


def days(upper: int = 10, target: date = DAY) -> Tolerance:
    return Tolerance.model_validate(
        {"aspect": "time", "target": target, "unit": "calendar_days", "upper": upper, "lower": 5}
    )


def at(value: Any, tolerance: Tolerance | None = None, *because: str) -> ToleranceStatus:
    tolerance = tolerance or cost()
    forecast = Forecast.model_validate({"aspect": tolerance.aspect, "value": value, "as_of": AT})
    return status(tolerance, forecast, because=because)


class TestBreaches:
    def test_are_all_measures_outside(self) -> None:
        """Each with its target, its limit, its forecast and its deviation."""
        (found,) = breaches([at(113_500), at(DAY, days())])

        assert found == Breach.model_validate(
            {
                "aspect": "cost",
                "unit": "EUR",
                "target": 100_000,
                "limit": 10_000,
                "forecast": 113_500,
                "deviation": 13_500,
            }
        )

    @pytest.mark.parametrize(
        ("value", "counts"), [(113_500, False), (112_000, False), (113_501, True), (80_000, True)]
    )
    def test_that_were_accepted_count_once_they_have_grown(self, value: int, counts: bool) -> None:
        """Further out, or out on the other side, is a new breach."""
        assert bool(breaches([at(value)], [Breach.of(at(113_500))])) is counts

    def test_by_a_single_item_count_for_each_item(self) -> None:
        """Accepting one threat does not accept the next."""
        accepted = [Breach.of(at(100_000, None, "R-1"))]

        assert not breaches([at(100_000, None, "R-1")], accepted)
        assert breaches([at(100_000, None, "R-1", "R-2")], accepted)

    def test_are_added_to_an_open_exception(self) -> None:
        """A further measure at the end; a known one has its new figures."""
        late = Breach.of(at(date(2026, 4, 20), days()))
        worse = Breach.of(at(120_000))

        assert merged([Breach.of(at(113_500))], [late]) == (Breach.of(at(113_500)), late)
        assert merged([Breach.of(at(113_500)), late], [worse]) == (worse, late)

    def test_are_covered_by_wider_tolerances(self) -> None:
        """12 % does not cover 13 500 over 100 000, and 15 % does."""
        exceeded = [at(113_500)]

        (outside,) = still_outside(exceeded, replaced([cost(), days()], [cost(upper=12)]))
        assert (outside.deviation, outside.limit_upper) == (D(13_500), D(12_000))
        assert not still_outside(exceeded, replaced([cost(), days()], [cost(upper=15)]))

    def test_by_a_single_item_are_covered_by_no_tolerance(self) -> None:
        """Nor is a measure that has none."""
        assert still_outside([at(100_000, None, "R-1")], [cost(upper=90)])
        assert still_outside([at(113_500)], [days()])

    @pytest.mark.parametrize(
        ("forecast", "said"),
        [
            ((113_500,), "cost 13500 EUR above its target"),
            ((80_000,), "cost 20000 EUR below its target"),
            ((100_000, None, "R-1"), "cost, for R-1"),
        ],
    )
    def test_are_said_with_their_unit(self, forecast: tuple[Any, ...], said: str) -> None:
        assert spoken(at(*forecast)) == said

    def test_say_of_time_how_late_or_early_it_is(self) -> None:
        """Early is outside as well."""
        assert spoken(at(date(2026, 3, 20), days())) == "time 11 days early"
        assert spoken(at(date(2026, 4, 1), days())) == "time 1 day late"


class TestFitting:
    def test_a_stage_takes_no_more_than_the_project_has(self) -> None:
        """Exactly the rest at the upper limits fits; stages that have ended cost what they and their packages cost."""
        package = Figures(Decimal(50), Decimal(50_000), ended=True)
        others = [
            (Figures(Decimal(50), Decimal(20_000), ended=True), []),
            (Figures(Decimal(50), Decimal(9), ended=True, given_up=True), [package]),
            (Figures(Decimal(40_000), Decimal(1)), []),
        ]
        project = cost(200_000)

        found = stage_cost_fit(cost(100_000), others, project)
        assert (found.needed, found.left, found.fits) == (D(110_000), D(110_000), True)
        assert not stage_cost_fit(cost(100_001), others, project).fits

    def test_a_package_takes_no_more_than_the_stage_has(self) -> None:
        """Budgets of the other packages are taken."""
        found = package_cost_fit(Decimal(30_000), [Decimal(50_000), Decimal(30_000)], cost())
        assert (found.needed, found.left, found.fits) == (D(30_000), D(30_000), True)

    def test_a_part_ends_inside_the_whole(self) -> None:
        """Its own slack counts; the last day of the whole is inside."""
        assert end_fit(date(2026, 4, 5), Decimal(5), days()).fits
        assert not end_fit(date(2026, 4, 6), Decimal(5), days()).fits

    def test_needs_the_tolerance_of_its_aspect(self) -> None:
        """A day does not fit into an amount."""
        with pytest.raises(ValueError, match="the tolerance of cost has no day: give one of time"):
            end_fit(DAY, Decimal(0), cost())
        with pytest.raises(ValueError, match="the tolerance of time has no amount: give one of cost"):
            package_cost_fit(Decimal(1), [], days())


def authority(effect: Effect, *, delegated: bool = True) -> tuple[str, str]:
    found = reasons(effect, limit=Decimal(5_000), budget_left=Decimal(5_500), delegated=delegated)
    return str(authority_of(found)), found[0].said


class TestTheChangeBudget:
    def test_pays_exactly_to_its_end(self) -> None:
        """14 500 of 20 000 are used, and 5 500 more use it up."""
        assert left(Decimal(20_000), [Decimal(14_500)]) == 5_500
        assert left(Decimal(20_000), [Decimal(14_500), Decimal(5_500)]) == 0

    @PATIENT
    @given(st.lists(money, max_size=8), money)
    def test_is_used_or_left(self, approved: list[Decimal], budget: Decimal) -> None:
        """No cent is in neither part."""
        assert used(approved) + left(budget, approved) == budget

    @pytest.mark.parametrize(
        ("effect", "who", "why"),
        [
            (Effect(Decimal(0)), "project_manager", "it changes no baseline"),
            (Effect(Decimal("0.01")), "change_authority", "the change budget pays for it"),
            (Effect(Decimal(5_000), 1), "change_authority", "it changes a baseline"),
            (Effect(Decimal(5_001), 1), "executive", "its cost of 5001 is above the limit of 5000"),
            (
                Effect(Decimal(0), 1, project_baseline=True),
                "executive",
                "it changes a baseline of the whole project",
            ),
            (Effect(Decimal(0), breaks_stage=True), "executive", "it takes a stage out of tolerance"),
            (
                Effect(Decimal(0), breaks_project=True),
                "business_layer",
                "it takes the project out of tolerance",
            ),
        ],
    )
    def test_is_decided_on_by_the_lowest_who_may(self, effect: Effect, who: str, why: str) -> None:
        """Exactly the limit is inside it."""
        assert authority(effect) == (who, why)

    def test_is_the_executives_where_nobody_is_change_authority(self) -> None:
        """A limit that is not delegated stays with the board."""
        assert authority(Effect(Decimal(1), 1), delegated=False) == (
            "executive",
            "nobody is change authority",
        )

    def test_is_never_decided_on_from_below(self) -> None:
        """A higher authority may decide for a lower one, not the other way round."""
        assert Authority.EXECUTIVE.covers(Authority.CHANGE_AUTHORITY)
        assert not Authority.PROJECT_MANAGER.covers(Authority.CHANGE_AUTHORITY)

    @PATIENT
    @given(money, st.integers(0, 3), st.booleans(), st.booleans(), st.booleans())
    def test_needs_no_less_authority_for_a_greater_effect(
        self, amount: Decimal, baselines: int, project_baseline: bool, stage: bool, project: bool
    ) -> None:
        """Another baseline, another breach or a higher cost never lowers the authority."""

        def needed(effect: Effect) -> Authority:
            limits = {"limit": Decimal(5_000), "budget_left": Decimal(5_500)}
            found = authority_of(reasons(effect, delegated=True, **limits))
            assert found is not None
            return found

        small = Effect(amount, baselines, project_baseline, stage, project)
        for greater in (
            Effect(amount + 1, baselines, project_baseline, stage, project),
            Effect(amount, baselines + 1, project_baseline, stage, project),
            Effect(amount, baselines, True, stage, project),
            Effect(amount, baselines, project_baseline, True, project),
            Effect(amount, baselines, project_baseline, stage, True),
        ):
            assert needed(greater).covers(needed(small))


class TestEarnedValue:
    def test_compares_planned_earned_and_spent(self) -> None:
        """A quarter is approved and half was planned, for 40 000 of 100 000."""
        products = [
            WeightedProduct(1, approved=True, planned=DAY),
            WeightedProduct(1, approved=False, planned=DAY),
            WeightedProduct(2, approved=False),
        ]

        found = earned_value(Decimal(100_000), Decimal(40_000), products, DAY)

        assert found is not None
        assert (found.earned, found.planned) == (D(25_000), D(50_000))
        assert (found.cost_performance, found.schedule_performance) == (Decimal("0.625"), Decimal("0.5"))

    def test_is_unknown_without_products_or_costs(self) -> None:
        """No ratio of nothing."""
        assert earned_value(Decimal(1), Decimal(1), [], DAY) is None
        found = earned_value(Decimal(1), Decimal(0), [WeightedProduct(1, approved=True)], DAY)
        assert found is not None
        assert (found.cost_performance, found.schedule_performance) == (None, None)
