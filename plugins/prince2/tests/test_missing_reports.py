"""A report that is missing: who hears of it, how often, and what becomes of it when its subject ends first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from placet import BlockedError, InvalidError

from .conftest import REASON, Organization
from .test_products_and_issues import under_way

TEXTS = {"issues_risks_summary": "None.", "outlook": "Good."}


def reports(organization: Organization, kind: str) -> list[str]:
    """The reports of a kind, the oldest first."""
    return [key for key in organization.all("report") if organization.fields(key)["kind"] == kind]


def days_of_notifications(organization: Organization, keys: list[str]) -> dict[str, list[int]]:
    """The hours after which each person was notified by the timers of these reports, from when the first was due."""
    due = organization.desk.item(keys[0]).created_at
    found: dict[str, list[int]] = {}
    for event in (each for key in keys for each in organization.desk.history(key) if each.kind == "timer"):
        for notification in organization.desk.notify(event):
            found.setdefault(notification.actor, []).append((event.at - due) // timedelta(hours=1))
    return {person: sorted(hours) for person, hours in found.items()}


def issued(organization: Organization, stage: str) -> str:
    """The highlight report that is due, issued with fresh forecasts."""
    [due] = [key for key in reports(organization, "highlight") if organization.state(key) == "due"]
    organization.forecast(stage, sustainability=12000)
    organization.move("pia", stage, "update_forecasts")  # cost and time as they stand
    organization.forecast(organization.project, benefits=200000, sustainability=40000)
    organization.move("pia", due, "issue_report", **TEXTS)
    return due


class TestAHighlightReport:
    def test_that_is_missing_is_one_and_notifies_at_growing_distances(
        self, organization: Organization
    ) -> None:
        """Six more intervals end meanwhile: one report is due on all of them, and it says so."""
        stage = organization.delivering()
        organization.forecast(stage, sustainability=12000)
        organization.desk.pass_time("2026-04-24T09:00:00Z")

        [missing] = reports(organization, "highlight")

        fields = organization.fields(missing)
        assert (fields["period_start"], fields["period_end"]) == ("2026-01-05", "2026-04-13")
        assert (fields["due_at"], fields["intervals"]) == ("2026-01-19T09:00:00Z", 7)
        # From Monday morning, 19 January, to the evenings of business days 2, 5, 10, 20 and 40.
        later = [day * 24 + 8 for day in (1, 4, 11, 25, 53)]
        assert days_of_notifications(organization, [missing]) == {"eva": later, "pia": [0, *later]}

    def test_that_is_missing_counts_for_every_interval(self, organization: Organization) -> None:
        """One in time, and one report on three intervals: one of four was in time."""
        stage = organization.delivering()
        organization.desk.pass_time("2026-01-19T10:00:00Z")
        issued(organization, stage)
        organization.desk.pass_time("2026-03-05T09:00:00Z")
        issued(organization, stage)

        found = organization.desk.metric(
            "prince2.highlight_timeliness", since=date(2026, 1, 1), until=date(2026, 4, 1)
        )

        assert found.value.value == 25

    def test_that_is_issued_late_leaves_the_word_to_the_next(self, organization: Organization) -> None:
        stage = organization.delivering()
        organization.desk.pass_time("2026-01-20T09:00:00Z")
        first = issued(organization, stage)

        organization.desk.pass_time("2026-02-07T09:00:00Z")

        [_, second] = reports(organization, "highlight")
        assert "eva" not in days_of_notifications(organization, [first])
        assert days_of_notifications(organization, [second])["eva"] == [24 + 8, 4 * 24 + 8]
        assert organization.fields(second)["intervals"] == 1

    def test_stays_what_it_is_and_due_when_it_was(self, organization: Organization) -> None:
        """Nobody makes another report of the one that is missing, moves its day, or makes one with a day of theirs."""
        organization.delivering()
        organization.desk.pass_time("2026-01-20T09:00:00Z")
        [due] = reports(organization, "highlight")

        for change in ({"kind": "lessons"}, {"due_at": "2026-03-01T09:00:00Z"}, {"period_end": "2026-03-01"}):
            with pytest.raises(BlockedError):
                organization.edit("pia", due, **change)
        with pytest.raises(InvalidError):
            organization.create(
                "pia",
                "report",
                "Extra",
                parent=organization.project,
                kind="highlight",
                due_at="2026-01-21T09:00:00Z",
            )

    def test_is_written_until_the_closure_is_authorized(self, organization: Organization) -> None:
        """The board hears of a project that is closing too; what nobody has issued by then is dropped."""
        organization.delivering()
        why = {"closure_reason": "Nobody needs it any more at all."}
        organization.move("eva", organization.project, "prepare_premature_closure", **why)
        organization.desk.pass_time("2026-01-20T09:00:00Z")
        [due] = reports(organization, "highlight")
        lessons, end = reports(organization, "lessons")[-1], reports(organization, "end_project")[0]
        organization.move("pia", lessons, "issue_report", lessons_reviewed=1)
        organization.move("eva", lessons, "accept_report")
        organization.move("pia", end, "issue_report", **TEXTS)
        organization.vote(end, "eva", "uma", "sven", approval="report_acceptance")
        organization.move("eva", end, "accept_report")

        organization.move("eva", organization.project, "authorize_premature_closure")

        assert organization.state(due) == "dropped"
        organization.desk.pass_time("2026-03-01T09:00:00Z")
        assert reports(organization, "highlight") == [due]


class TestACheckpointReport:
    def test_that_is_missing_notifies_inside_the_project(self, organization: Organization) -> None:
        """The team manager when it is due, the project manager a business day later, and the executive never."""
        under_way(organization)
        organization.desk.pass_time("2026-01-23T12:00:00Z")

        [missing] = reports(organization, "checkpoint")

        assert organization.fields(missing)["intervals"] == 2
        later = [8, 4 * 24 + 8]
        assert days_of_notifications(organization, [missing]) == {"tara": [0, *later], "pia": later}

    def test_is_dropped_with_its_package(self, organization: Organization) -> None:
        """A package that is cancelled is reported on no more; what was issued stays."""
        _, package = under_way(organization)
        organization.desk.pass_time("2026-01-20T09:00:00Z")
        [first] = reports(organization, "checkpoint")
        organization.move("tara", package, "update_forecasts", forecast_end="2026-03-15")
        organization.move("tara", first, "issue_report", **TEXTS)
        organization.desk.pass_time("2026-01-27T09:00:00Z")
        [_, second] = reports(organization, "checkpoint")

        organization.move("pia", package, "cancel", REASON)

        assert (organization.state(first), organization.state(second)) == ("accepted", "dropped")
        assert organization.desk.history(second)[-1].actor == "system"

    def test_has_the_cost_of_a_package_that_nobody_has_forecast_yet(self, organization: Organization) -> None:
        """Until its team says something else, a package costs its budget: every aspect with a tolerance is there."""
        _, package = under_way(organization)
        organization.desk.pass_time("2026-01-12T10:00:00Z")
        [report] = reports(organization, "checkpoint")
        organization.move("tara", package, "update_forecasts", forecast_end="2026-03-15")

        organization.move("tara", report, "issue_report", **TEXTS)

        snapshot = {each["aspect"]: each for each in organization.fields(report)["status_snapshot"]}
        assert set(snapshot) == {"time", "cost"}
        assert (snapshot["cost"]["forecast"], snapshot["cost"]["light"]) == ("30000.000000", "green")
