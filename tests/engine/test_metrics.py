"""Metrics as verbs: from what was counted to values, over spans of time by the clock of the workspace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import METHOD, START, OpenShop, Shop, changed

from placet import OPEN, BusinessCalendar, GateMode, Holds, Metric, metrics
from placet.engine.act.queries import Period
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports import periods
from placet.engine.reports.metrics import Measured, Value
from placet.errors import MalformedError, NotFoundError

REPAIR = "shop.repair"
WISHED = metrics.Items(REPAIR, metrics.Made())
STARTED = metrics.Items(REPAIR, metrics.Did("start"))


def metric(figure: metrics.Figure, unit: str = "count", *dimensions: str) -> Metric:
    return Metric("shop.figure", "Figure", unit, "as the test has it", figure, dimensions)


@pytest.fixture
def measuring(open_shop: OpenShop, sqlite_url: str) -> Any:
    """Opens a shop that measures one thing."""

    def opened(figure: metrics.Figure, unit: str = "count", *dimensions: str, **workspace: Any) -> Shop:
        method = changed(METHOD, metrics=[metric(figure, unit, *dimensions)])
        return open_shop(sqlite_url, method=method, **workspace)

    return opened


def read(shop: Shop, **said: Any) -> Measured:
    return shop.engine.metrics.one(shop["ann"], "SHOP", "shop.figure", **said)


class TestValues:
    def test_a_share_has_what_met_it_over_all(self, measuring: Any) -> None:
        """One of three is a third, not rounded."""
        shop = measuring(metrics.Share(WISHED, Holds("express", (True,))), "%")
        for express in (True, False, None):
            shop.wish(express=express)

        assert read(shop).value == Value(100 / 3, 1, 3)

    def test_nothing_over_nothing_has_no_value(self, measuring: Any) -> None:
        """Where nothing happened there is no rate of success."""
        shop = measuring(metrics.Share(WISHED, Holds("express", (True,))), "%")

        assert read(shop).value == Value(None, 0, 0)

    def test_a_count_is_its_own_numerator(self, measuring: Any) -> None:
        """It has no denominator; of nothing it is 0."""
        shop = measuring(metrics.Count(STARTED))
        none = read(shop).value
        shop.on_bench()
        shop.wish()

        assert (none, read(shop).value) == (Value(0, 0, None), Value(1, 1, None))

    def test_a_rate_counts_the_days_so_far(self, measuring: Any) -> None:
        """Of a span that still runs only what is over."""
        shop = measuring(metrics.Rate(WISHED), "per day")
        shop.wish()
        shop.clock.moment = datetime(2026, 3, 4, tzinfo=UTC)

        assert read(shop, since=date(2026, 3, 2), until=date(2026, 4, 1)).value == Value(0.5, 1, 2.0)

    def test_a_rate_may_be_that_of_a_week(self, measuring: Any) -> None:
        """Three in two days are ten and a half in seven."""
        shop = measuring(metrics.Rate(WISHED, days=7), "per week")
        for _ in range(3):
            shop.wish()
        shop.clock.moment = datetime(2026, 3, 4, tzinfo=UTC)

        assert read(shop, since=date(2026, 3, 2), until=date(2026, 4, 1)).value == Value(10.5, 3, 2.0)

    def test_time_is_given_in_the_unit_of_the_metric(self, measuring: Any) -> None:
        """The median of 2 and 5 hours lies between them."""
        shop = measuring(
            metrics.median(STARTED, metrics.Between(metrics.Made(), metrics.Did("start"))), "hours"
        )
        for hours in (2, 5):
            wished = shop.wish(fault="dark", hours=1)
            shop.clock.forward(hours=hours)
            shop.move(wished, "start", "ben")

        assert read(shop).value == Value(3.5, None, 2)

    def test_a_median_of_nothing_has_no_value(self, measuring: Any) -> None:
        """There is no middle."""
        shop = measuring(
            metrics.median(STARTED, metrics.Between(metrics.Made(), metrics.Did("start"))), "hours"
        )

        assert read(shop).value == Value(None, None, 0)

    def test_a_mean_has_its_sum_over_those_that_were_measured(self, measuring: Any) -> None:
        """Who has no figure does not pull it down."""
        shop = measuring(metrics.Mean(WISHED, metrics.Number("hours")), "hours")
        for hours in (1, 2, None):
            shop.wish(hours=hours)

        assert read(shop).value == Value(1.5, 3, 2)

    def test_a_ratio_is_of_two_populations(self, measuring: Any) -> None:
        """Repairs dropped for each one started, in percent of hours."""
        shop = measuring(
            metrics.Ratio(metrics.Sum(WISHED, metrics.Number("hours")), metrics.Count(STARTED), 100), "%"
        )
        shop.on_bench(hours=3)
        shop.wish(hours=4)

        assert read(shop).value == Value(700, 7, 1)

    def test_different_values_are_counted_once(self, measuring: Any) -> None:
        """Three repairs of two faults, and one of which nobody has said anything."""
        shop = measuring(metrics.Distinct(WISHED, "fault"), "count")
        for fault in ("dark", "loose", "dark", None):
            shop.wish(fault=fault)

        assert read(shop).value == Value(2, 2, None)

    def test_who_stands_where_is_counted_as_it_was_at_the_end_of_each_day(self, measuring: Any) -> None:
        """A repair that was done on Tuesday was open on Monday; the future is left out."""
        shop = measuring(metrics.Count(metrics.Standing(REPAIR, OPEN)))
        repair = shop.wish()
        shop.clock.forward(days=1)
        shop.move(repair, "drop", "ann", comment="bought a new one")

        found = read(shop, since=date(2026, 3, 1), until=date(2026, 3, 6), by="day")

        assert [each.value.value for each in found.series] == [0, 1, 0, None, None]

    def test_age_is_counted_to_the_end_of_each_period(self, measuring: Any) -> None:
        """An item that was made at nine is 15 hours old at midnight, and a day older the next."""
        shop = measuring(
            metrics.median(metrics.Standing(REPAIR, OPEN), metrics.Between(metrics.Made(), metrics.Now())),
            "hours",
        )
        shop.wish()
        shop.clock.forward(days=3)

        found = read(shop, since=date(2026, 3, 2), until=date(2026, 3, 4), by="day")

        assert [each.value.value for each in found.series] == [15, 39]

    def test_groups_stand_in_order_with_those_without_a_value_last(self, measuring: Any) -> None:
        """Each with its own numerator and denominator."""
        shop = measuring(
            metrics.Share(WISHED, metrics.AtLeast(metrics.Number("hours"), 2)),
            "%",
            "express",
            "hours",
            "state",
        )
        for express, hours in ((True, 1), (True, 3), (False, 2), (None, 10)):
            shop.wish(express=express, hours=hours)

        def groups(dimension: str) -> list[tuple[Any, float | None]]:
            return [(each.group, each.value.value) for each in read(shop, dimension=dimension).groups]

        assert groups("express") == [(False, 100), (True, 50), (None, 100)]
        assert [group for group, _ in groups("hours")] == [1, 2, 3, 10]
        assert groups("state") == [("wished", 75)]

    def test_a_field_may_place_an_item_in_the_future(self, measuring: Any) -> None:
        """An item that is due next week is counted there, whether or not the field can be searched."""
        shop = measuring(metrics.Count(metrics.Items(REPAIR, metrics.At("due"))))
        shop.wish(due="2026-03-10T09:00:00Z")

        found = read(shop, since=date(2026, 3, 2), until=date(2026, 3, 16), by="week")

        assert [each.value.value for each in found.series] == [0, 1]

    def test_others_are_not_counted(self, measuring: Any) -> None:
        """Only items of the workspace, and of the type."""
        shop = measuring(metrics.Count(WISHED))
        shop.engine.workspaces.create(shop["ida"], key="OTHER", name="Other", methods=["shop"])
        shop.engine.workspaces.assign(shop["ida"], "OTHER", "shop.customer", ["ann"])
        shop.engine.items.create(shop["ann"], workspace="OTHER", type=REPAIR, title="Elsewhere")
        shop.engine.items.create(
            shop["ben"], workspace="SHOP", type="shop.part", title="Part", fields={"maker": "Acme"}
        )

        assert read(shop).value.value == 0


class TestAsking:
    def test_all_metrics_are_given_over_the_last_thirty_days(self, measuring: Any) -> None:
        """Today included, and before them nothing."""
        shop = measuring(metrics.Count(WISHED))
        shop.wish()
        shop.clock.forward(days=30)
        shop.wish()

        (found,) = shop.engine.metrics.all(shop["ann"], "SHOP")

        assert found.period == Period(datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))
        assert found.value.value == 1

    def test_who_is_not_in_the_workspace_learns_nothing(self, measuring: Any) -> None:
        """Not even that it is there."""
        shop = measuring(metrics.Count(WISHED))

        with pytest.raises(NotFoundError, match='there is no workspace "SHOP"'):
            shop.engine.metrics.all(shop["tom"], "SHOP")

    def test_an_unknown_metric_is_answered_with_the_nearest(self, measuring: Any) -> None:
        """People misspell."""
        shop = measuring(metrics.Count(WISHED))

        with pytest.raises(
            NotFoundError, match=r'there is no metric "shop.figrue"; did you mean "shop.figure"\?'
        ):
            shop.engine.metrics.one(shop["ann"], "SHOP", "shop.figrue")

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"since": date(2026, 3, 2), "until": date(2026, 3, 2)}, "is not before to, 2026-03-02T00:00:00"),
            ({"since": date(2026, 3, 9)}, "from is 2026-03-09, which is in the future: give to as well"),
            ({"since": date(1969, 3, 9)}, "from is in the year 1969: take one from 1970 to 2999"),
            ({"until": date(9999, 12, 31)}, "to is in the year 9999: take one from 1970 to 2999"),
            ({"since": date(2024, 1, 1), "by": "day"}, "there are more than 400 periods of a day from 2024-01-01"),
            ({"dimension": "hour"}, 'shop.figure has no dimension "hour"; did you mean "hours"?'),
        ],
    )  # fmt: skip
    def test_what_cannot_be_measured_is_refused_with_its_figures(
        self, measuring: Any, said: dict[str, Any], expected: str
    ) -> None:
        """And with what to ask for instead."""
        shop = measuring(metrics.Count(WISHED), "count", "hours")

        with pytest.raises(MalformedError) as refusal:
            read(shop, **said)

        assert expected in str(refusal.value)

    def test_a_metric_without_dimensions_says_so(self, measuring: Any) -> None:
        """There is nothing near."""
        shop = measuring(metrics.Count(WISHED))

        with pytest.raises(MalformedError, match='no dimension "hours"; it has none'):
            read(shop, dimension="hours")

    def test_days_are_those_of_the_workspace(self, measuring: Any) -> None:
        """An event at 23:30 UTC belongs to the next day in Vienna."""
        shop = measuring(metrics.Count(WISHED), calendars={"default": BusinessCalendar(zone="Europe/Vienna")})
        shop.clock.moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        shop.wish()

        found = read(shop, since=date(2026, 3, 2), until=date(2026, 3, 4), by="day")

        assert [each.value.value for each in found.series] == [0, 1]


ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # given a zone


class TestPeriods:
    @given(
        start=MOMENTS, hours=st.integers(1, 9000), by=st.sampled_from(["day", "week", "month"]), zone=ZONES
    )
    def test_pieces_are_the_whole(self, start: datetime, hours: int, by: str, zone: str) -> None:
        """Each begins where the one before it ends, the first with the span, and the last ends with it."""
        whole = Period(start, start + timedelta(hours=hours))

        pieces = periods.cut(whole, by, zone)

        assert [piece.since for piece in pieces] == [start, *(piece.until for piece in pieces[:-1])]
        assert pieces[-1].until == whole.until
        assert all(piece.since < piece.until for piece in pieces)

    def test_a_day_of_the_change_of_clocks_is_one_day(self) -> None:
        """In Vienna the last Sunday of March has 23 hours, and that of October 25."""
        march = periods.cut(
            Period(datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC)),
            "day",
            "Europe/Vienna",
        )
        october = periods.cut(
            Period(datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)),
            "day",
            "Europe/Vienna",
        )

        assert [(p.until - p.since) / timedelta(hours=1) for p in march] == [24, 23, 24]
        assert [(p.until - p.since) / timedelta(hours=1) for p in october] == [24, 25, 24]
        assert [periods.days(p, START.replace(year=2030), "Europe/Vienna") for p in (*march, *october)] == [
            1.0
        ] * 6

    def test_weeks_begin_on_monday_and_months_on_the_first(self) -> None:
        """The first and the last piece may be shorter."""
        whole = Period(datetime(2026, 1, 30, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))

        def begins(by: str) -> list[str]:
            return [f"{piece.since:%m-%d}" for piece in periods.cut(whole, by, "UTC")]

        assert begins("week") == ["01-30", "02-02", "02-09", "02-16", "02-23"]
        assert begins("month") == ["01-30", "02-01", "03-01"]


class TestTransitions:
    """Figures about what people did, and not about what became of items."""

    def test_of_a_first_try_were_not_refused_before(self, measuring: Any) -> None:
        """Of two moves, one was tried in vain before."""
        shop = measuring(metrics.Share(metrics.Moves(REPAIR), metrics.FirstTry()), "%", "transition")
        first, second = shop.wish(), shop.wish(fault="dark", hours=1)
        shop.refusal(first, "start", "ben")
        shop.engine.items.edit(shop["ann"], first.key, fields={"fault": "dark", "hours": 1})
        for wished in (first, second):
            shop.move(wished, "start", "ben")

        found = read(shop, dimension="transition")

        assert found.value == Value(50, 1, 2)
        assert [(each.group, each.value) for each in found.groups] == [("start", Value(50, 1, 2))]

    def test_past_a_rule_are_those_that_it_did_not_stop(self, measuring: Any) -> None:
        shop = measuring(metrics.Share(metrics.Moves(), metrics.SetAside()), "%", "type")
        ready, unready = shop.wish(fault="dark", hours=1), shop.wish()
        shop.move(ready, "start", "ben")
        shop.engine.workspaces.change(SYSTEM_ACTOR, "SHOP", gate_modes={"shop.described": GateMode.WARN})
        shop.move(unready, "start", "ben")

        found = read(shop, dimension="type")

        assert found.value == Value(50, 1, 2)
        assert [each.group for each in found.groups] == [REPAIR]
