"""How it is to work with it: a fortnight of a Scrum team, and the weeks of a project manager, day by day through HTTP.

The clock goes on from morning to morning, so that everything happens that becomes due on the way; each act is that of
the person who acts so in real life. On each database.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organization, Person
from .projects import BOARD, REPORT, Project, organized, percent, tolerance
from .teams import DONE, ENDED, READY, Company, opened


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    with opened(tmp_path, database_url) as company:
        yield company


@pytest.fixture
def board(database_url: str, tmp_path: Path) -> Iterator[Organization]:
    with organized(tmp_path, database_url) as board:
        yield board


def fired(person: Person, key: str, timer: str) -> list[str]:
    """The days on which a timer of an item came to a point of which somebody is notified."""
    events = person.get(f"/items/{key}/history", limit=200)["events"]
    sent = [
        each for each in events if each["kind"] == "timer" and each["timer"] == timer and "notifies" in each
    ]
    return sorted(each["at"][:10] for each in sent)


class Fortnight:
    """A Scrum team from the Monday on which it plans to the Monday on which it plans again."""

    sprint: str
    upcoming: str
    #: The stories by what they are about.
    stories: dict[str, str]

    def __init__(self, company: Company) -> None:
        self.people = company
        self.team = company.team("scrum")

    def at(self, moment: str) -> None:
        self.people.clock(f"2026-11-{moment}:00Z")

    def state(self, name: str) -> str:
        return str(self.people.item(self.stories[name])["state"])

    def held(self, kind: str, **about: Any) -> None:
        """Record an event of the sprint as held now."""
        now = self.people.admin.get("/testing/clock")["now"]
        events = self.people.item(self.sprint)["fields"]["events"]
        event = {"kind": kind, "held_at": now, "minutes": 15, **about}
        self.people.carl.edit(self.sprint, events=[*events, event])

    def refined(self, title: str, points: int) -> str:
        """A story of the product owner that the developers have looked at and estimated."""
        key = self.people.maya.create("agile.story", title, team=self.team, acceptance_criteria=[
            {"id": "works", "text": "It works for a customer"}])  # fmt: skip
        self.people.ravi.move(key, "refine")
        self.people.ravi.edit(key, points=points)
        self.people.ravi.move(key, "mark_ready", dor_checks=READY)
        return key

    def done(self, name: str, by: Person, reviewer: Person) -> None:
        """Finish a story in work: its developer hands it over, and another one looks at it."""
        key = self.stories[name]
        criteria = [{**each, "met": True} for each in self.people.item(key)["fields"]["acceptance_criteria"]]
        by.edit(key, dod_checks=DONE, acceptance_criteria=criteria)
        by.move(key, "request_review")
        reviewer.move(key, "finish")

    def chart(self) -> dict[str, Any]:
        """The chart of the sprint, in which scope and work agree at every moment."""
        found: dict[str, Any] = self.people.sam.get(f"/x/agile/sprints/{self.sprint}/chart")
        assert found["committed"] + found["added"] - found["removed"] == found["done"] + found["remaining"]
        lines = {each["id"]: [point["value"] for point in each["values"]] for each in found["series"]}
        assert [a + b for a, b in zip(lines["done"], lines["burndown"], strict=True)] == lines["scope"]
        return found

    def monday_they_plan(self) -> None:
        sizes = {"card": 5, "bill": 3, "refund": 8, "receipt": 2, "later": 5}
        self.stories = {name: self.refined(name, size) for name, size in sizes.items()}
        self.people.maya.move(self.stories["receipt"], "reorder", after=self.stories["card"])
        self.sprint = self.people.carl.create(
            "agile.sprint", "Sprint 1", team=self.team, number=1, goal="Customers pay with a card",
            planned_start="2026-11-16T09:00:00Z", planned_end="2026-11-30T09:00:00Z",
        )  # fmt: skip
        assert "agile.items_selected" in self.people.carl.refused(self.sprint, "plan")
        for name in ("card", "bill", "refund", "receipt"):
            self.people.ravi.move(self.stories[name], "select", sprint=self.sprint)
        self.held("planning", minutes=180)
        self.people.carl.move(self.sprint, "plan")
        assert list(self.people.ravi.refused(self.stories["card"], "start")) == ["agile.in_running_sprint"]
        self.people.ravi.move(self.sprint, "start_sprint")
        self.people.ravi.move(self.stories["card"], "start")

    def tuesday_they_meet(self) -> None:
        self.at("17T09:45")
        self.held("daily")
        self.people.sam.move(self.stories["bill"], "start")
        plan = self.people.ravi.create("agile.task", "Ask the bank", parent=self.stories["card"])
        assert list(self.people.ravi.refused(self.stories["card"], "request_review")) == ["agile.tasks_final"]
        self.people.ravi.move(plan, "end_task")
        self.at("17T15:00")
        assert set(self.people.rosa.refused(self.stories["card"], "finish")) == {
            "workflow.state", "agile.dod_all", "agile.acceptance_met",
        }  # fmt: skip
        self.done("card", self.people.ravi, self.people.rosa)
        assert self.chart()["done"] == 5

    def wednesday_something_is_in_the_way(self) -> None:
        """Nobody records a daily scrum, of which the scrum master hears at noon."""
        self.at("18T10:00")
        self.people.sam.edit(self.stories["bill"], blocked=True, blocked_reason="The bank does not answer")
        assert list(self.people.sam.refused(self.stories["bill"], "request_review")) == [
            "agile.block_cleared"
        ]
        self.at("18T13:00")
        assert fired(self.people.admin, self.sprint, "agile.daily_missed") == ["2026-11-16", "2026-11-18"]

    def friday_the_scrum_master_removes_it(self) -> None:
        """Blocked for two business days, it has become an impediment by itself."""
        self.at("20T10:30")
        impediment = self.people.item(self.stories["bill"])["fields"]["blocked_by"]
        self.people.carl.move(impediment, "take_impediment")
        self.people.carl.move(impediment, "resolve_impediment", "the bank has sent the certificate")
        assert self.people.item(self.stories["bill"])["fields"]["blocked"] is False
        self.done("bill", self.people.sam, self.people.ravi)
        assert fired(self.people.admin, self.stories["bill"], "agile.blocked") == ["2026-11-20"]

    def monday_the_scope_changes(self) -> None:
        """A story that comes in is agreed by product owner and developers in person; a new estimate is a change."""
        self.at("23T11:00")
        self.stories["fraud"] = urgent = self.refined("fraud", 3)
        agreed = {"scope_agreed_by": ["maya", "ravi"], "goal_endangered": False}
        self.people.ravi.edit(urgent, sprint=self.sprint, **agreed)
        assert list(self.people.ravi.refused(urgent, "select")) == ["agile.scope_change"]
        path = f"/items/{urgent}/confirmations/agile.scope_agreement"
        self.people.maya.send("PUT", path, {"decision": "confirm"})
        self.people.ravi.move(urgent, "select")
        self.people.rosa.move(self.stories["refund"], "start")
        self.people.rosa.move(self.stories["refund"], "re_estimate", estimate=13)
        found = self.chart()
        assert (found["committed"], found["added"], found["removed"]) == (18, 3 + 5, 0)

    def thursday_they_finish(self) -> None:
        self.at("26T16:00")
        self.people.ravi.move(self.stories["fraud"], "start")
        self.done("fraud", self.people.ravi, self.people.sam)
        self.people.sam.move(self.stories["receipt"], "start")
        self.upcoming = self.people.carl.create("agile.sprint", "Sprint 2", team=self.team, number=2)
        assert list(self.people.carl.refused(self.sprint, "begin_close")) == ["agile.end_reached"]

    def monday_it_ends_by_the_clock(self) -> None:
        """Its unfinished items go where the product owner says, and the next sprint begins."""
        self.at("30T09:30")
        sprint = self.people.item(self.sprint)
        assert sprint["state"] == "closing"
        assert set(self.people.carl.refused(self.sprint, "close")) == {
            "agile.review_event",
            "agile.retro_event",
        }
        for event in ENDED:
            self.held(str(event["kind"]), minutes=event["minutes"], outcome=event["outcome"])
        self.people.maya.edit(self.stories["refund"], disposition="to_next_sprint")
        closed = self.people.carl.move(self.sprint, "close", goal_met=True)["fields"]

        found = self.chart()
        assert [closed[name] for name in ("completed_points", "added_points", "removed_points")] == [
            "11",
            "8",
            "0",
        ]
        assert (found["done"], found["remaining"], found["carry_over"]) == (11, 15, 40)
        assert self.state("refund") == "selected"
        assert self.people.item(self.stories["refund"])["fields"]["sprint"] == self.upcoming
        assert (self.state("receipt"), self.state("later")) == ("ready", "ready")
        assert self.people.maya.get(f"/x/agile/teams/{self.team}/velocity")["value"] == 11


class TestAScrumTeam:
    def test_goes_through_its_fortnight(self, company: Company) -> None:
        """Planned, met, blocked, changed, reviewed and closed, with its figures; every chain of events verifies."""
        fortnight = Fortnight(company)

        fortnight.monday_they_plan()
        fortnight.tuesday_they_meet()
        fortnight.wednesday_something_is_in_the_way()
        fortnight.friday_the_scrum_master_removes_it()
        fortnight.monday_the_scope_changes()
        fortnight.thursday_they_finish()
        fortnight.monday_it_ends_by_the_clock()

        flow = company.maya.get(f"/x/agile/teams/{fortnight.team}/flow")
        assert flow["finished"] == 3
        assert flow["throughput_per_week"] == pytest.approx(7 * flow["throughput"])


class Weeks:
    """The second stage of a project, from its first work package to the authorization of the third."""

    package: str
    product: str
    exception: str

    def __init__(self, board: Organization) -> None:
        self.people = board
        self.project = Project(board)
        self.stage = self.project.delivering()

    def at(self, moment: str) -> None:
        self.people.clock(f"2026-{moment}:00Z")

    def reports(self, kind: str, state: str = "due") -> list[str]:
        found = self.project.all("report")
        return [
            key for key in found
            if self.project.fields(key)["kind"] == kind and self.project.state(key) == state
        ]  # fmt: skip

    def issued(self, person: Person, kind: str) -> str:
        """The report that is due, issued."""
        [report] = self.reports(kind)
        person.move(report, "issue_report", issues_risks_summary="As listed.", outlook="As planned.")
        return report

    def monday_work_is_agreed(self) -> None:
        """The team declines what it cannot do, and agrees to what it can."""
        maya, rosa = self.people.maya, self.people.rosa
        self.product = self.project.product(self.stage, "Form", moscow="must")
        about = {"products": [self.product], "planned_start": "2026-01-05", "planned_end": "2026-03-13"}
        self.package = maya.create("prince2.work_package", "Claims form", parent=self.stage, **about)
        assert set(maya.refused(self.package, "authorize_work_package")) == {
            "prince2.wp_complete", "prince2.wp_limits",
        }  # fmt: skip
        maya.edit(self.package, budget=40000, tolerances=[
            tolerance("time", "2026-03-13", 5, 30), percent("cost", 40000, 10, 50)])  # fmt: skip
        maya.move(self.package, "authorize_work_package")
        self.people.admin.send(
            "PUT", f"/items/{self.package}/roles/prince2.team_manager", {"actors": ["rosa"]}
        )
        rosa.move(self.package, "decline", "our tester is away until the end of March")
        maya.edit(self.package, budget=60000, tolerances=[
            tolerance("time", "2026-03-13", 5, 30), percent("cost", 60000, 10, 50)])  # fmt: skip
        for person, step in ((maya, "authorize_work_package"), (rosa, "accept"), (rosa, "start")):
            person.move(self.package, step)
        rosa.move(self.product, "develop")

    def the_next_monday_a_checkpoint_is_due(self) -> None:
        """Its silence accepts it, after five business days."""
        self.at("01-12T10:00")
        forecast = {"actual_cost": 15000, "estimate_to_complete": 45000, "forecast_end": "2026-03-13"}
        self.people.rosa.move(self.package, "update_forecasts", **forecast)
        report = self.issued(self.people.rosa, "checkpoint")
        self.at("01-19T18:00")
        assert self.project.state(report) == "accepted"

    def an_issue_is_raised(self) -> None:
        """By the team, on its own package; the project manager treats what is small without a decision."""
        key = self.people.rosa.create(
            "prince2.issue",
            "The test data come late",
            parent=self.package,
            kind="problem_concern",
            description="-",
        )
        self.people.maya.move(
            key, "handle_informally", "the supplier sends them on Friday", severity=2, priority="should"
        )
        assert self.project.state(key) == "closed"
        log = self.people.admin.get(f"/items/{self.project.key}/history", limit=200)["events"]
        assert [each["comment"] for each in log if each["kind"] == "comment"][-1].endswith(
            "sends them on Friday"
        )

    def the_board_hears_of_it(self) -> None:
        now = self.people.admin.get("/testing/clock")["now"]
        forecast = {"actual_cost": 15000, "estimate_to_complete": 85000, "forecast_end": "2026-03-31"}
        self.people.maya.move(self.stage, "update_forecasts", **forecast)
        self.people.maya.move(self.project.key, "update_forecasts", forecasts=[
            {"aspect": "sustainability", "indicator": "carbon", "value": 40000, "as_of": now},
            {"aspect": "benefits", "value": 200000, "as_of": now},
        ])  # fmt: skip
        self.project.forecast(self.stage, 12000)
        report = self.issued(self.people.maya, "highlight")
        self.people.uma.move(report, "accept_report")

    def a_forecast_leaves_its_tolerance(self) -> None:
        """The team's forecast takes the stage with it, though nobody has touched the stage."""
        self.at("01-21T10:00")
        self.people.rosa.move(self.package, "update_forecasts", actual_cost=20000, estimate_to_complete=98000)
        [self.exception] = self.project.all("exception")
        cost = self.project.status(self.stage, "cost")
        assert (float(cost["deviation"]), cost["light"]) == (18000, "red")
        raised = [key for key in self.project.all("issue") if self.project.state(key) == "captured"]
        assert [self.people.admin.get(f"/items/{key}")["created_by"] for key in raised] == ["system"]
        other = self.people.maya.create("prince2.work_package", "Help texts", parent=self.stage)
        assert "prince2.no_exception_open" in self.people.maya.refused(other, "authorize_work_package")
        self.people.maya.move(other, "cancel", "its work is part of the exception plan")

    def the_board_decides(self) -> None:
        """By an exception plan, which takes the place of the plan of the stage."""
        maya, ivy = self.people.maya, self.people.ivy
        maya.move(self.exception, "submit_report", **REPORT)
        assert self.project.state(self.stage) == "in_exception"
        ivy.move(self.exception, "request_plan")
        old = self.project.fields(self.project.fields(self.stage)["stage_plan"])
        tolerances = [each for each in old["tolerances"] if each["aspect"] != "cost"]
        plan = maya.create(
            "prince2.management_product", "Exception plan", parent=self.stage, kind="exception_plan",
            content="We pay.", planned_start=old["planned_start"], planned_end=old["planned_end"], budget=118000,
            tolerances=[*tolerances, percent("cost", 118000, 10, 10)], products=old["products"],
        )  # fmt: skip
        self.at("01-23T10:00")
        maya.move(self.exception, "submit_plan", exception_plan=plan)
        self.project.decided(plan, *BOARD)
        ivy.move(self.exception, "approve_plan")
        assert self.project.state(self.stage) == "active"
        assert Decimal(self.project.fields(self.stage)["budget"]) == 118000
        assert self.project.status(self.stage, "cost")["light"] == "green"

    def the_issue_is_decided(self) -> None:
        """The package is outside its own tolerance, which the project manager treats."""
        [issue] = [key for key in self.project.all("issue") if self.project.state(key) == "captured"]
        maya = self.people.maya
        maya.move(issue, "assess", severity=3, priority="must")
        aspects = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
        maya.move(issue, "recommend", cost_impact=0, time_impact=0, recommendation="Go on.",
                  impact=dict.fromkeys(aspects, 0))  # fmt: skip
        assert self.project.fields(issue)["required_authority"] == "project_manager"
        maya.move(issue, "approve_issue")
        maya.move(issue, "close_issue")

    def the_product_is_accepted(self) -> None:
        self.at("03-09T10:00")
        maya, rosa, cora = self.people.maya, self.people.rosa, self.people.cora
        activity = rosa.create("prince2.quality_activity", "Load test", parent=self.product, method="test",
                               planned_date="2026-03-09", reviewers=["cora"])  # fmt: skip
        rosa.move(self.product, "submit_for_review")
        assert "prince2.criteria_ok" in maya.refused(self.product, "ask_acceptance")
        found = [{"criterion_id": "errors", "measured": 3, "ok": True}]
        cora.move(activity, "record_result", result="pass", actual_date="2026-03-09", criteria_results=found)
        rosa.move(self.product, "ask_acceptance")
        assert "prince2.wp_products" in rosa.refused(self.package, "notify_completion")
        self.people.uma.vote(self.product, "prince2.product_acceptance")
        maya.move(self.product, "approve_product")
        rosa.move(self.package, "update_forecasts", actual_cost=118000, estimate_to_complete=0)
        rosa.move(self.package, "notify_completion")
        maya.move(self.package, "receive")
        assert self.reports("checkpoint") == [], "what was still due has ended with its package"

    def the_stage_ends(self) -> None:
        """Reported, accepted, and followed by the next one."""
        maya, ivy = self.people.maya, self.people.ivy
        self.at("03-30T10:00")
        forecast = {"actual_cost": 118000, "estimate_to_complete": 0, "forecast_end": "2026-03-31"}
        maya.move(self.stage, "update_forecasts", **forecast)
        self.project.forecast(self.stage, 12000)
        maya.move(self.stage, "start_boundary")
        third = self.project.all("stage")[2]
        self.project.planned(third, "2026-11-30", 100000)
        report = self.issued(maya, "end_stage")
        assert "prince2.previous_completed" in ivy.refused(third, "authorize_stage")
        self.project.accepted(report)
        [case] = [
            key for key in self.project.all("management_product")
            if self.project.fields(key)["kind"] == "business_case"
        ]  # fmt: skip
        ivy.move(case, "confirm")
        ivy.move(self.stage, "complete_stage")
        assert ivy.move(third, "authorize_stage")["state"] == "active"


class TestAProjectManager:
    def test_goes_through_a_stage(self, board: Organization) -> None:
        """Agreed, reported, out of tolerance, decided by the board, accepted, and ended."""
        weeks = Weeks(board)

        weeks.monday_work_is_agreed()
        weeks.the_next_monday_a_checkpoint_is_due()
        weeks.an_issue_is_raised()
        weeks.the_board_hears_of_it()
        weeks.a_forecast_leaves_its_tolerance()
        weeks.the_board_decides()
        weeks.the_issue_is_decided()
        weeks.the_product_is_accepted()
        weeks.the_stage_ends()

        dashboard = board.maya.get(f"/x/prince2/projects/{weeks.project.key}/dashboard")
        spent = {each["number"]: Decimal(each["forecast_cost"]) for each in dashboard["stages"]}
        assert spent[2] == 118000
        assert dashboard["exceptions"] == []
