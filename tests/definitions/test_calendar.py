"""Working time: hours and days that count, across weekends, holidays, nights and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trials import examples

from placet import BusinessCalendar, Hours, Timetable, week
from placet.definitions.calendar import calendar_document, calendar_of
from placet.engine.workspaces.calendars import checked_calendar

VIENNA = BusinessCalendar("Europe/Vienna", closed_days=frozenset({date(2026, 4, 6)}))
NOTHING = timedelta()
MINUTE = timedelta(minutes=1)

ZONES = ("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
_YEAR = (datetime(2026, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001  # bounds

moments = st.datetimes(*_YEAR, timezones=st.just(UTC)).map(lambda at: at.replace(second=0, microsecond=0))
minutes = st.integers(0, 80 * 60).map(lambda n: timedelta(minutes=n))


@st.composite
def spans_of_a_day(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Up to two spans that do not overlap, to the quarter of an hour."""
    marks = sorted(draw(st.sets(st.integers(0, 95), min_size=0, max_size=4)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Hours(time(a // 4, a % 4 * 15), time(b // 4, b % 4 * 15)) for a, b in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Any calendar that is open at some time of the week; Sundays may end in a night shift."""
    days = [draw(spans_of_a_day()) for _ in range(6)]
    night = draw(st.booleans())
    days.append((Hours(time(22), time(0)),) if night else ())
    if not any(days):
        days[0] = (Hours(time(9), time(17)),)
    some = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    return BusinessCalendar(
        draw(st.sampled_from(ZONES)),
        tuple(days),
        closed_days=draw(st.frozensets(some, max_size=5)),
        extra_days={day: (Hours(time(10), time(12)),) for day in draw(st.sets(some, max_size=3))},
        public_holidays=dict.fromkeys(draw(st.sets(some, max_size=5)), "A holiday"),
    )


@lru_cache(maxsize=100_000)
def _on_the_wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def open_at(calendar: BusinessCalendar, at: datetime) -> bool:
    """Whether a minute counts, seen from the wall: by the day's hours, wherever the clocks are not being changed."""
    wall = _on_the_wall(at, calendar.zone)
    day = wall.date()
    if day in calendar.extra_days:
        spans = calendar.extra_days[day]
    elif day in calendar.closed_days or day in calendar.public_holidays:
        spans = ()
    else:
        spans = calendar.hours[day.weekday()]
    return any(
        span.opens <= wall.time() and (wall.time() < span.closes or span.closes == time()) for span in spans
    )


def _change_of_clocks(zone: str, start: datetime, end: datetime) -> bool:
    offsets = {(start + timedelta(hours=n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(-24, 72)}
    offsets.add((end + timedelta(hours=24)).astimezone(ZoneInfo(zone)).utcoffset())
    return len(offsets) > 1


class TestAnyCalendar:
    @given(calendars(), moments, minutes, minutes)
    def test_adds_two_spans_as_their_sum(
        self, calendar: BusinessCalendar, start: datetime, one: timedelta, other: timedelta
    ) -> None:
        """Waiting in two parts takes as long as waiting at once."""
        assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)

    @given(calendars(), moments, moments, minutes)
    def test_lets_nobody_who_starts_later_be_done_earlier(
        self, calendar: BusinessCalendar, one: datetime, other: datetime, span: timedelta
    ) -> None:
        first, second = sorted((one, other))

        assert calendar.add(first, span) <= calendar.add(second, span)

    @given(calendars(), moments, minutes.filter(bool))
    def test_ends_in_open_time_after_what_was_added(
        self, calendar: BusinessCalendar, start: datetime, span: timedelta
    ) -> None:
        """The last minute counts, and the working time until then is what was added."""
        end = calendar.add(start, span)

        assert calendar.between(start, end) == span
        assert calendar.between(end - MINUTE, end) == MINUTE

    @given(calendars(), moments, minutes.filter(bool))
    def test_subtracts_what_it_adds(self, calendar: BusinessCalendar, end: datetime, span: timedelta) -> None:
        """From the latest moment that is early enough, so much working time is left."""
        start = calendar.subtract(end, span)

        assert calendar.between(start, end) == span
        assert calendar.between(start, start + MINUTE) == MINUTE

    @examples(50)
    @given(calendars(), moments, st.integers(0, 3 * 24 * 60))
    def test_counts_what_a_slow_count_finds(
        self, calendar: BusinessCalendar, start: datetime, length: int
    ) -> None:
        """Minute by minute, by the clock on the wall, on days on which no clock is changed."""
        end = start + timedelta(minutes=length)
        if _change_of_clocks(calendar.zone, start, end):
            return

        slowly = sum((MINUTE for n in range(length) if open_at(calendar, start + n * MINUTE)), NOTHING)

        assert calendar.between(start, end) == slowly

    @given(calendars(), moments, moments)
    def test_explains_the_whole_time_line_by_line(
        self, calendar: BusinessCalendar, one: datetime, other: datetime
    ) -> None:
        """Without gap or overlap, and the counted parts are the working time."""
        start, end = sorted((one, other))

        lines = list(calendar.lines(start, end))

        assert [line.start for line in lines] == [start, *(line.end for line in lines[:-1])][: len(lines)]
        assert not lines or lines[-1].end == end
        assert sum((line.counted for line in lines), NOTHING) == calendar.between(start, end)
        assert all(line.counted in {NOTHING, line.end - line.start} for line in lines)

    @given(calendars(), moments, st.integers(1, 900).map(lambda days: timedelta(days=days)))
    def test_counts_long_times_as_the_sum_of_their_parts(
        self, calendar: BusinessCalendar, start: datetime, length: timedelta
    ) -> None:
        """However many days are worked out together, none is counted twice, and none left out."""
        end, day = start + length, timedelta(days=1)
        parts = (calendar.between(start + n * day, start + (n + 1) * day) for n in range(length.days))

        assert calendar.between(start, end) == sum(parts, NOTHING)

    @given(calendars())
    def test_comes_back_from_json_as_it_was(self, calendar: BusinessCalendar) -> None:
        assert calendar_of(calendar_document(calendar)) == calendar


class TestTheClockOnTheWall:
    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            ("2026-03-27T15:00:00Z", 2, "2026-03-30T08:00:00Z"),  # over the change to summer time
            ("2026-10-23T14:00:00Z", 2, "2026-10-26T09:00:00Z"),  # and back
            ("2026-04-03T14:00:00Z", 2, "2026-04-07T08:00:00Z"),  # over Easter Monday
            ("2026-03-07T12:00:00Z", 0, "2026-03-09T08:00:00Z"),  # from a Saturday
        ],
    )
    def test_finds_when_work_begins(self, start: str, hours: float, end: str) -> None:
        """Nine o'clock in Vienna is eight or seven in UTC."""
        found = VIENNA.add(datetime.fromisoformat(start), timedelta(hours=hours))

        assert found == datetime.fromisoformat(end)

    def test_gives_a_night_shift_an_hour_less_or_more(self) -> None:
        """22:00 to 06:00 on the night to the last Sunday of March, and of October."""
        nights = BusinessCalendar("Europe/Vienna", week("22:00-06:00", days=(6,)))

        def worked(month: int, day: int) -> timedelta:
            noon = datetime(2026, month, day, 12, tzinfo=UTC)
            return nights.between(noon, noon + timedelta(days=1))

        assert (worked(3, 28), worked(10, 24), worked(6, 6)) == tuple(timedelta(hours=n) for n in (7, 9, 8))

    def test_belongs_to_the_day_on_which_hours_open(self) -> None:
        """A night that begins on a closed day is closed, though it ends on another."""
        nights = BusinessCalendar(hours=week("22:00-06:00"), closed_days=frozenset({date(2026, 3, 3)}))
        tuesday = datetime(2026, 3, 3, tzinfo=UTC)

        assert nights.between(tuesday, tuesday + timedelta(hours=24)) == timedelta(hours=6)
        assert nights.between(tuesday, tuesday + timedelta(hours=48)) == timedelta(hours=8)

    def test_counts_once_where_hours_lie_in_one_another(self) -> None:
        """Hours of an extra day may reach into those of the next one, and are measured from both ends alike."""
        calendar = BusinessCalendar(
            hours=week("09:00-17:00", "10:00-12:00"),
            extra_days={date(2026, 3, 1): (Hours(time(18), time(10)),)},  # the Sunday, into Monday morning
        )
        sunday, tuesday = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)

        assert calendar.between(sunday, tuesday) == timedelta(hours=23)
        assert calendar.add(sunday, timedelta(hours=23)) == datetime(2026, 3, 2, 17, tzinfo=UTC)
        assert calendar.subtract(tuesday, timedelta(hours=23)) == datetime(2026, 3, 1, 18, tzinfo=UTC)


class TestABusinessDay:
    def test_is_the_longest_weekday_unless_it_is_said(self) -> None:
        short = (Hours(time(9), time(12)),)
        hours = (*BusinessCalendar().hours[:4], short, (), ())

        assert BusinessCalendar(hours=hours).hours_per_day == timedelta(hours=8)
        assert BusinessCalendar(hours=hours, day=timedelta(hours=7)).hours_per_day == timedelta(hours=7)
        assert BusinessCalendar(hours=week("09:00-12:30", "13:00-17:00")).hours_per_day == timedelta(
            hours=7.5
        )

    def test_is_one_on_which_hours_open(self) -> None:
        """A Thursday, a Saturday with hours of its own, and neither a Sunday nor a closed Monday."""
        extra = BusinessCalendar(
            closed_days=VIENNA.closed_days, extra_days={date(2026, 4, 4): (Hours(time(9), time(12)),)}
        )
        days = [date(2026, 4, day) for day in (2, 4, 5, 6)]

        assert [extra.open_on(day) for day in days] == [True, True, False, False]

    def test_five_of_them_are_a_week_in_both_directions(self) -> None:
        start = datetime(2026, 3, 2, 10, tzinfo=UTC)

        assert VIENNA.add_days(start, 5) == datetime(2026, 3, 9, 10, tzinfo=UTC)
        assert VIENNA.subtract_days(datetime(2026, 3, 9, 10, tzinfo=UTC), 5) == start


class TestClosedTime:
    def test_says_why(self) -> None:
        """Weekday, closed day, public holiday, or outside the hours of the day."""
        calendar = checked_calendar(
            BusinessCalendar(
                "Europe/Vienna",
                country="AT",
                closed_days=frozenset({date(2026, 12, 24)}),
                extra_days={date(2026, 12, 27): (Hours(time(10), time(12)),)},
            ),
            "",
            datetime(2026, 11, 23, tzinfo=UTC),
        )
        start, end = datetime(2026, 12, 23, 12, tzinfo=UTC), datetime(2026, 12, 27, 12, tzinfo=UTC)

        assert [line.reason for line in calendar.lines(start, end)] == [
            "working hours",
            "closed: outside hours",
            "closed: closed day",
            "closed: public holiday Christmas Day",
            "closed: public holiday Saint Stephen's Day",
            "closed: outside hours",
            "working hours",
            "closed: outside hours",
        ]

    def test_without_an_end_is_refused(self) -> None:
        """A calendar without open time is a mistake."""
        never = BusinessCalendar(hours=week(days=()))

        for act in (never.add_days, never.subtract_days):
            with pytest.raises(ValueError, match="no open time in the 400 days"):
                act(datetime(2026, 3, 2, tzinfo=UTC), 1)
        assert never.between(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)) == NOTHING


class TestATimetable:
    MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
    SINCE = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def timetable(self) -> Timetable:
        """Nine to five, and from Wednesday noon on ten to twelve."""
        first = Timetable(((None, BusinessCalendar()),))
        return first.changed(BusinessCalendar(hours=week("10:00-12:00")), self.SINCE)

    def test_counts_each_moment_by_the_version_in_force_then(self) -> None:
        """Two and a half days of the old hours (19), and two short days (4)."""
        assert self.timetable().between(self.MONDAY, self.MONDAY + timedelta(days=5)) == timedelta(hours=23)

    def test_adds_over_the_change(self) -> None:
        assert self.timetable().add(self.MONDAY, timedelta(hours=20)) == datetime(2026, 3, 5, 11, tzinfo=UTC)

    @given(moments, minutes)
    def test_measures_what_it_adds(self, start: datetime, span: timedelta) -> None:
        timetable = self.timetable()

        assert timetable.between(start, timetable.add(start, span)) == span

    @given(moments, moments)
    def test_explains_all_of_it_line_by_line(self, one: datetime, other: datetime) -> None:
        start, end = sorted((one, other))
        lines = list(self.timetable().lines(start, end))

        assert sum((line.counted for line in lines), NOTHING) == self.timetable().between(start, end)

    def test_stays_as_it_is_when_nothing_changes(self) -> None:
        timetable = self.timetable()

        assert timetable.changed(timetable.latest, datetime(2026, 5, 1, tzinfo=UTC)) is timetable
        assert timetable.in_force(self.MONDAY) == BusinessCalendar()
