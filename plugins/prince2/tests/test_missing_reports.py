"""A report that is missing: who hears of it, how often, and what becomes of it when its subject ends first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from placet import BlockedError, InvalidError

from .conftest import REASON, Organisation
from .test_products_and_issues import under_way

TEXTS = {"issues_risks_summary": "None.", "outlook": "Good."}


def reports(organisation: Organisation, kind: str) -> list[str]:
    """The reports of a kind, the oldest first."""
    return [key for key in organisation.all("report") if organisation.fields(key)["kind"] == kind]


def days_of_notifications(organisation: Organisation, keys: list[str]) -> dict[str, list[int]]:
    """The hours after which each person was notified by the timers of these reports, from when the first was due."""
    due = organisation.desk.item(keys[0]).created_at
    found: dict[str, list[int]] = {}
    for event in (each for key in keys for each in organisation.desk.history(key) if each.kind == "timer"):
        for notification in organisation.desk.notify(event):
            found.setdefault(notification.actor, []).append((event.at - due) // timedelta(hours=1))
    return {person: sorted(hours) for person, hours in found.items()}


def issued(organisation: Organisation, stage: str) -> str:
    """The highlight report that is due, issued with fresh forecasts."""
    [due] = [key for key in reports(organisation, "highlight") if organisation.state(key) == "due"]
    organisation.forecast(stage, sustainability=12000)
    organisation.move("pia", stage, "update_forecasts")  # cost and time as they stand
    organisation.forecast(organisation.project, benefits=200000, sustainability=40000)
    organisation.move("pia", due, "issue_report", **TEXTS)
    return due


class TestAHighlightReport:
    def test_that_is_missing_is_one_and_notifies_at_growing_distances(
        self, organisation: Organisation
    ) -> None:
        """Six more intervals end meanwhile: one report is due on all of them, and it says so."""
        stage = organisation.delivering()
        organisation.forecast(stage, sustainability=12000)
        organisation.desk.pass_time("2026-04-24T09:00:00Z")

        [missing] = reports(organisation, "highlight")

        fields = organisation.fields(missing)
        assert (fields["period_start"], fields["period_end"]) == ("2026-01-05", "2026-04-13")
        assert (fields["due_at"], fields["intervals"]) == ("2026-01-19T09:00:00Z", 7)
        # From Monday morning, 19 January, to the evenings of business days 2, 5, 10, 20 and 40.
        later = [day * 24 + 8 for day in (1, 4, 11, 25, 53)]
        assert days_of_notifications(organisation, [missing]) == {"eva": later, "pia": [0, *later]}

    def test_that_is_missing_counts_for_every_interval(self, organisation: Organisation) -> None:
        """One in time, and one report on three intervals: one of four was in time."""
        stage = organisation.delivering()
        organisation.desk.pass_time("2026-01-19T10:00:00Z")
        issued(organisation, stage)
        organisation.desk.pass_time("2026-03-05T09:00:00Z")
        issued(organisation, stage)

        found = organisation.desk.metric(
            "prince2.highlight_timeliness", since=date(2026, 1, 1), until=date(2026, 4, 1)
        )

        assert found.value.value == 25

    def test_that_is_issued_late_leaves_the_word_to_the_next(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        organisation.desk.pass_time("2026-01-20T09:00:00Z")
        first = issued(organisation, stage)

        organisation.desk.pass_time("2026-02-07T09:00:00Z")

        [_, second] = reports(organisation, "highlight")
        assert "eva" not in days_of_notifications(organisation, [first])
        assert days_of_notifications(organisation, [second])["eva"] == [24 + 8, 4 * 24 + 8]
        assert organisation.fields(second)["intervals"] == 1

    def test_stays_what_it_is_and_due_when_it_was(self, organisation: Organisation) -> None:
        """Nobody makes another report of the one that is missing, moves its day, or makes one with a day of theirs."""
        organisation.delivering()
        organisation.desk.pass_time("2026-01-20T09:00:00Z")
        [due] = reports(organisation, "highlight")

        for change in ({"kind": "lessons"}, {"due_at": "2026-03-01T09:00:00Z"}, {"period_end": "2026-03-01"}):
            with pytest.raises(BlockedError):
                organisation.edit("pia", due, **change)
        with pytest.raises(InvalidError):
            organisation.create(
                "pia",
                "report",
                "Extra",
                parent=organisation.project,
                kind="highlight",
                due_at="2026-01-21T09:00:00Z",
            )

    def test_is_written_until_the_closure_is_authorized(self, organisation: Organisation) -> None:
        """The board hears of a project that is closing too; what nobody has issued by then is dropped."""
        organisation.delivering()
        why = {"closure_reason": "Nobody needs it any more at all."}
        organisation.move("eva", organisation.project, "prepare_premature_closure", **why)
        organisation.desk.pass_time("2026-01-20T09:00:00Z")
        [due] = reports(organisation, "highlight")
        lessons, end = reports(organisation, "lessons")[-1], reports(organisation, "end_project")[0]
        organisation.move("pia", lessons, "issue_report", lessons_reviewed=1)
        organisation.move("eva", lessons, "accept_report")
        organisation.move("pia", end, "issue_report", **TEXTS)
        organisation.vote(end, "eva", "uma", "sven", approval="report_acceptance")
        organisation.move("eva", end, "accept_report")

        organisation.move("eva", organisation.project, "authorize_premature_closure")

        assert organisation.state(due) == "dropped"
        organisation.desk.pass_time("2026-03-01T09:00:00Z")
        assert reports(organisation, "highlight") == [due]


class TestACheckpointReport:
    def test_that_is_missing_notifies_inside_the_project(self, organisation: Organisation) -> None:
        """The team manager when it is due, the project manager a business day later, and the executive never."""
        under_way(organisation)
        organisation.desk.pass_time("2026-01-23T12:00:00Z")

        [missing] = reports(organisation, "checkpoint")

        assert organisation.fields(missing)["intervals"] == 2
        later = [8, 4 * 24 + 8]
        assert days_of_notifications(organisation, [missing]) == {"tara": [0, *later], "pia": later}

    def test_is_dropped_with_its_package(self, organisation: Organisation) -> None:
        """A package that is cancelled is reported on no more; what was issued stays."""
        _, package = under_way(organisation)
        organisation.desk.pass_time("2026-01-20T09:00:00Z")
        [first] = reports(organisation, "checkpoint")
        organisation.move("tara", package, "update_forecasts", forecast_end="2026-03-15")
        organisation.move("tara", first, "issue_report", **TEXTS)
        organisation.desk.pass_time("2026-01-27T09:00:00Z")
        [_, second] = reports(organisation, "checkpoint")

        organisation.move("pia", package, "cancel", REASON)

        assert (organisation.state(first), organisation.state(second)) == ("accepted", "dropped")
        assert organisation.desk.history(second)[-1].actor == "system"

    def test_has_the_cost_of_a_package_that_nobody_has_forecast_yet(self, organisation: Organisation) -> None:
        """Until its team says something else, a package costs its budget: every aspect with a tolerance is there."""
        _, package = under_way(organisation)
        organisation.desk.pass_time("2026-01-12T10:00:00Z")
        [report] = reports(organisation, "checkpoint")
        organisation.move("tara", package, "update_forecasts", forecast_end="2026-03-15")

        organisation.move("tara", report, "issue_report", **TEXTS)

        snapshot = {each["aspect"]: each for each in organisation.fields(report)["status_snapshot"]}
        assert set(snapshot) == {"time", "cost"}
        assert (snapshot["cost"]["forecast"], snapshot["cost"]["light"]) == ("30000.000000", "green")
