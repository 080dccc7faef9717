"""The measures of flow agree with each other and with the examples of the practice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from placet_agile.numbers import flow
from placet_agile.numbers.cumulative_flow import area, cumulative_flow
from placet_agile.numbers.history import ItemHistory
from placet_agile.numbers.percentiles import percentile

from .histories import FLOW, START, after, any_items, closed_histories, course, finished

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
TIMES = [1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 12, 15, 21]


def total(lines: Sequence[ItemHistory]) -> list[int]:
    """The cycle times of items."""
    return [each.cycle_time for each in flow.finished_items(lines, FLOW, UTC)]


class TestCumulativeFlow:
    @settings(deadline=None)
    @given(any_items())
    def test_its_lines_never_cross(self, items: Sequence[ItemHistory]) -> None:
        """No more items can have come to a later state, whatever goes back or is removed."""
        lines = list(cumulative_flow(items, FLOW, FIRST, LAST, UTC).values())
        for upper, lower in pairwise(lines):
            assert all(above >= below for above, below in zip(upper, lower, strict=True))

    @settings(deadline=None)
    @given(closed_histories())
    def test_the_area_between_start_and_end_is_the_mean_cycle_time_less_a_day(
        self, items: Sequence[ItemHistory]
    ) -> None:
        """Cycle times count the first day and the last one; between the ends of days there is one day less."""
        lines = cumulative_flow(items, FLOW, FIRST, LAST, UTC)
        between = area(lines, "in_progress", "done")
        assert Fraction(between, len(items)) == Fraction(sum(total(items)), len(items)) - 1

    def test_an_item_counts_where_it_is(self) -> None:
        """One that goes back leaves the later lines, and a removed one all of them."""
        states = course(None, (0, "ready"), (1, "in_progress"), (2, "ready"), (3, "removed"))
        lines = cumulative_flow(
            [ItemHistory("T-1", START, states)], FLOW, date(2026, 3, 2), date(2026, 3, 5), UTC
        )
        assert lines["ready"] == [1, 1, 1, 0]
        assert lines["in_progress"] == [0, 1, 0, 0]


class TestCycleTimes:
    def test_days_begin_in_the_zone_of_the_workspace(self) -> None:
        """An hour over midnight is two days, in the zone in which it is over midnight."""
        start = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
        end = start + timedelta(hours=1)
        assert flow.days_counted(start, end, UTC) == 1
        assert flow.days_counted(start, end, ZoneInfo("Europe/Berlin")) == 2

    def test_a_second_start_does_not_begin_the_time_anew(self) -> None:
        """The first start counts, also where an item was sent back to the backlog."""
        states = course(
            None, (0, "selected"), (1, "in_progress"), (2, "ready"), (5, "in_progress"), (6, "done")
        )
        found = flow.finished_items([ItemHistory("T-1", after(0), states)], FLOW, UTC)
        assert [(each.cycle_time, each.lead_time) for each in found] == [(6, 7)]

    def test_a_lead_time_may_begin_with_the_commitment(self) -> None:
        """Instead of the making of the item."""
        states = course(None, (0, "ready"), (3, "selected"), (5, "in_progress"), (6, "done"))
        item = ItemHistory("T-1", after(0), states)
        found = flow.finished_items([item], FLOW, UTC, lead_since=frozenset({"selected", "in_progress"}))
        assert [each.lead_time for each in found] == [4]

    @pytest.mark.parametrize(("percent", "days"), [(50, 5), (70, 8), (85, 10), (95, 15), (100, 21), (1, 1)])
    def test_percentiles_are_values_that_occurred(self, percent: int, days: int) -> None:
        """The nearest rank, of twenty times."""
        assert percentile(TIMES, percent) == days

    def test_the_expectation_needs_eleven_items(self) -> None:
        """85 percent within 10 days, which 17 of 20 items met."""
        assert flow.sle_days(TIMES, 85) == 10
        assert flow.attainment(TIMES, 10) == 85
        assert str(flow.sle_days([1] * 10, 85)) == "not enough data: 10 finished items, at least 11 needed"

    @pytest.mark.parametrize(
        ("age", "expected"),
        [(4, "green"), (5, "amber"), (7, "amber"), (8, "orange"), (10, "orange"), (11, "red")],
    )
    def test_the_light_compares_an_age_with_the_items_before(self, age: int, expected: str) -> None:
        """An age of 10 days is still within the expectation."""
        assert flow.light(age, TIMES, 10) == expected

    def test_without_history_only_a_limit_that_was_set_gives_a_light(self) -> None:
        """Nothing is called green because nothing is known."""
        assert flow.light(3, [1, 2], 10) is None
        assert flow.light(11, [], 10) == "red"


class TestTimeSpent:
    def test_blocked_time_is_not_worked(self) -> None:
        """Five days, of which one was blocked and one was spent in the backlog again."""
        item = ItemHistory(
            "T-1", START,
            course(None, (0, "in_progress"), (2, "ready"), (3, "in_progress"), (5, "done")),
            blocked=course(False, (1, True), (2, False)),
        )  # fmt: skip
        spent = flow.time_spent(item, FLOW)
        assert spent is not None
        assert (spent.whole.days, spent.worked.days, spent.blocked.days) == (5, 3, 1)
        assert flow.efficiency([spent]) == 60
        assert flow.blocked_share([spent]) == 20

    @settings(deadline=None)
    @given(any_items())
    def test_shares_never_exceed_the_whole(self, items: Sequence[ItemHistory]) -> None:
        """Worked and blocked time do not overlap."""
        for item in items:
            spent = flow.time_spent(item, FLOW)
            assert spent is None or timedelta() <= spent.worked + spent.blocked <= spent.whole

    def test_items_without_any_time_have_no_share(self) -> None:
        """Nothing is divided by zero."""
        assert flow.efficiency([]) is None


class TestLittle:
    @pytest.mark.parametrize(("per_day", "days"), [(1, 6), (3, 1), (2, 3)])
    def test_a_steady_flow_is_consistent(self, per_day: int, days: int) -> None:
        """Average work in progress is average throughput times average cycle time."""
        items = [
            finished(f"T-{start}-{n}", start, start + days) for start in range(40) for n in range(per_day)
        ]
        done = flow.finished_items(items, FLOW, UTC)
        first = date(2026, 3, 2) + timedelta(days=10)
        span = [first + timedelta(days=n) for n in range(20)]
        on_each_day = [flow.worked_on(items, FLOW, day, UTC) for day in span]
        per = flow.throughput([each.finished_at for each in done], span[0], span[-1], UTC)

        assert flow.little_check(on_each_day, per, [each.cycle_time for each in done]) == 1
        assert flow.work_in_progress(items, FLOW, span[5], UTC) == per_day * days

    def test_without_throughput_nothing_is_compared(self) -> None:
        """A quiet month proves nothing."""
        assert flow.little_check([3, 3], [0, 0], [4]) is None
