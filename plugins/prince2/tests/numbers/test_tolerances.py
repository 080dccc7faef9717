"""A forecast against its tolerance: deviation, limits, percent used and light."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from placet_prince2.numbers.exact import percent
from placet_prince2.numbers.tolerances import (
    Aspect,
    Basis,
    Forecast,
    Light,
    Tolerance,
    ToleranceStatus,
    distinct,
    missing,
    status,
    worst,
)

AT = datetime(2026, 2, 5, 10, tzinfo=UTC)
#: Nobody is timed here.
PATIENT = settings(max_examples=50, deadline=None)
DAY = date(2026, 3, 31)
AMOUNTS = [aspect for aspect in Aspect if aspect is not Aspect.TIME]


def tolerance(aspect: str = "cost", target: Any = 100_000, upper: Any = 10, **more: Any) -> Tolerance:
    basis = more.pop("basis", "percent_of_target")
    lower = more.pop("lower", upper)
    return Tolerance.model_validate(
        {
            "aspect": aspect,
            "target": target,
            "unit": "EUR",
            "upper": upper,
            "lower": lower,
            "basis": basis,
            **more,
        }
    )


def days(upper: int, lower: int) -> Tolerance:
    return tolerance("time", DAY, upper, lower=lower, basis="absolute", unit="calendar_days")


def forecast(value: Any, aspect: str = "cost", at: datetime = AT, **more: Any) -> Forecast:
    return Forecast.model_validate({"aspect": aspect, "value": value, "as_of": at, **more})


def figures(found: ToleranceStatus) -> tuple[str, str | None, str]:
    used = None if found.used_percent is None else str(percent(found.used_percent))
    return f"{found.deviation.normalize():f}", used, found.light.value


class TestTheStatus:
    @pytest.mark.parametrize(
        ("value", "deviation", "used", "light"),
        [
            (110_000, "10000", "100.0", "amber"),
            (113_500, "13500", "135.0", "red"),
            (107_500, "7500", "75.0", "green"),
            (Decimal("107500.01"), "7500.01", "75.0", "amber"),
            (100_000, "0", "0.0", "green"),
            (90_000, "-10000", "100.0", "amber"),
            (Decimal("89999.99"), "-10000.01", "100.0", "red"),
        ],
    )
    def test_counts_the_limit_itself_as_inside(
        self, value: Any, deviation: str, used: str, light: str
    ) -> None:
        """100 000 with 10 % either way: 110 000 and 90 000 are inside, a cent more is not, above 75 % is amber."""
        found = status(tolerance(), forecast(value))

        assert figures(found) == (deviation, used, light)
        assert found.breached is (light == "red")

    @pytest.mark.parametrize(
        ("end", "deviation", "used", "light"),
        [
            ("2026-04-08", "8", "80.0", "amber"),
            ("2026-03-24", "-7", "140.0", "red"),
            ("2026-04-10", "10", "100.0", "amber"),
            ("2026-04-11", "11", "110.0", "red"),
            ("2026-03-26", "-5", "100.0", "amber"),
        ],
    )
    def test_counts_time_in_calendar_days(self, end: str, deviation: str, used: str, light: str) -> None:
        """10 days late and 5 days early are inside; earlier than that is an exception as well."""
        assert figures(status(days(10, 5), forecast(end, "time"))) == (deviation, used, light)

    def test_measures_the_scope_below_its_target(self) -> None:
        """Ten points of the weight may be missing: 92 % uses 80 % of them."""
        scope = tolerance("scope", 100, 0, lower=10, basis="absolute", unit="percentage_points")

        assert figures(status(scope, forecast(92, "scope"))) == ("-8", "80.0", "amber")
        assert status(scope, forecast(92, "scope"), because=["P-7"]).light is Light.RED

    def test_measures_an_indicator_of_sustainability(self) -> None:
        """12 000 kg with 5 % permits 600 kg more."""
        carbon = tolerance("sustainability", 12_000, 5, lower=100, unit="kgCO2e", indicator="carbon")

        found = status(carbon, forecast(12_700, "sustainability", indicator="carbon"))

        assert figures(found) == ("700", "116.7", "red")
        assert found.limit_upper == 600

    def test_a_limit_of_nothing_permits_nothing(self) -> None:
        """No product may miss its quality: none uses 0 %, and of one nobody can say how much it uses."""
        quality = tolerance("quality", 0, 0, basis="absolute", unit="products")

        assert figures(status(quality, forecast(0, "quality"))) == ("0", "0.0", "green")
        assert figures(status(quality, forecast(1, "quality"))) == ("1", None, "red")

    def test_takes_the_share_of_a_negative_target_by_its_size(self) -> None:
        """A dis-benefit of -1000 with 10 % may be between -1100 and -900."""
        benefits = tolerance("benefits", -1000, 10)

        assert [status(benefits, forecast(v, "benefits")).light.value for v in (-1101, -1100, -900, -899)] == [
            "red", "amber", "amber", "red",
        ]  # fmt: skip

    def test_moves_amber_with_the_setting(self) -> None:
        """Amber begins above the percentage that the workspace has chosen."""
        assert status(tolerance(), forecast(105_000), amber=Decimal(50)).light is Light.GREEN
        assert status(tolerance(), forecast(105_001), amber=Decimal(50)).light is Light.AMBER


amounts = st.integers(-(10**21), 10**21).map(lambda n: Decimal(n).scaleb(-6))
limits = st.integers(0, 10**15).map(lambda n: Decimal(n).scaleb(-6))


class TestTheArithmetic:
    @PATIENT
    @given(st.sampled_from(AMOUNTS), amounts, amounts, st.tuples(limits, limits), st.sampled_from(Basis))
    def test_agrees_with_fractions(
        self, aspect: Aspect, target: Decimal, value: Decimal, either: tuple[Decimal, Decimal], basis: Basis
    ) -> None:
        """Inside and outside are exact for every aspect and both bases: fractions, which never round, say the same."""
        if not target:
            basis = Basis.ABSOLUTE
        share = abs(Fraction(target)) / 100 if basis is Basis.PERCENT_OF_TARGET else Fraction(1)
        above, below = (Fraction(limit) * share for limit in either)
        deviation = Fraction(value) - Fraction(target)

        permitted = tolerance(aspect, target, either[0], lower=either[1], basis=basis)
        found = status(permitted, forecast(value, aspect))

        assert found.breached is not (-below <= deviation <= above)
        assert Fraction(found.deviation) == deviation
        limit = above if deviation >= 0 else below
        expected = "red" if found.breached else "amber" if 100 * abs(deviation) > 75 * limit else "green"
        assert found.light.value == expected

    @PATIENT
    @given(amounts.filter(bool), limits, limits, st.sampled_from(Basis))
    def test_has_both_limits_inside(
        self, target: Decimal, upper: Decimal, lower: Decimal, basis: Basis
    ) -> None:
        """The boundary itself is inside on both sides, and the smallest step beyond it is not."""
        cost = tolerance("cost", target, upper, lower=lower, basis=basis)
        step = Decimal("0.000000001")

        def breached(value: Decimal) -> bool:
            return status(cost, Forecast.model_construct(aspect=Aspect.COST, value=value, as_of=AT)).breached

        above, below = exactly(target, cost.limit_upper), exactly(target, cost.limit_lower.copy_negate())
        assert not breached(above)
        assert not breached(below)
        assert breached(exactly(above, step))
        assert breached(exactly(below, -step))

    @PATIENT
    @given(st.integers(-4000, 4000), st.integers(0, 1000), st.integers(0, 1000))
    def test_counts_days_as_whole_numbers(self, moved: int, upper: int, lower: int) -> None:
        """A forecast end is inside from so many days early to so many days late."""
        found = status(days(upper, lower), forecast(DAY + timedelta(days=moved), "time"))

        assert found.deviation == moved
        assert found.breached is not (-lower <= moved <= upper)


def exactly(one: Decimal, other: Decimal) -> Decimal:
    """A sum without rounding, of whatever length."""
    with localcontext(prec=200):
        return one + other


class TestRefused:
    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"target": 0}, "a percentage of a target of 0 EUR permits nothing"),
            ({"target": None}, "it has to be a number"),
            ({"upper": -1}, "greater than or equal to 0"),
            ({"target": "2026-03-31"}, "the target of cost is an amount and not 2026-03-31"),
            ({"aspect": "time", "basis": "absolute"}, "the target of time is a day and not 100000"),
            ({"aspect": "time", "target": "2026-03-31"}, "a day has no percentage"),
            ({"indicator": "carbon"}, "cost has no indicators"),
            ({"target": "NaN"}, "finite"),
        ],
    )
    def test_is_a_tolerance_that_has_no_limits(self, values: dict[str, Any], message: str) -> None:
        """Without a target, as a percentage of nothing or of a day, or with an amount for a day."""
        with pytest.raises(ValidationError, match=message):
            tolerance(**values)

    def test_is_a_tolerance_without_a_target(self) -> None:
        """The target cannot be left out."""
        with pytest.raises(ValidationError, match="target\n  Field required"):
            Tolerance.model_validate({"aspect": "cost", "unit": "EUR", "upper": 1, "lower": 1})

    def test_is_a_forecast_in_another_unit(self) -> None:
        """Both units are named."""
        with pytest.raises(ValueError, match="the forecast of cost is in USD and its tolerance in EUR"):
            status(tolerance(), forecast(1, unit="USD"))

    def test_is_a_forecast_of_another_measure(self) -> None:
        """Carbon is not compared with water, nor cost with scope."""
        carbon = tolerance("sustainability", 10, indicator="carbon", unit="kg")

        with pytest.raises(
            ValueError, match=r"of sustainability \(water\) has no place .* of sustainability"
        ):
            status(carbon, forecast(1, "sustainability", indicator="water"))

    def test_is_a_day_as_forecast_of_an_amount(self) -> None:
        """And an amount as forecast of time."""
        with pytest.raises(ValidationError, match="the value of cost is an amount"):
            forecast("2026-03-31")
        with pytest.raises(ValidationError, match="the value of time is a day and not 86400"):
            forecast("86400", "time")

    def test_is_a_second_tolerance_of_one_measure(self) -> None:
        """One aspect has one tolerance; sustainability one for each indicator."""
        carbon, water = (tolerance("sustainability", 1, indicator=each) for each in ("carbon", "water"))

        assert distinct((tolerance(), carbon, water)) == (tolerance(), carbon, water)
        with pytest.raises(ValueError, match="cost has two tolerances"):
            distinct((tolerance(), carbon, tolerance(upper=5)))


class TestSeveral:
    def test_are_as_bad_as_the_worst(self) -> None:
        """Red before amber before green."""
        assert worst([Light.AMBER, Light.RED, Light.GREEN]) is Light.RED
        assert worst([]) is Light.GREEN

    def test_name_the_aspects_that_are_missing(self) -> None:
        """In the order of the required ones."""
        assert missing([tolerance()], [Aspect.TIME, Aspect.COST, Aspect.RISK]) == [Aspect.TIME, Aspect.RISK]
