"""The times that an act has read of one search: further ones are added, and those that it has are not read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from placet.engine.act.queries import TimeRow, TimesAsked
from placet.engine.act.read_times import ReadTimes

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Schedule:
    """One item an hour long every day, and one that recurs for good; it notes how it is read."""

    def __init__(self) -> None:
        self.asked: list[TimesAsked] = []
        days = [TimeRow(n, START + n * DAY, START + n * DAY + HOUR, None) for n in range(40)]
        self._rows = [*days, TimeRow(99, START, datetime.max.replace(tzinfo=UTC), None)]

    def read(self, asked: TimesAsked) -> list[TimeRow]:
        self.asked.append(asked)
        return [
            row
            for row in self._rows
            if row.starts < asked.before
            and (row.starts >= asked.after if asked.beginning else row.ends >= asked.after)
        ]


def numbers(rows: Sequence[TimeRow]) -> list[int]:
    """The items, each as often as it was read."""
    return sorted(row.number for row in rows)


class TestReadTimes:
    def test_of_a_later_time_only_what_begins_in_it_is_read(self) -> None:
        """An item that recurs for good is read once."""
        schedule = Schedule()
        times = ReadTimes(schedule.read, whole=False)
        times.within(START + 3 * DAY + HOUR, START + 5 * DAY)

        found = times.within(START + 4 * DAY, START + 8 * DAY)

        assert [asked.beginning for asked in schedule.asked] == [False, True]
        assert schedule.asked[1].after == schedule.asked[0].before
        assert numbers(found) == [3, 4, 5, 6, 7, 99]

    def test_a_time_within_those_that_were_read_is_not_read_again(self) -> None:
        """Checks of one transition ask for times that nearly coincide."""
        schedule = Schedule()
        times = ReadTimes(schedule.read, whole=False)
        times.within(START + 3 * DAY, START + 5 * DAY)

        times.within(START + 3 * DAY - datetime.resolution, START + 4 * DAY)

        assert len(schedule.asked) == 1

    def test_a_time_beyond_a_gap_is_read_anew(self) -> None:
        """The gap itself is not read, however long it is."""
        schedule = Schedule()
        times = ReadTimes(schedule.read, whole=False)
        times.within(START, START + DAY)

        found = times.within(START + 30 * DAY + HOUR, START + 31 * DAY)

        assert not schedule.asked[1].beginning
        assert numbers(found) == [30, 99]
