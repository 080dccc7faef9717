"""Working time: hours and days that count, across weekends, closed days and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet import BusinessCalendar

VIENNA = BusinessCalendar("Europe/Vienna", closed_days=frozenset({date(2026, 4, 6)}))

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
spans = st.timedeltas(timedelta(), timedelta(hours=80))


class TestAdding:
    @given(moments, spans, spans)
    def test_two_spans_is_adding_their_sum(self, start: datetime, one: timedelta, other: timedelta) -> None:
        """Waiting in two parts takes as long as waiting at once."""
        assert VIENNA.add(VIENNA.add(start, one), other) == VIENNA.add(start, one + other)

    @given(moments, moments, spans)
    def test_is_monotone(self, one: datetime, other: datetime, span: timedelta) -> None:
        """Who starts later is not done earlier."""
        first, second = sorted((one, other))

        assert VIENNA.add(first, span) <= VIENNA.add(second, span)

    @given(moments, st.timedeltas(timedelta(seconds=1), timedelta(hours=80)))
    def test_is_measured_the_same_and_ends_in_open_time(self, start: datetime, span: timedelta) -> None:
        """The end lies within hours, and the working time until then is what was added."""
        end = VIENNA.add(start, span)

        assert VIENNA.between(start, end) == span
        assert VIENNA.between(end - timedelta(seconds=1), end) > timedelta()

    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            ("2026-03-27T15:00:00Z", 2, "2026-03-30T08:00:00Z"),  # over the change to summer time
            ("2026-10-23T14:00:00Z", 2, "2026-10-26T09:00:00Z"),  # and back
            ("2026-04-03T14:00:00Z", 2, "2026-04-07T08:00:00Z"),  # over Easter Monday
            ("2026-03-07T12:00:00Z", 0, "2026-03-09T08:00:00Z"),  # from a Saturday
        ],
    )
    def test_goes_by_the_clock_on_the_wall(self, start: str, hours: float, end: str) -> None:
        """Nine o'clock in Vienna is eight or seven in UTC."""
        assert VIENNA.add(datetime.fromisoformat(start), timedelta(hours=hours)) == datetime.fromisoformat(
            end
        )

    def test_of_days_and_taking_them_off(self) -> None:
        """Five business days are a week, in both directions."""
        start = datetime(2026, 3, 2, 10, tzinfo=UTC)

        assert VIENNA.add_days(start, 5) == datetime(2026, 3, 9, 10, tzinfo=UTC)
        assert VIENNA.subtract_days(datetime(2026, 3, 9, 10, tzinfo=UTC), 5) == start

    def test_in_a_calendar_that_is_never_open_is_refused(self) -> None:
        """A calendar without open time is a mistake."""
        never = BusinessCalendar(weekdays=())

        for act in (never.add_days, never.subtract_days):
            with pytest.raises(ValueError, match="no open time in the 400 days"):
                act(datetime(2026, 3, 2, tzinfo=UTC), 1)
        assert (
            never.between(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)) == timedelta()
        )
