"""The acceptance scenarios of PRINCE2, through HTTP, with their figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Organization
from .projects import CASE, CRITERION, REASON, REPORT, Project, organized, percent


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server whose workspace is under PRINCE2, and its people."""
    with organized(tmp_path_factory.mktemp("projects")) as organization:
        yield organization


@pytest.fixture(scope="module")
def running(board: Organization) -> tuple[Project, str]:
    """A project in its second stage, for scenarios that leave it as it is."""
    project = Project(board)
    return project, project.delivering()


def said(project: Project, person: str, key: str, transition: str, **fields: Any) -> dict[str, str]:
    """The messages of a refusal, by check."""
    found = getattr(project.people, person).refused(key, transition, **fields)
    return {check.removeprefix("prince2."): blocker["message"] for check, blocker in found.items()}


class TestUsualTolerances:
    def test_are_offered_in_the_form_in_which_they_are_taken(self, running: tuple[Project, str]) -> None:
        """With the end and the budget of the package; the organization has its own in its settings."""
        project, stage = running
        maya = project.people.maya
        about = {"planned_start": "2026-01-12", "planned_end": "2026-03-13", "budget": 1000}
        package = maya.create("prince2.work_package", "Build", parent=stage, **about)

        offer = maya.get(f"/x/prince2/items/{package}/usual-tolerances")
        maya.edit(package, tolerances=offer["tolerances"])

        assert offer["open"] == []
        assert [
            (each["aspect"], each["target"], each["upper"])
            for each in project.fields(package)["tolerances"]
        ] == [("time", "2026-03-13", "5"), ("cost", "1000", "10")]  # fmt: skip


class TestP01P02TheStart:
    def test_needs_a_delivery_stage_after_initiation(self, board: Organization) -> None:
        project = Project(board)
        project.initiating()

        refusal = said(project, "ivy", project.key, "authorize_project")

        assert refusal["stage_minimum"].startswith("1 initiation and 0 delivery stages are planned")
        assert {"pid_approved", "case_approved", "project_tolerances", "case_value"} <= set(refusal)
        project.document("business_case", **CASE)
        assert not {"case_approved", "case_value"} & set(
            said(project, "ivy", project.key, "authorize_project")
        )

    def test_is_justified_by_a_value_in_decimals(self, running: tuple[Project, str]) -> None:
        project, _ = running
        key = project.people.maya.create(
            "prince2.management_product",
            "Case",
            parent=project.key,
            kind="business_case",
            content="-",
            **CASE,
        )

        fields = project.fields(key)

        assert (fields["npv"], fields["roi_percent"], fields["payback_years"]) == (
            "115419.40", "50.000000", "2.000000",
        )  # fmt: skip


class TestP03P04P07AnException:
    def test_opens_by_itself_and_its_answer_moves_the_stage(self, board: Organization) -> None:
        """Exactly at the limit is inside; beyond it one exception, to which later breaches are added."""
        project = Project(board)
        stage = project.delivering()
        maya, ivy = board.maya, board.ivy

        maya.edit(stage, actual_cost=62000, estimate_to_complete=48000)
        cost = project.status(stage, "cost")
        assert (float(cost["deviation"]), cost["used_percent"], cost["light"]) == (10000, "100.0", "amber")
        assert project.all("exception") == []

        maya.edit(stage, estimate_to_complete=51500)
        cost = project.status(stage, "cost")
        assert (float(cost["deviation"]), cost["used_percent"], cost["light"]) == (13500, "135.0", "red")
        [exception] = project.all("exception")
        assert (project.state(exception), project.fields(exception)["level"]) == ("raised", "stage")
        package = maya.create("prince2.work_package", "Build", parent=stage)
        assert exception in said(project, "maya", package, "authorize_work_package")["no_exception_open"]

        maya.edit(stage, forecast_end="2026-04-08")
        time = project.status(stage, "time")
        assert (float(time["deviation"]), time["used_percent"], time["light"]) == (8, "80.0", "amber")
        maya.edit(stage, forecast_end="2026-03-24")
        assert project.status(stage, "time")["light"] == "red"
        assert project.all("exception") == [exception]
        assert [each["aspect"] for each in project.fields(exception)["breaches"]] == ["cost", "time"]
        maya.edit(stage, forecast_end="2026-03-31")

        maya.move(exception, "submit_report", **REPORT)
        assert project.state(stage) == "in_exception"
        narrow = [percent("cost", 100000, 12, 10)]
        refusal = said(project, "ivy", exception, "increase_tolerance", new_tolerances=narrow)
        assert "13500" in refusal["covers"]
        assert "12000" in refusal["covers"]
        ivy.move(exception, "increase_tolerance", new_tolerances=[percent("cost", 100000, 15, 10)])
        assert (project.state(exception), project.state(stage)) == ("resolved", "active")
        assert project.status(stage, "cost")["light"] == "amber"

    def test_of_the_project_goes_to_the_business_layer(self, board: Organization) -> None:
        """The board answers for stages; what takes the whole out of tolerance is not its to decide."""
        project = Project(board)
        stage = project.delivering()
        board.maya.edit(stage, actual_cost=62000, estimate_to_complete=580000)
        levels = {project.fields(key)["level"]: key for key in project.all("exception")}
        exception = levels["project"]
        board.maya.move(exception, "submit_report", **REPORT)
        assert (set(levels), project.state(project.key)) == ({"stage", "project"}, "in_exception")

        blockers = board.ivy.refused(exception, "no_action", REASON)
        board.dora.move(exception, "no_action", REASON)

        assert set(blockers) == {"prince2.level"}
        assert project.state(project.key) == "delivering"
        board.maya.edit(stage, estimate_to_complete=581000)
        again = [key for key in project.all("exception") if project.state(key) == "raised"]
        assert sorted(project.fields(key)["level"] for key in again) == ["project", "stage"]


class TestP05Risks:
    def test_beyond_the_risk_budget_stop_the_next_stage(self, board: Organization) -> None:
        project = Project(board)
        first = project.initiated()
        second = project.stage(2, "2026-03-31", 100000)
        board.maya.create(
            "prince2.stage", "Stage 3", parent=project.key, number=3, kind="delivery", is_final=True
        )
        for percent_, cost in ((30, 50000), (10, 120000), (60, 20000)):
            self.threat(project, percent_, cost)
        project.accepted(project.reported(first))
        board.ivy.move(first, "complete_stage")
        board.ivy.move(project.key, "authorize_project")
        assert float(project.status(project.key, "risk")["forecast"]) == 39000
        assert project.all("exception") == []

        self.threat(project, 25, 8000)

        refusal = said(project, "ivy", second, "authorize_stage")
        assert list(refusal) == ["exposure_ok"]
        assert "41000 exceeds 40000" in refusal["exposure_ok"]
        [exception] = project.all("exception")
        assert project.fields(exception)["level"] == "project"

    def threat(self, project: Project, probability: int, cost: int) -> None:
        key = project.people.maya.create(
            "governance.risk", "Threat", parent=project.key, kind="threat", cause="c", event="e", effect="f"
        )
        project.people.maya.move(
            key, "assess_risk", probability_percent=probability, impact_level=1, cost_impact=cost,
            proximity="this_project",
        )  # fmt: skip


class TestP06TheChangeBudget:
    def test_above_the_limit_is_the_executives(self, running: tuple[Project, str]) -> None:
        project, stage = running
        product = project.product(stage, "Form")
        for cost, person in ((4500, "carl"), (10000, "ivy")):
            getattr(project.people, person).move(project.request(cost, product), "approve_issue")
        assert float(project.fields(project.key)["change_budget_used"]) == 14500

        key = project.request(5500, product)

        assert project.fields(key)["required_authority"] == "executive"
        assert set(said(project, "carl", key, "approve_issue")) == {"authority"}
        project.people.ivy.move(key, "approve_issue")
        assert float(project.fields(project.key)["change_budget_used"]) == 20000


class TestP08P09Decisions:
    def test_the_next_stage_waits_for_the_end_of_the_one_before(self, board: Organization) -> None:
        project = Project(board)
        second = project.delivering()
        board.clock("2026-01-06T09:00:00Z")
        project.reported(second)
        third = project.all("stage")[2]
        plan = board.maya.create(
            "prince2.management_product", "Plan of stage 3", parent=third, kind="stage_plan", content="As agreed.",
            **{name: project.fields(project.fields(second)["stage_plan"])[name] for name in (
                "planned_start", "planned_end", "budget", "tolerances", "products")},
        )  # fmt: skip
        board.maya.move(third, "submit_plan", stage_plan=plan)
        project.decided(plan, "ivy", "uma", "sam")

        refusal = said(project, "ivy", third, "authorize_stage")

        assert set(refusal) == {"previous_completed", "case_reviewed"}
        assert "At its boundary" in refusal["previous_completed"]

    def test_nobody_directs_and_manages_a_project(self, running: tuple[Project, str]) -> None:
        project, _ = running
        path = f"/items/{project.key}/roles/prince2.project_manager"

        refusal = project.people.admin.send("PUT", path, {"actors": ["ivy"]}, expect=409)

        assert [each["check"] for each in refusal["blockers"]] == ["segregation"]


class TestP10ScopeAndCarbon:
    def test_weights_and_indicators_are_measured(self, board: Organization) -> None:
        project = Project(board)
        stage = project.delivering()
        could = project.product(stage, "Statistics", moscow="could", weight=4)
        must = project.product(stage, "Form", moscow="must", weight=46)

        board.maya.edit(could, undelivered=True)
        scope = project.status(stage, "scope")
        project.forecast(stage, 12700)

        assert (float(scope["forecast"]), scope["used_percent"], scope["light"]) == (92, "80.0", "amber")
        found = project.status(stage, "sustainability")
        assert (float(found["deviation"]), found["used_percent"], found["light"]) == (700, "116.7", "red")
        [exception] = project.all("exception")
        board.maya.edit(must, undelivered=True)
        assert project.status(stage, "scope")["because"] == [must]
        assert "sustainability" in [each["aspect"] for each in project.fields(exception)["breaches"]]


class TestP12TheEnd:
    def test_reports_all_that_is_missing_at_once(self, board: Organization) -> None:
        """A lesson that nobody has looked at, and a benefit without a review, in one refusal."""
        project = Project(board)
        second = project.delivering()
        third = project.all("stage")[2]
        self.authorized(project, second, third)
        lesson = board.maya.create(
            "governance.lesson", "Ask users earlier", parent=project.key, event="e", effect="f", cause="c",
            recommendation="r", scope="organisation",
        )  # fmt: skip
        benefit = board.uma.create(
            "governance.benefit", "Fewer calls", parent=project.key, description="d", category="cost_saving"
        )
        project.accepted(project.reported(third))
        met = {**CRITERION, "accepted_by": "uma", "evidence": "test 7"}
        board.uma.move(project.key, "record_acceptance", acceptance_criteria=[met])
        board.maya.move(project.key, "prepare_closure")
        board.ivy.move(third, "complete_stage")

        refusal = said(project, "ivy", project.key, "authorize_closure")
        assert set(refusal) == {"lessons_final", "reviews_dated", "end_project_report"}

        board.mia.move(lesson, "dismiss", REASON)
        review = {"benefit": benefit, "date": "2027-06-01", "owner": "uma"}
        board.maya.edit(project.key, post_project_reviews=[review])
        lessons, end = (
            next(key for key in project.all("report") if self.is_closing(project, key, kind))
            for kind in ("lessons", "end_project")
        )
        board.maya.move(lessons, "issue_report", lessons_reviewed=1)
        board.ivy.move(lessons, "accept_report")
        board.maya.move(end, "issue_report", issues_risks_summary="None.", outlook="None.")
        project.accepted(end)
        assert board.ivy.move(project.key, "authorize_closure")["state"] == "closed"

    def authorized(self, project: Project, second: str, third: str) -> None:
        """The second stage is completed, and the third one runs."""
        project.accepted(project.reported(second))
        project.planned(third, "2026-05-31", 100000)
        [case] = [
            key for key in project.all("management_product") if project.fields(key)["kind"] == "business_case"
        ]
        project.people.ivy.move(case, "confirm")
        project.people.ivy.move(second, "complete_stage")
        project.people.ivy.move(third, "authorize_stage")

    def is_closing(self, project: Project, key: str, kind: str) -> bool:
        return project.fields(key)["kind"] == kind and project.state(key) == "due"


class TestP11Highlights:
    def test_hold_fresh_forecasts_alone_and_stay_in_step(self, board: Organization) -> None:
        """Eleven days are too old, where a week is allowed; a late report does not move the next one."""
        board.clock("2026-01-19T10:00:00Z")
        project = Project(board)
        stage = project.delivering()
        texts = {"issues_risks_summary": "None.", "outlook": "Good."}
        board.clock("2026-02-02T10:00:00Z")
        self.forecast(project, stage)
        board.maya.move(self.due(project), "issue_report", **texts)
        board.clock("2026-02-05T10:00:00Z")
        self.forecast(project, stage)
        board.clock("2026-02-16T10:00:00Z")
        report = self.due(project)

        refusal = said(project, "maya", report, "issue_report", **texts)
        self.forecast(project, stage)
        board.maya.move(report, "issue_report", **texts)

        assert "11 days ago, and was fresh until Thursday 12 February 10:00" in refusal["report_fields"]
        assert project.fields(report)["issued_at"] == project.fields(report)["due_at"]
        snapshot = {each["aspect"]: each for each in project.fields(report)["status_snapshot"]}
        assert {"time", "cost", "risk", "benefits", "sustainability"} <= set(snapshot)
        timers = board.admin.get("/timers", workspace="OPS", item=project.key, status="running")["timers"]
        [due] = [each["due_at"] for each in timers if each["timer"] == "prince2.highlight_due"]
        assert due == "2026-03-02T10:00:00Z"

    def test_are_accepted_by_those_who_read_them(self, running: tuple[Project, str]) -> None:
        """Who writes a report does not accept it for the board."""
        project, stage = running
        self.forecast(project, stage)
        report = project.people.maya.create("prince2.report", "Extra", parent=project.key, kind="highlight")
        project.people.maya.move(report, "issue_report", issues_risks_summary="None.", outlook="Good.")

        assert set(said(project, "maya", report, "accept_report")) == {"report_vote"}
        assert project.people.sam.move(report, "accept_report")["state"] == "accepted"

    def due(self, project: Project) -> str:
        """The highlight report that the timer has just made."""
        return next(
            key
            for key in reversed(project.all("report"))
            if project.state(key) == "due" and project.fields(key)["kind"] == "highlight"
        )

    def forecast(self, project: Project, stage: str) -> None:
        project.people.maya.move(
            stage, "update_forecasts", estimate_to_complete=95000, forecast_end="2026-03-31"
        )
        now = project.people.admin.get("/testing/clock")["now"]
        lines = [("sustainability", 40000, {"indicator": "carbon"}), ("benefits", 200000, {})]
        project.people.maya.move(project.key, "update_forecasts", forecasts=[
            {"aspect": aspect, "value": value, "as_of": now, **more} for aspect, value, more in lines
        ])  # fmt: skip
