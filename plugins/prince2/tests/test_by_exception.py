"""Management by exception: whatever changes a figure leads to its exception, and the answer moves on."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import CURRENCY, REASON, Organisation, stage_tolerances, tolerance
from .test_products_and_issues import authorized, under_way

REPORT: dict[str, Any] = {
    "cause": "The supplier has raised its prices.",
    "consequence": "The stage costs more.",
    "options": [{"text": "Pay"}, {"text": "Do nothing"}],
    "recommendation": "Pay.",
}


def breached(organisation: Organisation, stage: str) -> str:
    """The exception of a stage that is forecast 13 500 above its budget."""
    organisation.edit("pia", stage, actual_cost=62000, estimate_to_complete=51500)
    return organisation.all("exception", "raised")[-1]


class TestABreachedForecast:
    def test_comes_by_the_clock_too(self, organisation: Organisation) -> None:
        """Nobody has changed anything: the end that was forecast has passed, and its tolerance too."""
        stage = organisation.delivering()

        organisation.desk.pass_time("2026-04-10T09:00:00Z")
        inside = organisation.all("exception")
        organisation.desk.pass_time("2026-04-12T09:00:00Z")

        [exception] = organisation.all("exception")
        assert (inside, organisation.fields(exception)["subject"]) == ([], stage)
        assert organisation.fields(exception)["breaches"][0]["deviation"] == "11"
        [highlight] = [
            fields for key in organisation.all("report")
            if (fields := organisation.fields(key))["kind"] == "highlight"
        ]  # fmt: skip
        assert highlight["intervals"] == 6

    def test_of_a_package_is_an_issue_and_no_exception(self, organisation: Organisation) -> None:
        _, package = under_way(organisation)
        stage = organisation.desk.item(package).parent

        organisation.move("tara", package, "update_forecasts", actual_cost=20000, estimate_to_complete=15000)

        [issue] = organisation.all("issue")
        fields = organisation.fields(issue)
        assert (fields["kind"], fields["severity"], organisation.all("exception")) == (
            "problem_concern",
            3,
            [],
        )
        assert organisation.desk.item(issue).links["prince2.affects"] == (package,)
        # The stage costs at least its packages: more than all of it is its exception, though nobody edited the stage.
        organisation.move("tara", package, "update_forecasts", estimate_to_complete=95000)
        [exception] = organisation.all("exception")
        assert organisation.fields(exception)["subject"] == stage
        assert organisation.all("issue") == [issue]


class TestTheStatusOfAStage:
    def test_keeps_what_a_change_below_it_cannot_reach(self, organisation: Organisation) -> None:
        """A product changes its scope alone and a package its cost: both are outside then, in the order of the plan."""
        product, package, stage = authorized(organisation)
        before = [each["aspect"] for each in organisation.fields(stage)["statuses"]]

        organisation.edit("pia", product, undelivered=True)
        organisation.edit("pia", package, actual_cost=20000, estimate_to_complete=95000)

        lights = {each["aspect"]: each["light"] for each in organisation.fields(stage)["statuses"]}
        assert (list(lights), lights["scope"], lights["cost"]) == (before, "red", "red")
        found = {each["subject"]: each for each in map(organisation.fields, organisation.all("exception"))}
        assert [each["aspect"] for each in found[stage]["breaches"]] == ["scope", "cost"]


class TestTheAnswer:
    def test_an_exception_plan_replaces_that_of_the_stage(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        old = organisation.fields(stage)["stage_plan"]
        exception = breached(organisation, stage)
        organisation.move("pia", exception, "submit_report", **REPORT)
        organisation.move("eva", exception, "request_plan")
        plan = organisation.create(
            "pia", "management_product", "Exception plan", parent=stage, kind="exception_plan", content="Longer.",
            planned_start="2026-01-05", planned_end="2026-04-30", budget=115000,
            tolerances=stage_tolerances("2026-04-30", 115000), products=organisation.fields(old)["products"],
        )  # fmt: skip
        early = organisation.refused("pia", exception, "submit_plan", exception_plan=plan)
        organisation.edit("pia", stage, forecast_end="2026-04-28")
        organisation.move("pia", exception, "submit_plan", exception_plan=plan)
        unvoted = organisation.refused("eva", exception, "approve_plan")
        organisation.decided(plan, "exception_plan")

        organisation.move("eva", exception, "approve_plan")

        assert "time" in early["ep_numbers"].message
        assert set(unvoted) == {"ep_approved"}
        fields = organisation.fields(stage)
        assert (organisation.state(stage), fields["stage_plan"], fields["budget"]) == (
            "active",
            plan,
            "115000",
        )
        assert (organisation.state(old), organisation.fields(old)["replaced_by"]) == ("superseded", plan)
        assert organisation.all("exception", "raised") == []

    def test_no_action_accepts_the_deviation_until_it_grows(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        exception = breached(organisation, stage)
        organisation.move("pia", exception, "submit_report", **REPORT)
        short = organisation.refused("eva", exception, "no_action", "fine")
        organisation.move("eva", exception, "no_action", REASON)

        organisation.edit("pia", stage, estimate_to_complete=51000)
        smaller = organisation.all("exception", "raised")
        organisation.edit("pia", stage, estimate_to_complete=52000)

        assert "reason_text" in short
        assert smaller == []
        assert len(organisation.all("exception", "raised")) == 1

    def test_withdrawn_needs_a_forecast_that_is_inside_again(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        exception = breached(organisation, stage)
        outside = organisation.refused("pia", exception, "withdraw", REASON)
        organisation.desk.at("2026-01-06T09:00:00Z")
        organisation.move("pia", stage, "update_forecasts", estimate_to_complete=40000)

        organisation.move("pia", exception, "withdraw", REASON)

        assert "13500" in outside["inside_again"].message
        assert organisation.state(exception) == "withdrawn"

    def test_withdrawn_needs_a_new_forecast_of_whichever_aspect(self, organisation: Organisation) -> None:
        """That of the carbon is one, though it says nothing about cost and time."""
        stage = organisation.delivering()
        organisation.forecast(stage, sustainability=13000)
        [exception] = organisation.all("exception", "raised")
        organisation.desk.at("2026-01-06T09:00:00Z")
        organisation.forecast(stage, sustainability=12000)

        organisation.move("pia", exception, "withdraw", REASON)

        assert organisation.state(exception) == "withdrawn"

    def test_closure_ends_the_project_and_all_open_work(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        exception = breached(organisation, stage)
        organisation.move("pia", exception, "submit_report", **REPORT)

        organisation.move(
            "eva", exception, "order_closure", "The market has changed, nobody needs it any more."
        )

        assert (organisation.state(organisation.project), organisation.state(stage)) == (
            "closing",
            "terminated",
        )
        assert organisation.fields(organisation.project)["closure_kind"] == "premature"


class TestAClosure:
    def test_that_is_given_up_leaves_a_way_to_the_end(self, organisation: Organisation) -> None:
        """Its last stage is over already: the project closes after it, or after another last stage."""
        second = organisation.delivering()
        third = organisation.all("stage")[2]
        organisation.desk.at("2026-01-06T09:00:00Z")
        organisation.move("pia", second, "update_forecasts", actual_cost=60000, estimate_to_complete=40000)
        organisation.forecast(second, sustainability=12000)
        organisation.move("pia", second, "start_boundary")
        organisation.with_plan(third, "2026-12-01", 100000)
        [case] = [key for key in organisation.all("management_product")
                  if organisation.fields(key)["kind"] == "business_case"]  # fmt: skip
        organisation.move("eva", case, "confirm")
        organisation.reported(second)
        organisation.move("eva", third, "authorize_stage")
        organisation.forecast(third, sustainability=12000)
        organisation.move("pia", third, "start_boundary")
        organisation.move("pia", organisation.project, "prepare_closure")
        organisation.reported(third)

        organisation.move("eva", organisation.project, "reopen_delivery")

        fourth = organisation.create(
            "pia", "stage", "Stage 4", parent=organisation.project, number=4, kind="delivery", is_final=True
        )
        open_ = organisation.refused("pia", organisation.project, "prepare_closure")
        assert "'Stage 4'" in open_["on_final_stage"].message
        organisation.move("eva", fourth, "terminate", REASON)
        assert organisation.move("pia", organisation.project, "prepare_closure") == "closing"


class TestNobodyPassesTheBoard:
    def test_without_its_votes(self, organisation: Organisation) -> None:
        """The submitter does not vote, an objection stops it, and only the executive overrides it, with a reason."""
        organisation.begun()
        brief = organisation.create(
            "pia",
            "management_product",
            "Brief",
            parent=organisation.project,
            kind="project_brief",
            content="-",
        )
        organisation.move("pia", brief, "submit")
        alone = organisation.refused("pia", brief, "approve")
        organisation.vote(brief, "eva")
        organisation.vote(brief, "uma", decision="abstain")
        organisation.vote(brief, "sven", decision="reject")
        objected = organisation.refused("eva", brief, "approve")
        organisation.move("eva", brief, "override_objection", REASON)
        again = organisation.refused("eva", brief, "approve")
        organisation.vote(brief, "eva")

        assert set(alone) == set(objected) == set(again) == {"doc_vote"}
        assert organisation.move("pia", brief, "approve") == "approved"
        assert organisation.fields(brief)["override_reason"] == REASON

    def test_by_typing_what_is_computed_or_agreed(self, organisation: Organisation) -> None:
        """Tolerances, budgets and statuses of a running stage are frozen, and so is what the board has approved."""
        stage = organisation.delivering()
        plan = organisation.fields(stage)["stage_plan"]

        for key, fields in (
            (stage, {"tolerances": stage_tolerances("2026-12-31", 900000)}),
            (stage, {"budget": 900000}),
            (stage, {"statuses": []}),
            (plan, {"budget": 900000}),
            (organisation.project, {"tolerances": [tolerance("cost", 9, 9, unit=CURRENCY)]}),
            (organisation.project, {"value_override": "none needed"}),
        ):
            before = organisation.fields(key)
            with pytest.raises(BlockedError, match="cannot be changed"):
                organisation.edit("pia", key, **fields)
            assert organisation.fields(key) == before

    def test_by_making_an_exception_of_the_stage_for_the_project(self, organisation: Organisation) -> None:
        """Its level follows from the place where it lies, so that the business layer decides all the same."""
        organisation.delivering()

        exception = organisation.create("pia", "exception", "Of the project", parent=organisation.project)

        assert organisation.fields(exception)["level"] == "project"

    def test_by_accepting_for_the_user(self, organisation: Organisation) -> None:
        """The project manager cannot confirm an acceptance criterion, even where they name themselves."""
        organisation.delivering()
        criterion = {
            "id": "fast",
            "text": "A claim takes a minute",
            "accepted_by": "pia",
            "evidence": "test 7",
        }
        with pytest.raises(BlockedError, match="cannot be changed"):
            organisation.edit("pia", organisation.project, acceptance_criteria=[criterion])
        organisation.move("uma", organisation.project, "record_acceptance", acceptance_criteria=[criterion])
        organisation.move(
            "eva",
            organisation.project,
            "prepare_premature_closure",
            closure_reason="Nobody needs it any more at all.",
        )

        refusal = organisation.refused("eva", organisation.project, "authorize_closure")

        assert "fast" in refusal["criteria_met"].message
