"""Windows that come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet_itil_change.changes.recurrence import FOREVER, checked_rule, ends, occurrences

BERLIN = "Europe/Berlin"
#: A Sunday in winter, 02:00 in Berlin.
START = datetime(2026, 3, 22, 1, tzinfo=UTC)
END = START + timedelta(hours=4)


def starts(rule: str | None, *, days: int, zone: str = BERLIN) -> list[str]:
    found = occurrences(START, END, rule, zone, after=START, before=START + timedelta(days=days))
    return [f"{begin:%m-%d %H:%M}" for begin, _ in found]


class TestComingBack:
    def test_a_window_without_rule_comes_once(self) -> None:
        """What has no rule is a single time."""
        assert starts(None, days=60) == ["03-22 01:00"]

    def test_a_weekly_window_stays_at_its_hour_across_daylight_saving(self) -> None:
        """02:00 in Berlin is 01:00 UTC in winter and 00:00 UTC in summer."""
        assert starts("FREQ=WEEKLY;BYDAY=SU", days=20) == ["03-22 01:00", "03-29 01:00", "04-05 00:00"]

    def test_a_window_that_began_before_is_still_there(self) -> None:
        """An occurrence counts when it overlaps, not when it starts."""
        later = START + timedelta(hours=3)

        found = list(occurrences(START, END, None, BERLIN, after=later, before=later + timedelta(hours=1)))

        assert found == [(START, END)]

    def test_intervals_are_half_open(self) -> None:
        """What ends at a moment is over at that moment."""
        assert list(occurrences(START, END, None, BERLIN, after=END, before=END + timedelta(hours=1))) == []

    @given(st.integers(1, 12), st.integers(0, 400), st.integers(1, 60))
    def test_occurrences_overlap_what_was_asked_for(self, interval: int, offset: int, days: int) -> None:
        """Nothing outside [after, before) is ever given, and all are in order."""
        after = START + timedelta(days=offset)
        before = after + timedelta(days=days)

        found = list(
            occurrences(START, END, f"FREQ=DAILY;INTERVAL={interval}", BERLIN, after=after, before=before)
        )

        assert all(begin < before and end > after for begin, end in found)
        assert found == sorted(found)
        assert len(found) >= days // interval


class TestTheLastOccurrence:
    def test_is_the_only_one_without_a_rule(self) -> None:
        assert ends(START, END, None, BERLIN) == END

    def test_follows_a_count(self) -> None:
        """The third Sunday is in summer time."""
        assert ends(START, END, "FREQ=WEEKLY;COUNT=3", BERLIN) == datetime(2026, 4, 5, 4, tzinfo=UTC)

    def test_follows_an_until(self) -> None:
        assert ends(START, END, "FREQ=WEEKLY;UNTIL=20260401T000000Z", BERLIN) == datetime(
            2026, 3, 29, 5, tzinfo=UTC
        )

    def test_is_never_where_the_rule_goes_on(self) -> None:
        assert ends(START, END, "FREQ=MONTHLY;BYDAY=-1SU", BERLIN) == FOREVER

    def test_a_leap_day_comes_about(self) -> None:
        """The rarest day there is comes within nine years."""
        assert ends(START, END, "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2", BERLIN) == FOREVER

    def test_a_rule_that_ends_before_it_begins_is_refused(self) -> None:
        with pytest.raises(ValueError, match="never comes about"):
            ends(START, END, "FREQ=WEEKLY;UNTIL=20200101T000000Z", BERLIN)

    def test_a_rule_whose_days_never_meet_is_refused(self) -> None:
        """Every seventh day from a Sunday on is never a Monday."""
        with pytest.raises(ValueError, match="within nine years"):
            ends(START, END, "FREQ=DAILY;INTERVAL=7;BYDAY=MO", BERLIN)


class TestReadingARule:
    def test_has_one_spelling(self) -> None:
        """Case, order and the prefix do not matter."""
        assert checked_rule("rrule:byday=SU;freq=WEEKLY") == "FREQ=WEEKLY;BYDAY=SU"

    @pytest.mark.parametrize(
        ("rule", "reason"),
        [
            ("", "not understood"),
            ("every sunday", "not understood"),
            ("FREQ=HOURLY", "not understood"),
            ("FREQ=DAILY;BYHOUR=1", "not understood"),
            ("FREQ=DAILY;FREQ=DAILY", "not understood"),
            ("FREQ=DAILY;INTERVAL=0", "not understood"),
            ("FREQ=DAILY\nDTSTART:20200101T000000Z", "not understood"),
            ("FREQ=DAILY;UNTIL=20270101", "not understood"),
            ("BYDAY=SU", "FREQ is missing"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z", "exclude each other"),
            ("FREQ=WEEKLY;BYDAY=SU;BYSETPOS=1", "MONTHLY only"),
            ("FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31", "no month 2,4 has a day 31"),
        ],
    )
    def test_refuses_what_windows_do_not_take(self, rule: str, reason: str) -> None:
        """The message says what is wrong with it."""
        with pytest.raises(ValueError, match=reason):
            checked_rule(rule)
