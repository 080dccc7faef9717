"""The metrics of projects agree with a slow recomputation from the events, in plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from .conftest import REASON, Organization
from .reading import Api
from .test_by_exception import REPORT, breached
from .test_products_and_issues import measured, recommended, under_way
from .test_recomputed import everything


def moved(events: list[dict[str, Any]], *transitions: str) -> dict[str, datetime]:
    """The moment of the last such move of each item."""
    return {
        each["item"]: datetime.fromisoformat(each["at"])
        for each in events
        if each["kind"] == "transition" and each["transition"] in transitions
    }


def made(events: list[dict[str, Any]], **fields: Any) -> dict[str, datetime]:
    """The moment at which each item that began with these values was made."""
    return {
        each["item"]: datetime.fromisoformat(each["at"])
        for each in events
        if each["kind"] == "created"
        and all(each["changes"].get(name, [None, None])[1] == value for name, value in fields.items())
    }


def days(span: timedelta) -> float:
    return span / timedelta(days=1)


def worked(start: datetime, end: datetime) -> float:
    """Business days from one moment to another, minute by minute: Mondays to Fridays from nine to five."""
    minutes = (start + timedelta(minutes=n) for n in range(int((end - start) / timedelta(minutes=1))))
    return sum(each.weekday() < 5 and 9 <= each.hour < 17 for each in minutes) / (8 * 60)


class TestTheMetrics:
    def test_agree_with_the_events(self, organization: Organization) -> None:
        """An exception that was answered, two that were not; a product that passed at once, and one later; issues."""
        product, _ = under_way(organization)
        stage = organization.all("stage")[1]
        measured(organization, product, 7, "fail")
        measured(organization, product, 4, "pass")
        exception = breached(organization, stage)
        organization.desk.at("2026-01-07T15:00:00Z")
        organization.move("pia", exception, "submit_report", **REPORT)
        organization.desk.at("2026-01-10T03:00:00Z")
        organization.move("eva", exception, "no_action", REASON)
        issue = organization.create(
            "ada", "issue", "Change", parent=organization.project, kind="request_for_change", description="-"
        )
        organization.move("carl", recommended(organization, issue, cost_impact=4000), "approve_issue")
        organization.desk.pass_time("2026-01-22T09:00:00Z")

        events = everything(Api(organization.desk))
        now = organization.desk.clock.now()
        exceptions = {key: at for key, at in made(events).items() if key in organization.all("exception")}
        answered, reported = moved(events, "no_action"), moved(events, "submit_report")
        issues = {key: at for key, at in made(events).items() if key in organization.all("issue")}
        results = [
            each["changes"]["result"][1]
            for each in events
            if each["kind"] == "transition" and each["transition"] == "record_result"
        ]
        due = made(events, kind="highlight")
        expected = {
            "exception_rate": len(exceptions) / len(moved(events, "complete_stage")),
            "exception_decision_time": median(worked(reported[key], answered[key]) for key in answered),
            "issue_age": median(days(now - at) for at in issues.values()),
            "quality_pass_rate": 100 * results.count("pass") / len(results),
            "first_time_pass_rate": 100 * (results[0] == "pass"),
            "change_budget_used_percent": 100 * 4000 / 20000,
            "highlight_timeliness": 100 * sum(key in moved(events, "issue_report") for key in due) / len(due),
            "packages_received": len(moved(events, "receive")),
        }

        found = {
            name: organization.desk.metric(
                f"prince2.{name}", since=date(2026, 1, 1), until=date(2026, 2, 1)
            ).value.value
            for name in expected
        }

        assert found == pytest.approx(expected)
        assert expected["exception_decision_time"] == 2.25
        assert (len(exceptions), len(due)) == (2, 1)
