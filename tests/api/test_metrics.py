from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

Shop = Any


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The present moment, at which the clock stands: no day ends while a test asks about days."""
    present = datetime.now(UTC)
    monkeypatch.setattr("placet.app.SystemClock.now", lambda _: present)
    return present


class TestAllMetrics:
    def test_come_with_definition_and_value(self, now: datetime, any_shop: Shop) -> None:
        """Over the last thirty days, today included."""
        any_shop.on_bench(hours=1)
        any_shop.wish()

        found = any_shop.ben.get("/workspaces/SHOP/metrics").json()["metrics"]

        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        first = found[0]
        assert datetime.fromisoformat(first.pop("to")) == tomorrow
        assert datetime.fromisoformat(first.pop("from")) == tomorrow - timedelta(days=30)
        assert first == {
            "id": "shop.started_share",
            "title": "Repairs started",
            "source": "shop",
            "unit": "%",
            "formula": "100 * repairs started / repairs",
            "complete": True,
            "dimensions": ["hours", "fault"],
            "value": 50,
            "numerator": 1,
            "denominator": 2,
        }
        assert (found[1]["id"], found[1]["value"], found[1]["denominator"]) == ("shop.quick", 1, None)

    def test_are_of_the_span_that_is_asked_for(self, shop: Shop) -> None:
        """Where nothing was made, there is nothing to divide by."""
        shop.on_bench()

        found = shop.ben.get("/workspaces/SHOP/metrics?from=2020-01-01&to=2020-02-01").json()["metrics"]

        assert [each["value"] for each in found] == [None, 0]

    def test_are_not_for_strangers(self, shop: Shop) -> None:
        """Who holds no role in a workspace does not learn that it is there."""
        assert shop.tom.get("/workspaces/SHOP/metrics").status_code == 404


class TestOneMetric:
    def test_comes_in_steps_and_groups(self, now: datetime, any_shop: Shop) -> None:
        """A series by day, and a value for each value of a dimension."""
        any_shop.on_bench(hours=1)
        any_shop.wish(hours=1)
        any_shop.wish(hours=2)
        today = now.date()
        since, until = (today + timedelta(days=days) for days in (-1, 1))

        found = any_shop.ben.get(
            f"/workspaces/SHOP/metrics/shop.started_share?from={since}&to={until}&by=day&dimension=hours"
        ).json()

        assert found["value"] == pytest.approx(100 / 3)
        assert [(step["from"], step["value"], step["denominator"]) for step in found["series"]] == [
            (f"{since}T00:00:00Z", None, 0),
            (f"{today}T00:00:00Z", pytest.approx(100 / 3), 3),
        ]
        assert found["groups"] == [
            {"group": 1, "value": 50, "numerator": 1, "denominator": 2},
            {"group": 2, "value": 0, "numerator": 0, "denominator": 1},
        ]

    def test_takes_moments_too(self, shop: Shop) -> None:
        """In any zone; the answer is in UTC."""
        found = shop.ben.get(
            "/workspaces/SHOP/metrics/shop.quick",
            params={"from": "2026-03-02T10:00:00+01:00", "to": "2026-03-02T12:00:00Z"},
        ).json()

        assert (found["from"], found["to"]) == ("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")
        assert (found["series"], found["groups"]) == ([], [])

    def test_that_does_not_exist_is_answered_with_the_nearest(self, shop: Shop) -> None:
        """As everything that is misspelt."""
        answer = shop.ben.get("/workspaces/SHOP/metrics/shop.qick")

        assert answer.status_code == 404
        assert 'there is no metric "shop.qick"; did you mean "shop.quick"' in answer.json()["detail"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("from=2026-03-09&to=2026-03-02", "from is 2026-03-09T00:00:00+00:00, which is not before to"),
            ("from=2026-02-30", "the query parameter from does not fit: "),
            ("from=yesterday", "is neither a day, such as 2026-03-02, nor a moment"),
            ("to=2026-03-02T10:00:00", "is neither a day, such as 2026-03-02, nor a moment"),
            ("from=2020-01-01&by=day", "there are more than 400 periods of a day"),
            ("by=hour", "the query parameter by does not fit: it has to be 'day', 'week' or 'month'"),
            ("dimension=hour", 'has no dimension "hour"; did you mean "hours"?'),
            ("since=2026-03-02", 'there is no query parameter "since"'),
        ],
    )
    def test_refuses_what_cannot_be_measured(self, shop: Shop, query: str, expected: str) -> None:
        """With the parameter, its figures, and what to ask for instead."""
        answer = shop.ben.get(f"/workspaces/SHOP/metrics/shop.started_share?{query}")

        assert answer.status_code == 400
        assert expected in answer.json()["detail"]
