"""Windows that come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from placet.engine.rules.recurrence import FOREVER, checked_rule, last_end, occurrences, overlaps

BERLIN = "Europe/Berlin"
#: A Sunday in winter, 02:00 in Berlin.
START = datetime(2026, 3, 22, 1, tzinfo=UTC)
END = START + timedelta(hours=4)


def starts(rule: str | None, *, days: int, zone: str = BERLIN) -> list[str]:
    found = occurrences(START, END, rule, zone, after=START, before=START + timedelta(days=days))
    return [f"{begin:%m-%d %H:%M}" for begin, _ in found]


def placed(start: datetime, end: datetime, begin: datetime, zone: str) -> tuple[datetime, datetime]:
    """The occurrence that begins at a time of the clock on the wall, as the first one would be then."""
    there = ZoneInfo(zone)
    first = start.astimezone(there).replace(tzinfo=None)
    length = end.astimezone(there).replace(tzinfo=None) - first
    is_first = begin == first.replace(microsecond=0)
    begins = start.replace(microsecond=0) if is_first else begin.replace(tzinfo=there).astimezone(UTC)
    ends = (begin + length).replace(tzinfo=there).astimezone(UTC)
    return begins, ends if ends > begins else begins + (end - start)


class TestComingBack:
    def test_a_window_without_rule_comes_once(self) -> None:
        """An entry without a rule is a single time."""
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
        """A time that ends at a moment is over at that moment."""
        assert list(occurrences(START, END, None, BERLIN, after=END, before=END + timedelta(hours=1))) == []

    def test_ends_by_the_clock_on_the_wall(self) -> None:
        """22:00 to 06:00 in Berlin ends at 06:00 also in the night that has an hour more, and takes nine hours."""
        start, end = datetime(2026, 3, 1, 21, tzinfo=UTC), datetime(2026, 3, 2, 5, tzinfo=UTC)
        after, before = datetime(2026, 10, 25, 4, 15, tzinfo=UTC), datetime(2026, 10, 25, 4, 45, tzinfo=UTC)

        found = list(occurrences(start, end, "FREQ=DAILY", BERLIN, after=after, before=before))

        assert found == [(datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC))]

    def test_lasts_as_long_as_the_first_where_the_clock_leaves_it_no_time(self) -> None:
        """02:30 to 03:15 does not exist in the night in which the clock goes from 02:00 to 03:00."""
        start, end = datetime(2026, 3, 22, 1, 30, tzinfo=UTC), datetime(2026, 3, 22, 2, 15, tzinfo=UTC)
        day = datetime(2026, 3, 29, tzinfo=UTC)

        found = occurrences(start, end, "FREQ=WEEKLY", BERLIN, after=day, before=day + timedelta(days=1))

        assert list(found) == [
            (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 15, tzinfo=UTC))
        ]

    @given(
        st.sampled_from(
            [
                "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;BYDAY=FR;BYMONTH=1", "FREQ=DAILY;COUNT=40",
                "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,WE,SU", "FREQ=DAILY;BYDAY=TU",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
                "FREQ=WEEKLY;UNTIL=20270301T000000Z", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
                "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=MONTHLY;COUNT=7",
                "FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=3", "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2",
                "FREQ=YEARLY;BYMONTH=3,9", "FREQ=YEARLY;BYDAY=2MO", "FREQ=YEARLY;BYMONTHDAY=15",
            ]
        ),
        st.datetimes(datetime(2020, 1, 1), datetime(2023, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # given one
        st.sampled_from([0, 30, 480, 4320, 57600]),
        st.tuples(
            st.datetimes(datetime(2020, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # given one
            st.sampled_from([1, 60, 10080, 144000]),
        ),
        st.sampled_from([BERLIN, "America/New_York", "Pacific/Auckland", "UTC"]),
    )  # fmt: skip
    def test_is_the_same_as_if_all_that_ever_was_were_walked_through(
        self, rule: str, start: datetime, minutes: int, asked: tuple[datetime, int], zone: str
    ) -> None:
        """Rules are begun near the time that is asked for, however long ago they were made."""
        end, after = start + timedelta(minutes=minutes), asked[0]
        before = after + timedelta(minutes=asked[1])
        first = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        named, _, until = rule.partition(";UNTIL=")
        last = datetime.fromisoformat(until) if until else before + timedelta(days=2)

        found = list(occurrences(start, end, rule, zone, after=after, before=before))

        walked = takewhile(
            lambda each: each[0] <= last,
            (placed(start, end, begin, zone) for begin in rrulestr(f"RRULE:{named}", dtstart=first)),
        )
        assert found == [each for each in walked if overlaps(*each, after, before)]

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


class TestAnHourThatComesTwice:
    """Of 02:30 in Berlin on 25 October there are two; this time begins at the second."""

    START = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    END = START + timedelta(minutes=15)

    @pytest.mark.parametrize(
        "rule", ["FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20261025", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY"]
    )
    def test_has_the_first_occurrence_when_it_was_said_to_begin(self, rule: str) -> None:
        after, before = self.START - timedelta(hours=3), self.START + timedelta(hours=3)

        assert list(occurrences(self.START, self.END, rule, BERLIN, after=after, before=before)) == [
            (self.START, self.END)
        ]

    def test_does_not_end_before_it_begins(self) -> None:
        assert last_end(self.START, self.END, "FREQ=WEEKLY;UNTIL=20261025", BERLIN) == self.END


class TestTheLastOccurrence:
    def test_is_the_only_one_without_a_rule(self) -> None:
        assert last_end(START, END, None, BERLIN) == END

    def test_follows_a_count(self) -> None:
        """The third Sunday is in summer time."""
        assert last_end(START, END, "FREQ=WEEKLY;COUNT=3", BERLIN) == datetime(2026, 4, 5, 4, tzinfo=UTC)

    def test_follows_an_until(self) -> None:
        """The last Sunday before it ends at 06:00 like all others, though its night has an hour less."""
        assert last_end(START, END, "FREQ=WEEKLY;UNTIL=20260401T000000Z", BERLIN) == datetime(
            2026, 3, 29, 4, tzinfo=UTC
        )

    def test_is_never_where_the_rule_goes_on(self) -> None:
        assert last_end(START, END, "FREQ=MONTHLY;BYDAY=-1SU", BERLIN) == FOREVER

    def test_a_leap_day_comes_about(self) -> None:
        """The rarest day there is comes within nine years."""
        assert last_end(START, END, "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2", BERLIN) == FOREVER

    def test_a_rule_that_ends_before_it_begins_is_refused(self) -> None:
        with pytest.raises(ValueError, match="never comes about"):
            last_end(START, END, "FREQ=WEEKLY;UNTIL=20200101T000000Z", BERLIN)

    def test_a_rule_whose_days_never_meet_is_refused(self) -> None:
        """Every seventh day from a Sunday on is never a Monday."""
        with pytest.raises(ValueError, match="within nine years"):
            last_end(START, END, "FREQ=DAILY;INTERVAL=7;BYDAY=MO", BERLIN)


class TestReadingARule:
    def test_has_one_spelling(self) -> None:
        """Case, order and the prefix do not matter."""
        assert checked_rule("rrule:byday=SU;freq=WEEKLY") == "FREQ=WEEKLY;BYDAY=SU"

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/New_York"])
    def test_ends_with_a_day_that_is_included(self, zone: str) -> None:
        """RFC 5545, 3.3.10: an end without a time goes with a whole day, and is a day of the rule's own zone."""
        first, day = datetime(2032, 12, 20, tzinfo=ZoneInfo(zone)).astimezone(UTC), timedelta(days=1)
        rule = checked_rule("FREQ=DAILY;UNTIL=20321224")

        found = list(occurrences(first, first + day, rule, zone, after=first, before=first + 30 * day))

        assert [each[0] for each in found] == [first + n * day for n in range(5)]
        assert last_end(first, first + day, rule, zone) == first + 5 * day

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
            ("FREQ=DAILY;UNTIL=2027010", "not understood"),
            ("FREQ=DAILY;UNTIL=20270230", '"UNTIL=20270230" is not a date or a moment'),
            ("FREQ=DAILY;UNTIL=20270101T250000Z", '"UNTIL=20270101T250000Z" is not a date or a moment'),
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
