"""Days between dates: calendar days, and business days of a calendar."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet import BusinessCalendar
from placet_prince2.numbers.days import TimeUnit, days_from, every_day, last_within, unit_of
from placet_prince2.numbers.limits import end_fit
from placet_prince2.numbers.tolerances import Aspect, Light, Tolerance, judged

#: Mondays to Fridays, without Easter Monday.
OFFICE = BusinessCalendar(closed_days=frozenset({date(2026, 4, 6)}))
FRIDAY = date(2026, 4, 3)
BUSINESS, CALENDAR = TimeUnit.BUSINESS_DAYS, TimeUnit.CALENDAR_DAYS
DATES = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def permitted(upper: int, lower: int, unit: str = "business days") -> Tolerance:
    return Tolerance(aspect=Aspect.TIME, target=FRIDAY, unit=unit, upper=Decimal(upper), lower=Decimal(lower))


class TestBusinessDays:
    @pytest.mark.parametrize(
        ("end", "days"),
        [
            ("2026-04-03", 0),
            ("2026-04-05", 0),
            ("2026-04-06", 0),
            ("2026-04-07", 1),
            ("2026-04-10", 4),
            ("2026-04-13", 5),
            ("2026-04-02", -1),
            ("2026-03-27", -5),
        ],
    )
    def test_leave_out_weekends_and_closed_days(self, end: str, days: int) -> None:
        """From a Friday: over the weekend and a closed Monday nobody is late."""
        assert days_from(FRIDAY, date.fromisoformat(end), BUSINESS, OFFICE.open_on) == days

    @settings(max_examples=50, deadline=None)
    @given(start=DATES, end=DATES, unit=st.sampled_from(TimeUnit))
    def test_back_are_as_many_as_forth(self, start: date, end: date, unit: TimeUnit) -> None:
        there = days_from(start, end, unit, OFFICE.open_on)

        assert there == -days_from(end, start, unit, OFFICE.open_on)
        assert abs(there) <= abs((end - start).days)

    @settings(max_examples=50, deadline=None)
    @given(start=DATES, days=st.integers(0, 60), unit=st.sampled_from(TimeUnit))
    def test_the_last_day_inside_is_the_last(self, start: date, days: int, unit: TimeUnit) -> None:
        """It is inside, and the day after it is outside."""
        last = last_within(start, days, unit, OFFICE.open_on)

        assert days_from(start, last, unit, OFFICE.open_on) <= days
        assert days_from(start, last + timedelta(days=1), unit, OFFICE.open_on) > days

    def test_of_a_calendar_that_never_opens_never_come(self) -> None:
        """Nothing waits for ever, and no date is beyond the last one."""
        assert days_from(FRIDAY, date(2026, 6, 1), BUSINESS, lambda _: False) == 0
        assert last_within(FRIDAY, 0, BUSINESS, lambda _: False).year == 2126
        assert last_within(date(9999, 12, 30), 10**9, CALENDAR, every_day) == date.max


class TestATolerance:
    @pytest.mark.parametrize(
        ("unit", "deviation", "light"),
        [("business days", 4, Light.AMBER), ("bd", 4, Light.AMBER), ("days", 7, Light.RED)],
    )
    def test_is_judged_in_its_own_unit(self, unit: str, deviation: int, light: Light) -> None:
        """From Good Friday to the Friday after Easter week: seven days, four of them worked."""
        found = judged(permitted(4, 2, unit), date(2026, 4, 10), works=OFFICE.open_on)

        assert (found.deviation, found.light) == (Decimal(deviation), light)

    def test_of_the_whole_counts_the_end_of_a_part_in_its_unit(self) -> None:
        assert end_fit(date(2026, 4, 7), Decimal(3), permitted(4, 0), works=OFFICE.open_on).fits
        assert not end_fit(date(2026, 4, 8), Decimal(3), permitted(4, 0), works=OFFICE.open_on).fits

    def test_names_its_unit_in_several_ways(self) -> None:
        assert {unit_of(each) for each in ("bd", "business_days", "business days")} == {BUSINESS}
        assert {unit_of(each) for each in ("days", "calendar_days", "calendar days")} == {CALENDAR}
