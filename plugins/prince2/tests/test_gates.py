"""Every gate of the method refuses what it is there for, all at once and in words; and the ways back lead back."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import REASON, Organisation, stage_tolerances
from .test_by_exception import REPORT, breached
from .test_products_and_issues import measured, recommended, under_way


def said(organisation: Organisation, by: str, key: str, transition: str, **fields: Any) -> dict[str, str]:
    """The messages of the blockers, by check."""
    found = organisation.refused(by, key, transition, **fields)
    return {check: blocker.message for check, blocker in found.items()}


class TestAProject:
    def test_starts_with_two_people_and_is_initiated_with_four_things(
        self, organisation: Organisation
    ) -> None:
        alone = organisation.create("business_layer", "project", "Alone", mandate="The board wants it.")
        project = organisation.begun()
        organisation.move("business_layer", project, "start_up")

        people = said(organisation, "business_layer", alone, "start_up")
        initiation = said(organisation, "eva", project, "authorize_initiation")

        assert people == {
            "executive_appointed": "0 people hold the role of executive, and one is needed",
            "pm_appointed": "the project manager is missing, or is the executive too",
        }
        assert initiation == {
            "brief_approved": "there is no project brief",
            "initiation_plan_approved": "there is no initiation stage",
            "previous_lessons": "earlier lessons were not looked at",
            "objective_linked": "no objective that is pursued is linked",
        }

    def test_is_authorized_with_everything_that_the_board_needs(self, organisation: Organisation) -> None:
        project = organisation.initiated()
        organisation.appoint(project, "project_assurance")

        found = said(organisation, "eva", project, "authorize_project")

        assert set(found) == {
            "pid_approved", "case_approved", "case_value", "project_tolerances", "stage_minimum",
            "board_filled", "initiation_completed", "criteria_given", "plan_agrees",
        }  # fmt: skip
        assert found["board_filled"] == "nobody is project assurance"
        assert "'Stage 1'" in found["initiation_completed"]

    def test_ends_in_its_own_way_alone(self, organisation: Organisation) -> None:
        """An exception stops its closure; a planned and a premature end are two; and the last one has a reason."""
        stage = organisation.delivering()
        project = organisation.project
        quiet = said(organisation, "eva", project, "escalate_to_business")
        exception = organisation.create("pia", "exception", "Of the project", parent=project)

        assert quiet == {"project_exception": "no exception of the project is open"}
        assert "project_exception_final" in said(organisation, "business_layer", project, "resume_delivery")
        closing = said(organisation, "pia", project, "prepare_closure")
        assert set(closing) == {"on_final_stage", "exceptions_final"}
        assert exception in closing["exceptions_final"]
        short = said(organisation, "eva", project, "prepare_premature_closure", closure_reason="enough")
        assert short == {"closure_text": "the reason for the premature closure has 6 characters"}
        assert "kind_planned" in said(organisation, "eva", project, "authorize_closure")
        assert "kind_premature" in said(organisation, "eva", project, "authorize_premature_closure")
        assert organisation.state(stage) == "active"

    def test_hands_its_risks_on_to_what_goes_on(self, organisation: Organisation) -> None:
        """Not to a risk that is closed, nor to one of a project that has ended: nobody would watch it there."""
        organisation.delivering()
        project, ended = organisation.project, organisation.begun()
        organisation.project = project
        about = {"kind": "threat", "cause": "c", "event": "e", "effect": "f"}
        risk = organisation.create("pia", "governance.risk", "Theft", parent=project, **about)
        left = organisation.create("pia", "governance.risk", "Left", parent=ended, **about)
        closed, watched = (
            organisation.create("omar", "governance.risk", title, **about) for title in ("Closed", "Watched")
        )
        organisation.desk.hold("governance.risk_owner", "omar")
        organisation.move("omar", closed, "close_risk", REASON)
        organisation.move("business_layer", ended, "reject", REASON)
        why = {"closure_reason": "Nobody needs it any more at all."}
        organisation.move("eva", project, "prepare_premature_closure", **why)

        refusals = []
        for heir in (closed, left, watched):
            organisation.desk.link(risk, "governance.follow_on", heir, actor="omar")
            refusals.append(said(organisation, "eva", project, "authorize_premature_closure"))
            organisation.desk.unlink(risk, "governance.follow_on", heir, actor="omar")

        assert ["issues_risks_final" in each for each in refusals] == [True, True, False]
        assert risk in refusals[0]["issues_risks_final"]

    def test_has_its_mandate_from_those_who_commission_it(self, organisation: Organisation) -> None:
        project = organisation.begun()

        with pytest.raises(BlockedError, match="only the business layer"):
            organisation.edit("pia", project, mandate="Whatever we like.")
        organisation.edit("business_layer", project, mandate="Claims are filed online, in three languages.")


class TestAReport:
    def test_has_no_forecast_that_is_old_beside_one_that_is_new(self, organisation: Organisation) -> None:
        """The cost is forecast today and the carbon three weeks ago; nor is an old figure sent again as a new one."""
        stage = organisation.delivering()
        project, texts = organisation.project, {"issues_risks_summary": "None.", "outlook": "Good."}
        organisation.forecast(stage, sustainability=12000)
        report = organisation.create("pia", "report", parent=project, kind="highlight")
        organisation.desk.at("2026-01-26T09:00:00Z")
        organisation.forecast(project, benefits=200000, sustainability=40000)
        old = organisation.fields(stage)["forecasts"]
        organisation.move("pia", stage, "update_forecasts", estimate_to_complete=100000, forecasts=old)

        refusal = said(organisation, "pia", report, "issue_report", **texts)

        assert refusal == {
            "report_fields": f"the forecast of sustainability (carbon) of {stage} is from Monday 5 January 09:00, 21 "
            "days ago; 7 days at most are allowed"
        }
        organisation.forecast(stage, sustainability=12000)
        assert organisation.move("pia", report, "issue_report", **texts) == "issued"

    def test_has_no_cost_and_time_that_only_another_aspect_was_forecast_after(
        self, organisation: Organisation
    ) -> None:
        """Today the carbon, and three weeks ago the cost; a forecast without figures confirms it as it stands."""
        stage = organisation.delivering()
        project, texts = organisation.project, {"issues_risks_summary": "None.", "outlook": "Good."}
        report = organisation.create("pia", "report", parent=project, kind="highlight")
        organisation.desk.at("2026-01-26T09:00:00Z")
        organisation.forecast(project, benefits=200000, sustainability=40000)
        organisation.forecast(stage, sustainability=12000)

        refusal = organisation.refused("pia", report, "issue_report", **texts)["report_fields"]

        assert refusal.message == (
            f"the forecast of cost and time of {stage} is from Monday 5 January 09:00, 21 days ago; 7 days at most "
            "are allowed"
        )
        assert refusal.remedy == f"update the forecasts of {stage}"
        organisation.move("pia", stage, "update_forecasts")
        assert organisation.move("pia", report, "issue_report", **texts) == "issued"


class TestAStage:
    def test_is_authorized_and_ended_with_what_belongs_to_it(self, organisation: Organisation) -> None:
        product, package = under_way(organisation)
        _, second, third = organisation.all("stage")

        early = said(organisation, "eva", third, "authorize_stage")
        ending = said(organisation, "eva", second, "complete_stage")

        assert early["plan_approved"] == "the stage has no plan"
        assert {"previous_completed", "case_reviewed", "stage_tolerance_fit"} <= set(early)
        assert {"wps_final", "end_stage_report", "products_approved", "next_or_closure"} <= set(ending)
        assert product in ending["products_approved"]
        assert package in ending["wps_final"]
        assert ending["next_or_closure"] == "the plan of the next stage is missing"
        assert said(organisation, "pia", second, "escalate") == {
            "exception_reported": "no exception of the stage is open"
        }
        assert "adoptable" in said(organisation, "eva", second, "adopt_exception_plan")
        breached(organisation, second)
        assert "resolved" in said(organisation, "eva", second, "resume")

    def test_is_one_of_a_project_that_is_authorized(self, organisation: Organisation) -> None:
        organisation.begun()
        first = organisation.planned_stage(1, "2026-01-30", 20000)

        found = said(organisation, "eva", first, "authorize_stage")

        assert "'Mandated'" in found["project_state"]
        assert found["case_reviewed"] == "the project brief with the outline business case is not approved"


class TestWork:
    def test_begins_in_an_active_stage_with_a_team_and_ends_with_its_quality(
        self, organisation: Organisation
    ) -> None:
        product, package = under_way(organisation)
        third = organisation.all("stage")[2]
        early = organisation.create("pia", "work_package", "Later", parent=third)
        activity = organisation.create(
            "tara", "quality_activity", "Load test", parent=product, method="test", planned_date="2026-02-10",
            reviewers=["ada"],
        )  # fmt: skip

        assert "'Planned'" in said(organisation, "pia", early, "authorize_work_package")["stage_is_active"]
        assert said(organisation, "pia", early, "accept")["team_manager_set"].startswith("0 people manage")
        ending = said(organisation, "tara", package, "notify_completion")
        assert set(ending) == {"wp_products", "quality_done"}
        assert activity in ending["quality_done"]
        found = said(organisation, "ada", activity, "record_result")
        assert found["result_filled"] == "missing: result, actual date, criteria results"

    def test_comes_back_when_it_is_not_good_enough(self, organisation: Organisation) -> None:
        """A delivery goes back to its team, whose checkpoint reports begin anew; an activity may be dropped."""
        product, package = under_way(organisation)
        spare = organisation.create(
            "tara", "quality_activity", "Audit", parent=product, method="audit", planned_date="2026-02-11",
            reviewers=["ada"],
        )  # fmt: skip
        measured(organisation, product, 4, "pass")
        organisation.move("tara", product, "ask_acceptance")
        organisation.vote(product, "uma", approval="product_acceptance")
        organisation.move("pia", product, "approve_product")
        assert "reason_text" in said(organisation, "pia", spare, "drop")
        organisation.move("pia", spare, "drop", REASON)
        organisation.move("tara", package, "notify_completion")

        assert "reason_text" in said(organisation, "pia", package, "return_work")
        assert organisation.move("pia", package, "return_work", REASON) == "in_progress"
        organisation.desk.pass_time("2026-01-13T09:00:00Z")
        kinds = [organisation.fields(each)["kind"] for each in organisation.all("report", "due")]
        assert kinds.count("checkpoint") == 1


class TestDecisions:
    def test_need_what_is_decided_on(self, organisation: Organisation) -> None:
        stage = organisation.delivering()
        issue = organisation.create(
            "ada", "issue", "Noise", parent=organisation.project, kind="problem_concern", description="-"
        )
        assert set(said(organisation, "pia", issue, "assess")) == {"issue_fields"}
        recommended(organisation, issue)
        assert said(organisation, "eva", issue, "request_exception_plan") == {
            "would_breach": "it stays inside tolerance, and needs no exception plan"
        }
        exception = breached(organisation, stage)
        assert set(said(organisation, "pia", exception, "submit_report")) == {"exception_fields"}

    def test_are_sent_back_with_a_reason(self, organisation: Organisation) -> None:
        """A plan of a stage, an exception plan, a report, a boundary and an issue; each of them by who decides."""
        stage = organisation.delivering()
        third = organisation.all("stage")[2]
        organisation.with_plan(third, "2026-12-01", 100000)
        assert "reason_text" in said(organisation, "eva", third, "return_plan")
        assert organisation.move("eva", third, "return_plan", REASON) == "planned"

        exception = breached(organisation, stage)
        organisation.move("pia", exception, "submit_report", **REPORT)
        organisation.move("eva", exception, "request_plan")
        old = organisation.fields(organisation.fields(stage)["stage_plan"])
        plan = organisation.create(
            "pia", "management_product", "Exception plan", parent=stage, kind="exception_plan", content="More.",
            planned_start="2026-01-05", planned_end="2026-03-31", budget=113500,
            tolerances=stage_tolerances("2026-03-31", 113500), products=old["products"],
        )  # fmt: skip
        organisation.move("pia", exception, "submit_plan", exception_plan=plan)
        assert "reason_text" in said(organisation, "eva", exception, "return_plan")
        assert organisation.move("eva", exception, "return_plan", REASON) == "replanning"
        organisation.move("pia", exception, "submit_plan")
        organisation.decided(plan, "exception_plan")
        organisation.move("eva", exception, "approve_plan")

        organisation.forecast(stage, sustainability=12000)
        organisation.move("pia", stage, "start_boundary")
        report = organisation.fields(stage)["end_stage_report"]
        assert organisation.move("pia", report, "draft_report") == "drafting"
        organisation.move("pia", report, "issue_report", issues_risks_summary="None.", outlook="Good.")
        assert organisation.move("eva", report, "return_report", REASON) == "drafting"
        assert organisation.move("pia", stage, "back_to_active", REASON) == "active"
        assert organisation.state(report) == "dropped"

        issue = organisation.create(
            "ada", "issue", "Noise", parent=organisation.project, kind="problem_concern", description="-"
        )
        recommended(organisation, issue)
        assert "reason_text" in said(organisation, "pia", issue, "reject_issue")
        assert organisation.move("pia", issue, "reject_issue", REASON) == "rejected"
        with pytest.raises(BlockedError, match="cannot be changed"):
            organisation.edit("pia", issue, description="Another.")
