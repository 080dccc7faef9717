"""Management by exception: whatever changes a figure leads to its exception, and the answer moves on."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import CURRENCY, REASON, Organization, stage_tolerances, tolerance
from .test_products_and_issues import authorized, under_way

REPORT: dict[str, Any] = {
    "cause": "The supplier has raised its prices.",
    "consequence": "The stage costs more.",
    "options": [{"text": "Pay"}, {"text": "Do nothing"}],
    "recommendation": "Pay.",
}


def breached(organization: Organization, stage: str) -> str:
    """The exception of a stage that is forecast 13 500 above its budget."""
    organization.edit("pia", stage, actual_cost=62000, estimate_to_complete=51500)
    return organization.all("exception", "raised")[-1]


class TestABreachedForecast:
    def test_comes_by_the_clock_too(self, organization: Organization) -> None:
        """Nobody has changed anything: the end that was forecast has passed, and its tolerance too."""
        stage = organization.delivering()

        organization.desk.pass_time("2026-04-10T09:00:00Z")
        inside = organization.all("exception")
        organization.desk.pass_time("2026-04-12T09:00:00Z")

        [exception] = organization.all("exception")
        assert (inside, organization.fields(exception)["subject"]) == ([], stage)
        assert organization.fields(exception)["breaches"][0]["deviation"] == "11"
        [highlight] = [
            fields for key in organization.all("report")
            if (fields := organization.fields(key))["kind"] == "highlight"
        ]  # fmt: skip
        assert highlight["intervals"] == 6

    def test_of_a_package_is_an_issue_and_no_exception(self, organization: Organization) -> None:
        _, package = under_way(organization)
        stage = organization.desk.item(package).parent

        organization.move("tara", package, "update_forecasts", actual_cost=20000, estimate_to_complete=15000)

        [issue] = organization.all("issue")
        fields = organization.fields(issue)
        assert (fields["kind"], fields["severity"], organization.all("exception")) == (
            "problem_concern",
            3,
            [],
        )
        assert organization.desk.item(issue).links["prince2.affects"] == (package,)
        # The stage costs at least its packages: more than all of it is its exception, though nobody edited the stage.
        organization.move("tara", package, "update_forecasts", estimate_to_complete=95000)
        [exception] = organization.all("exception")
        assert organization.fields(exception)["subject"] == stage
        assert organization.all("issue") == [issue]


class TestTheStatusOfAStage:
    def test_keeps_what_a_change_below_it_cannot_reach(self, organization: Organization) -> None:
        """A product changes its scope alone and a package its cost: both are outside then, in the order of the plan."""
        product, package, stage = authorized(organization)
        before = [each["aspect"] for each in organization.fields(stage)["statuses"]]

        organization.edit("pia", product, undelivered=True)
        organization.edit("pia", package, actual_cost=20000, estimate_to_complete=95000)

        lights = {each["aspect"]: each["light"] for each in organization.fields(stage)["statuses"]}
        assert (list(lights), lights["scope"], lights["cost"]) == (before, "red", "red")
        found = {each["subject"]: each for each in map(organization.fields, organization.all("exception"))}
        assert [each["aspect"] for each in found[stage]["breaches"]] == ["scope", "cost"]


class TestTheAnswer:
    def test_an_exception_plan_replaces_that_of_the_stage(self, organization: Organization) -> None:
        stage = organization.delivering()
        old = organization.fields(stage)["stage_plan"]
        exception = breached(organization, stage)
        organization.move("pia", exception, "submit_report", **REPORT)
        organization.move("eva", exception, "request_plan")
        plan = organization.create(
            "pia", "management_product", "Exception plan", parent=stage, kind="exception_plan", content="Longer.",
            planned_start="2026-01-05", planned_end="2026-04-30", budget=115000,
            tolerances=stage_tolerances("2026-04-30", 115000), products=organization.fields(old)["products"],
        )  # fmt: skip
        early = organization.refused("pia", exception, "submit_plan", exception_plan=plan)
        organization.edit("pia", stage, forecast_end="2026-04-28")
        organization.move("pia", exception, "submit_plan", exception_plan=plan)
        unvoted = organization.refused("eva", exception, "approve_plan")
        organization.decided(plan, "exception_plan")

        organization.move("eva", exception, "approve_plan")

        assert "time" in early["ep_numbers"].message
        assert set(unvoted) == {"ep_approved"}
        fields = organization.fields(stage)
        assert (organization.state(stage), fields["stage_plan"], fields["budget"]) == (
            "active",
            plan,
            "115000",
        )
        assert (organization.state(old), organization.fields(old)["replaced_by"]) == ("superseded", plan)
        assert organization.all("exception", "raised") == []

    def test_no_action_accepts_the_deviation_until_it_grows(self, organization: Organization) -> None:
        stage = organization.delivering()
        exception = breached(organization, stage)
        organization.move("pia", exception, "submit_report", **REPORT)
        short = organization.refused("eva", exception, "no_action", "fine")
        organization.move("eva", exception, "no_action", REASON)

        organization.edit("pia", stage, estimate_to_complete=51000)
        smaller = organization.all("exception", "raised")
        organization.edit("pia", stage, estimate_to_complete=52000)

        assert "reason_text" in short
        assert smaller == []
        assert len(organization.all("exception", "raised")) == 1

    def test_withdrawn_needs_a_forecast_that_is_inside_again(self, organization: Organization) -> None:
        stage = organization.delivering()
        exception = breached(organization, stage)
        outside = organization.refused("pia", exception, "withdraw", REASON)
        organization.desk.at("2026-01-06T09:00:00Z")
        organization.move("pia", stage, "update_forecasts", estimate_to_complete=40000)

        organization.move("pia", exception, "withdraw", REASON)

        assert "13500" in outside["inside_again"].message
        assert organization.state(exception) == "withdrawn"

    def test_withdrawn_needs_a_new_forecast_of_whichever_aspect(self, organization: Organization) -> None:
        """That of the carbon is one, though it says nothing about cost and time."""
        stage = organization.delivering()
        organization.forecast(stage, sustainability=13000)
        [exception] = organization.all("exception", "raised")
        organization.desk.at("2026-01-06T09:00:00Z")
        organization.forecast(stage, sustainability=12000)

        organization.move("pia", exception, "withdraw", REASON)

        assert organization.state(exception) == "withdrawn"

    def test_closure_ends_the_project_and_all_open_work(self, organization: Organization) -> None:
        stage = organization.delivering()
        exception = breached(organization, stage)
        organization.move("pia", exception, "submit_report", **REPORT)

        organization.move(
            "eva", exception, "order_closure", "The market has changed, nobody needs it any more."
        )

        assert (organization.state(organization.project), organization.state(stage)) == (
            "closing",
            "terminated",
        )
        assert organization.fields(organization.project)["closure_kind"] == "premature"


class TestAClosure:
    def test_that_is_given_up_leaves_a_way_to_the_end(self, organization: Organization) -> None:
        """Its last stage is over already: the project closes after it, or after another last stage."""
        second = organization.delivering()
        third = organization.all("stage")[2]
        organization.desk.at("2026-01-06T09:00:00Z")
        organization.move("pia", second, "update_forecasts", actual_cost=60000, estimate_to_complete=40000)
        organization.forecast(second, sustainability=12000)
        organization.move("pia", second, "start_boundary")
        organization.with_plan(third, "2026-12-01", 100000)
        [case] = [key for key in organization.all("management_product")
                  if organization.fields(key)["kind"] == "business_case"]  # fmt: skip
        organization.move("eva", case, "confirm")
        organization.reported(second)
        organization.move("eva", third, "authorize_stage")
        organization.forecast(third, sustainability=12000)
        organization.move("pia", third, "start_boundary")
        organization.move("pia", organization.project, "prepare_closure")
        organization.reported(third)

        organization.move("eva", organization.project, "reopen_delivery")

        fourth = organization.create(
            "pia", "stage", "Stage 4", parent=organization.project, number=4, kind="delivery", is_final=True
        )
        open_ = organization.refused("pia", organization.project, "prepare_closure")
        assert "'Stage 4'" in open_["on_final_stage"].message
        organization.move("eva", fourth, "terminate", REASON)
        assert organization.move("pia", organization.project, "prepare_closure") == "closing"


class TestNobodyPassesTheBoard:
    def test_without_its_votes(self, organization: Organization) -> None:
        """The submitter does not vote, an objection stops it, and only the executive overrides it, with a reason."""
        organization.begun()
        brief = organization.create(
            "pia",
            "management_product",
            "Brief",
            parent=organization.project,
            kind="project_brief",
            content="-",
        )
        organization.move("pia", brief, "submit")
        alone = organization.refused("pia", brief, "approve")
        organization.vote(brief, "eva")
        organization.vote(brief, "uma", decision="abstain")
        organization.vote(brief, "sven", decision="reject")
        objected = organization.refused("eva", brief, "approve")
        organization.move("eva", brief, "override_objection", REASON)
        again = organization.refused("eva", brief, "approve")
        organization.vote(brief, "eva")

        assert set(alone) == set(objected) == set(again) == {"doc_vote"}
        assert organization.move("pia", brief, "approve") == "approved"
        assert organization.fields(brief)["override_reason"] == REASON

    def test_by_typing_what_is_computed_or_agreed(self, organization: Organization) -> None:
        """Tolerances, budgets and statuses of a running stage are frozen, and so is what the board has approved."""
        stage = organization.delivering()
        plan = organization.fields(stage)["stage_plan"]

        for key, fields in (
            (stage, {"tolerances": stage_tolerances("2026-12-31", 900000)}),
            (stage, {"budget": 900000}),
            (stage, {"statuses": []}),
            (plan, {"budget": 900000}),
            (organization.project, {"tolerances": [tolerance("cost", 9, 9, unit=CURRENCY)]}),
            (organization.project, {"value_override": "none needed"}),
        ):
            before = organization.fields(key)
            with pytest.raises(BlockedError, match="cannot be changed"):
                organization.edit("pia", key, **fields)
            assert organization.fields(key) == before
        with pytest.raises(
            BlockedError, match="as dates, budget and tolerances of a stage come from its plan"
        ):
            organization.edit("pia", stage, budget=900000)

    def test_by_typing_what_the_team_has_agreed_to(self, organization: Organization) -> None:
        """A work package that is under way keeps what was agreed, and the refusal says so."""
        _, package = under_way(organization)

        with pytest.raises(BlockedError, match="as the team has agreed to the package as it stands"):
            organization.edit("pia", package, budget=900000)

    def test_by_making_an_exception_of_the_stage_for_the_project(self, organization: Organization) -> None:
        """Its level follows from the place where it lies, so that the business layer decides all the same."""
        organization.delivering()

        exception = organization.create("pia", "exception", "Of the project", parent=organization.project)

        assert organization.fields(exception)["level"] == "project"

    def test_by_accepting_for_the_user(self, organization: Organization) -> None:
        """The project manager cannot confirm an acceptance criterion, even where they name themselves."""
        organization.delivering()
        criterion = {
            "id": "fast",
            "text": "A claim takes a minute",
            "accepted_by": "pia",
            "evidence": "test 7",
        }
        with pytest.raises(BlockedError, match="cannot be changed"):
            organization.edit("pia", organization.project, acceptance_criteria=[criterion])
        organization.move("uma", organization.project, "record_acceptance", acceptance_criteria=[criterion])
        organization.move(
            "eva",
            organization.project,
            "prepare_premature_closure",
            closure_reason="Nobody needs it any more at all.",
        )

        refusal = organization.refused("eva", organization.project, "authorize_closure")

        assert "fast" in refusal["criteria_met"].message
