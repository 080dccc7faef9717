"""Every gate of the method refuses what it is there for, all at once and in words; and the ways back lead back."""

from __future__ import annotations

from typing import Any

import pytest

from placet import BlockedError

from .conftest import REASON, Organization, stage_tolerances
from .test_by_exception import REPORT, breached
from .test_products_and_issues import measured, recommended, under_way


def said(organization: Organization, by: str, key: str, transition: str, **fields: Any) -> dict[str, str]:
    """The messages of the blockers, by check."""
    found = organization.refused(by, key, transition, **fields)
    return {check: blocker.message for check, blocker in found.items()}


def forecasts_too_old(organization: Organization, report: str) -> list[str]:
    """The aspects whose forecast keeps a report from being issued."""
    found = organization.desk.explain(report, "issue_report", actor="pia").blockers
    old = [each.message for each in found if each.message.startswith("the forecast of ")]
    return [message.removeprefix("the forecast of ").partition(" of ")[0] for message in old]


class TestAProject:
    def test_starts_with_two_people_and_is_initiated_with_four_things(
        self, organization: Organization
    ) -> None:
        alone = organization.create("business_layer", "project", "Alone", mandate="The board wants it.")
        project = organization.begun()
        organization.move("business_layer", project, "start_up")

        people = said(organization, "business_layer", alone, "start_up")
        initiation = said(organization, "eva", project, "authorize_initiation")

        assert people == {
            "executive_appointed": "0 people hold the role of executive, and one is needed",
            "pm_appointed": "the project manager is missing, or is the executive too",
        }
        assert initiation == {
            "brief_approved": "the project brief is missing",
            "initiation_plan_approved": "the project has no initiation stage",
            "previous_lessons": "earlier lessons were not looked at",
            "objective_linked": "no objective that is pursued is linked",
        }

    def test_is_authorized_with_everything_that_the_board_needs(self, organization: Organization) -> None:
        project = organization.initiated()
        organization.appoint(project, "project_assurance")

        found = said(organization, "eva", project, "authorize_project")

        assert set(found) == {
            "pid_approved", "case_approved", "case_value", "project_tolerances", "stage_minimum",
            "board_filled", "initiation_completed", "criteria_given", "plan_agrees",
        }  # fmt: skip
        assert found["board_filled"] == "nobody is project assurance"
        assert "'Stage 1'" in found["initiation_completed"]

    def test_ends_in_its_own_way_alone(self, organization: Organization) -> None:
        """An exception stops its closure; a planned and a premature end are two; and the last one has a reason."""
        stage = organization.delivering()
        project = organization.project
        quiet = said(organization, "eva", project, "escalate_to_business")
        exception = organization.create("pia", "exception", "Of the project", parent=project)

        assert quiet == {"project_exception": "no exception of the project is open"}
        assert "project_exception_final" in said(organization, "business_layer", project, "resume_delivery")
        closing = said(organization, "pia", project, "prepare_closure")
        assert set(closing) == {"on_final_stage", "exceptions_final"}
        assert exception in closing["exceptions_final"]
        short = said(organization, "eva", project, "prepare_premature_closure", closure_reason="enough")
        assert short == {"closure_text": "the reason for the premature closure has 6 characters"}
        assert "kind_planned" in said(organization, "eva", project, "authorize_closure")
        assert "kind_premature" in said(organization, "eva", project, "authorize_premature_closure")
        assert organization.state(stage) == "active"

    def test_asks_in_its_form_why_it_ends_before_its_time(self, organization: Organization) -> None:
        organization.delivering()

        preview = organization.desk.preview(organization.project, "prepare_premature_closure", actor="eva")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == ["closure_reason"]

    def test_hands_its_risks_on_to_what_goes_on(self, organization: Organization) -> None:
        """Not to a risk that is closed, nor to one of a project that has ended: nobody would watch it there."""
        organization.delivering()
        project, ended = organization.project, organization.begun()
        organization.project = project
        about = {"kind": "threat", "cause": "c", "event": "e", "effect": "f"}
        risk = organization.create("pia", "governance.risk", "Theft", parent=project, **about)
        left = organization.create("pia", "governance.risk", "Left", parent=ended, **about)
        closed, watched = (
            organization.create("omar", "governance.risk", title, **about) for title in ("Closed", "Watched")
        )
        organization.desk.hold("governance.risk_owner", "omar")
        organization.move("omar", closed, "close_risk", REASON)
        organization.move("business_layer", ended, "reject", REASON)
        why = {"closure_reason": "Nobody needs it any more at all."}
        organization.move("eva", project, "prepare_premature_closure", **why)

        refusals = []
        for heir in (closed, left, watched):
            organization.desk.link(risk, "governance.follow_on", heir, actor="omar")
            refusals.append(said(organization, "eva", project, "authorize_premature_closure"))
            organization.desk.unlink(risk, "governance.follow_on", heir, actor="omar")

        assert ["issues_risks_final" in each for each in refusals] == [True, True, False]
        assert risk in refusals[0]["issues_risks_final"]

    def test_has_its_mandate_from_those_who_commission_it(self, organization: Organization) -> None:
        project = organization.begun()

        with pytest.raises(BlockedError, match="only the business layer"):
            organization.edit("pia", project, mandate="Whatever we like.")
        organization.edit("business_layer", project, mandate="Claims are filed online, in three languages.")


class TestAReport:
    def test_has_no_forecast_that_is_old_beside_one_that_is_new(self, organization: Organization) -> None:
        """The cost is forecast today and the carbon three weeks ago; nor is an old figure sent again as a new one."""
        stage = organization.delivering()
        project, texts = organization.project, {"issues_risks_summary": "None.", "outlook": "Good."}
        organization.forecast(stage, sustainability=12000)
        report = organization.create("pia", "report", parent=project, kind="highlight")
        organization.desk.at("2026-01-26T09:00:00Z")
        organization.forecast(project, benefits=200000, sustainability=40000)
        old = organization.fields(stage)["forecasts"]
        organization.move("pia", stage, "update_forecasts", forecasts=old)
        organization.move("pia", stage, "update_forecasts")

        refusal = said(organization, "pia", report, "issue_report", **texts)

        assert refusal == {
            "report_fields": f"the forecast of sustainability (carbon) of 'Stage 2' ({stage}) is from Monday 5 January "
            "09:00, 21 days ago, and was fresh until Monday 12 January 09:00",
        }
        organization.forecast(stage, sustainability=12000)
        assert organization.move("pia", report, "issue_report", **texts) == "issued"

    def test_names_all_old_forecasts_together_and_what_helps_each(self, organization: Organization) -> None:
        """A second after its time, the carbon needs a new figure; cost and time are confirmed without any."""
        stage = organization.delivering()
        organization.forecast(stage, sustainability=12000)
        report = organization.create("pia", "report", parent=organization.project, kind="highlight")
        organization.desk.at("2026-01-12T09:00:01Z")
        organization.forecast(organization.project, benefits=200000, sustainability=40000)
        named = f"'Stage 2' ({stage})"

        refusal = organization.desk.refused(report, "issue_report", actor="pia").blockers

        texts, *old = [blocker for blocker in refusal if blocker.check == "prince2.report_fields"]
        assert "issues risks summary" in texts.message
        dated = "is from Monday 5 January 09:00, 7 days ago, and was fresh until Monday 12 January 09:00"
        give = f"give a new figure with Update forecasts on {named}"
        confirm, renew = (
            f"{give}, or confirm its cost and time there without any figure",
            f"{give}: nothing else makes it fresh",
        )
        assert [(blocker.message, blocker.remedy) for blocker in old] == [
            (f"the forecast of cost of {named} {dated}", confirm),
            (f"the forecast of time of {named} {dated}", confirm),
            (f"the forecast of sustainability (carbon) of {named} {dated}", renew),
        ]

    @pytest.mark.parametrize(
        ("changed", "old"),
        [
            ({"forecast_end": "2026-03-30"}, ["cost"]),
            ({"estimate_to_complete": 99999}, ["time"]),
            ({"actual_cost": "0.01"}, ["cost", "time"]),
            ({"forecast_end": "2026-03-30", "estimate_to_complete": 99999}, []),
        ],
    )
    @pytest.mark.parametrize("edited", [True, False], ids=["edited", "forecast"])
    def test_has_each_aspect_as_old_as_its_own_figure(
        self, organization: Organization, changed: dict[str, Any], old: list[str], *, edited: bool
    ) -> None:
        """A new end says nothing about the cost, and what was spent says nothing about what is still to come."""
        stage = organization.delivering()
        report = organization.create("pia", "report", parent=organization.project, kind="highlight")
        organization.desk.at("2026-01-26T09:00:00Z")
        organization.forecast(organization.project, benefits=200000, sustainability=40000)
        organization.forecast(stage, sustainability=12000)
        if edited:
            organization.edit("pia", stage, **changed)
        else:
            organization.move("pia", stage, "update_forecasts", **changed)

        assert forecasts_too_old(organization, report) == old

        organization.move("pia", stage, "update_forecasts")  # both are confirmed
        assert forecasts_too_old(organization, report) == []


class TestAStage:
    def test_is_authorized_and_ended_with_what_belongs_to_it(self, organization: Organization) -> None:
        product, package = under_way(organization)
        _, second, third = organization.all("stage")

        early = said(organization, "eva", third, "authorize_stage")
        ending = said(organization, "eva", second, "complete_stage")

        assert early["plan_approved"] == "the stage has no plan"
        assert {"previous_completed", "case_reviewed", "stage_tolerance_fit"} <= set(early)
        assert {"wps_final", "end_stage_report", "products_approved", "next_or_closure"} <= set(ending)
        assert product in ending["products_approved"]
        assert package in ending["wps_final"]
        assert ending["next_or_closure"] == "the plan of the next stage is missing"
        assert said(organization, "pia", second, "escalate") == {
            "exception_reported": "no exception of the stage is open"
        }
        assert "adoptable" in said(organization, "eva", second, "adopt_exception_plan")
        breached(organization, second)
        assert "resolved" in said(organization, "eva", second, "resume")

    def test_is_one_of_a_project_that_is_authorized(self, organization: Organization) -> None:
        organization.begun()
        first = organization.planned_stage(1, "2026-01-30", 20000)

        found = said(organization, "eva", first, "authorize_stage")

        assert "'Mandated'" in found["project_state"]
        assert found["case_reviewed"] == "the project brief with the outline business case is not approved"


class TestWork:
    def test_begins_in_an_active_stage_with_a_team_and_ends_with_its_quality(
        self, organization: Organization
    ) -> None:
        product, package = under_way(organization)
        third = organization.all("stage")[2]
        early = organization.create("pia", "work_package", "Later", parent=third)
        activity = organization.create(
            "tara", "quality_activity", "Load test", parent=product, method="test", planned_date="2026-02-10",
            reviewers=["ada"],
        )  # fmt: skip

        assert "'Planned'" in said(organization, "pia", early, "authorize_work_package")["stage_is_active"]
        assert said(organization, "pia", early, "accept")["team_manager_set"].startswith("0 people manage")
        ending = said(organization, "tara", package, "notify_completion")
        assert set(ending) == {"wp_products", "quality_done"}
        assert activity in ending["quality_done"]
        found = said(organization, "ada", activity, "record_result")
        assert found["result_filled"] == "missing: result, actual date, criteria results"

    def test_comes_back_when_it_is_not_good_enough(self, organization: Organization) -> None:
        """A delivery goes back to its team, whose checkpoint reports begin anew; an activity may be dropped."""
        product, package = under_way(organization)
        spare = organization.create(
            "tara", "quality_activity", "Audit", parent=product, method="audit", planned_date="2026-02-11",
            reviewers=["ada"],
        )  # fmt: skip
        measured(organization, product, 4, "pass")
        organization.move("tara", product, "ask_acceptance")
        organization.vote(product, "uma", approval="product_acceptance")
        organization.move("pia", product, "approve_product")
        assert "reason_text" in said(organization, "pia", spare, "drop")
        organization.move("pia", spare, "drop", REASON)
        organization.move("tara", package, "notify_completion")

        assert "reason_text" in said(organization, "pia", package, "return_work")
        assert organization.move("pia", package, "return_work", REASON) == "in_progress"
        organization.desk.pass_time("2026-01-13T09:00:00Z")
        kinds = [organization.fields(each)["kind"] for each in organization.all("report", "due")]
        assert kinds.count("checkpoint") == 1


class TestDecisions:
    def test_need_what_is_decided_on(self, organization: Organization) -> None:
        stage = organization.delivering()
        issue = organization.create(
            "ada", "issue", "Noise", parent=organization.project, kind="problem_concern", description="-"
        )
        assert set(said(organization, "pia", issue, "assess")) == {"issue_fields"}
        recommended(organization, issue)
        assert said(organization, "eva", issue, "request_exception_plan") == {
            "would_breach": "it stays inside tolerance, and needs no exception plan"
        }
        exception = breached(organization, stage)
        assert set(said(organization, "pia", exception, "submit_report")) == {"exception_fields"}

    def test_are_sent_back_with_a_reason(self, organization: Organization) -> None:
        """A plan of a stage, an exception plan, a report, a boundary and an issue; each of them by who decides."""
        stage = organization.delivering()
        third = organization.all("stage")[2]
        organization.with_plan(third, "2026-12-01", 100000)
        assert "reason_text" in said(organization, "eva", third, "return_plan")
        assert organization.move("eva", third, "return_plan", REASON) == "planned"

        exception = breached(organization, stage)
        organization.move("pia", exception, "submit_report", **REPORT)
        organization.move("eva", exception, "request_plan")
        old = organization.fields(organization.fields(stage)["stage_plan"])
        plan = organization.create(
            "pia", "management_product", "Exception plan", parent=stage, kind="exception_plan", content="More.",
            planned_start="2026-01-05", planned_end="2026-03-31", budget=113500,
            tolerances=stage_tolerances("2026-03-31", 113500), products=old["products"],
        )  # fmt: skip
        organization.move("pia", exception, "submit_plan", exception_plan=plan)
        assert "reason_text" in said(organization, "eva", exception, "return_plan")
        assert organization.move("eva", exception, "return_plan", REASON) == "replanning"
        organization.move("pia", exception, "submit_plan")
        organization.decided(plan, "exception_plan")
        organization.move("eva", exception, "approve_plan")

        organization.forecast(stage, sustainability=12000)
        organization.move("pia", stage, "start_boundary")
        report = organization.fields(stage)["end_stage_report"]
        assert organization.move("pia", report, "draft_report") == "drafting"
        organization.move("pia", report, "issue_report", issues_risks_summary="None.", outlook="Good.")
        assert organization.move("eva", report, "return_report", REASON) == "drafting"
        assert organization.move("pia", stage, "back_to_active", REASON) == "active"
        assert organization.state(report) == "dropped"

        issue = organization.create(
            "ada", "issue", "Noise", parent=organization.project, kind="problem_concern", description="-"
        )
        recommended(organization, issue)
        assert "reason_text" in said(organization, "pia", issue, "reject_issue")
        assert organization.move("pia", issue, "reject_issue", REASON) == "rejected"
        with pytest.raises(BlockedError, match="cannot be changed"):
            organization.edit("pia", issue, description="Another.")
