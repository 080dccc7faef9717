"""An hour of an adversary: every way found around those who must decide in a project, through HTTP, and closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Organization, Person
from .projects import CASE, CRITERION, REASON, REPORT, START, Project, organized, percent, tolerance

TEXTS = {"issues_risks_summary": "None.", "outlook": "Good."}
CRITERIA = [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}]


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server whose workspace is under PRINCE2, and its people."""
    with organized(tmp_path_factory.mktemp("adversary")) as organization:
        yield organization


@pytest.fixture(scope="module")
def project(organization: Organization) -> Project:
    """A project whose second stage runs; what each test leaves behind does not help the next."""
    project = Project(organization)
    project.stage_key = project.delivering()
    return project


def blocked(person: Person, key: str, transition: str, comment: str = "", /, **fields: Any) -> set[str]:
    """The checks that refuse a move."""
    return {check.removeprefix("prince2.") for check in person.refused(key, transition, comment, **fields)}


def unedited(person: Person, key: str, **fields: Any) -> str:
    """An edit that is refused by the rules; its first message."""
    problem = person.send("PATCH", f"/items/{key}", {"fields": fields}, expect=409)
    assert problem["type"].endswith("/blocked"), problem
    return str(problem["blockers"][0]["message"])


def unmade(person: Person, type: str, status: int, /, *, parent: str, **fields: Any) -> Any:
    """Something that cannot be made so."""
    body = {"workspace": "OPS", "type": f"prince2.{type}", "title": "X", "parent": parent, "fields": fields}
    return person.send("POST", "/items", body, expect=status)


def unappointed(person: Person, key: str, role: str, whom: str, status: int) -> None:
    person.send("PUT", f"/items/{key}/roles/prince2.{role}", {"actors": [whom]}, expect=status)


def carbon(value: float, **more: Any) -> dict[str, Any]:
    return {"aspect": "sustainability", "indicator": "carbon", "value": value, "as_of": START, **more}


class TestAForecast:
    def test_does_not_hide_in_another_unit(self, project: Project) -> None:
        """12.7 t are 12 700 kg, and the number alone would be far inside; nor does another name or date hide it."""
        maya, stage = project.people.maya, project.stage_key
        hidden = (
            carbon(12.7, unit="tCO2e"),
            carbon(1, indicator="Carbon"),
            carbon(1, as_of="2099-01-01T00:00:00Z"),
        )

        for line in hidden:
            assert blocked(maya, stage, "update_forecasts", forecasts=[line]) == {"forecast_units"}
        assert "cannot be changed" in unedited(maya, stage, forecasts=[carbon(1)])
        assert unmade(
            maya, "stage", 422, parent=project.key, number=4, kind="delivery", forecasts=[carbon(1)]
        )

    def test_comes_with_no_move_that_does_not_ask_for_it(self, project: Project) -> None:
        """Nor do budget, tolerances and status, by any of the moves that a project manager makes."""
        maya, stage = project.people.maya, project.stage_key
        green = {**project.status(stage, "cost"), "deviation": "0"}
        for transition, fields in (
            ("update_forecasts", {"budget": 900000}),
            ("update_forecasts", {"tolerances": []}),
            ("update_forecasts", {"statuses": [green]}),
            ("start_boundary", {"forecasts": [carbon(1)]}),
        ):
            assert blocked(maya, stage, transition, **fields) == {"frozen"}

    def test_is_not_made_fresh_by_sending_an_old_one_again(self, project: Project) -> None:
        """Nor by a new one of another aspect."""
        maya, stage = project.people.maya, project.stage_key
        report = maya.create("prince2.report", "Highlights", parent=project.key, kind="highlight")
        old = carbon(12000, as_of="2025-12-01T09:00:00Z")
        forecasts = project.fields(stage).get("forecasts", [])
        maya.move(stage, "update_forecasts", forecasts=[old])
        now = [{"aspect": "benefits", "value": 200000, "as_of": START}, carbon(40000)]
        maya.move(project.key, "update_forecasts", forecasts=now)

        refusal = maya.refused(report, "issue_report", **TEXTS)

        title = maya.get(f"/items/{stage}")["title"]
        maya.move(stage, "update_forecasts", forecasts=forecasts)
        maya.move(project.key, "update_forecasts", forecasts=[])
        assert (
            f"sustainability (carbon) of '{title}' ({stage}) is from"
            in refusal["prince2.report_fields"]["message"]
        )

    def test_of_the_risks_is_not_lowered_by_a_threat_that_would_pay(self, project: Project) -> None:
        """A threat of minus a hundred thousand would make up for all the others."""
        about = {"kind": "threat", "cause": "c", "event": "e", "effect": "f", "probability_percent": 100}
        fields = {**about, "cost_impact": -100000}
        body = {
            "workspace": "OPS",
            "type": "governance.risk",
            "title": "X",
            "parent": project.key,
            "fields": fields,
        }

        problem = project.people.maya.send("POST", "/items", body, expect=422)

        assert [each["pointer"] for each in problem["errors"]] == ["/fields/cost_impact"]

    def test_is_not_left_out_of_a_report(self, project: Project) -> None:
        """A tolerance that nobody forecasts would never be exceeded: no report goes without, as often as it is due."""
        maya = project.people.maya
        report = maya.create("prince2.report", "Highlights", parent=project.key, kind="highlight")

        refusal = maya.refused(report, "issue_report", **TEXTS)

        assert "benefits and sustainability (carbon)" in refusal["prince2.report_fields"]["message"]
        assert "only the project executive" in unedited(maya, project.key, highlight_interval="P366D")


class TestTheBoard:
    def test_is_asked_again_for_another_content(self, project: Project) -> None:
        """An objection that the executive has overridden does not silence users and suppliers for ever."""
        people = project.people
        paper = people.maya.create(
            "prince2.management_product", "Brief", parent=project.key, kind="project_brief", content="One."
        )
        people.maya.move(paper, "submit")
        for person, decision in ((people.ivy, "approve"), (people.uma, "abstain"), (people.sam, "reject")):
            person.vote(paper, "prince2.board_decision", decision)
        people.ivy.move(paper, "override_objection", REASON)
        people.maya.move(paper, "return_document", REASON)
        people.maya.edit(paper, content="Another.")
        people.maya.move(paper, "submit")
        people.ivy.vote(paper, "prince2.board_decision")

        assert blocked(people.ivy, paper, "approve") == {"doc_vote"}

    def test_has_three_interests_and_no_manager(self, project: Project) -> None:
        """No vacancy, double seat, friend or delegate stands for an interest that was not asked."""
        people = project.people
        for role, person, by, status in (
            ("senior_supplier", "maya", people.ivy, 409),
            ("senior_supplier", "uma", people.ivy, 409),
            ("senior_user", "ivy", people.ivy, 403),
            ("executive", "carl", people.ivy, 403),
            ("senior_user", "carl", people.maya, 403),
            ("project_assurance", "maya", people.ivy, 409),
        ):
            unappointed(by, project.key, role, person, status)
        paper = people.maya.create(
            "prince2.management_product", "PID", parent=project.key, kind="pid", content="One."
        )
        people.maya.move(paper, "submit")
        path = f"/items/{project.key}/roles/prince2.senior_supplier"
        people.ivy.send("PUT", path, {"actors": []})
        for voter in (people.ivy, people.uma):
            voter.vote(paper, "prince2.board_decision")
        vacant = blocked(people.ivy, paper, "approve")
        people.dora.send("PUT", path, {"actors": ["sam"]})
        people.sam.send(
            "POST", "/delegations",
            {"from_actor": "sam", "to_actor": "maya", "starts_at": START, "ends_at": "2026-01-06T00:00:00Z"},
            expect=201,
        )  # fmt: skip
        body = {"decision": "approve", "on_behalf_of": "sam"}
        people.maya.send("POST", f"/items/{paper}/approvals/prince2.board_decision", body, expect=409)

        assert vacant == blocked(people.ivy, paper, "approve") == {"doc_vote"}

    def test_keeps_the_criteria_of_acceptance(self, project: Project) -> None:
        """Not even the executive drops or softens one to be done; and a user confirms it, not a word in a field."""
        ivy = project.people.ivy
        softer = {**CRITERION, "moscow": "could"}
        for criteria in ([], [softer], [{**CRITERION, "text": "A claim takes a day"}]):
            assert blocked(ivy, project.key, "record_acceptance", acceptance_criteria=criteria) == {
                "criteria_kept"
            }
        named = {**CRITERION, "accepted_by": "uma", "evidence": "seen"}
        ivy.move(project.key, "record_acceptance", acceptance_criteria=[named])

        assert "criteria_met" in blocked(ivy, project.key, "authorize_closure")

    def test_accepts_a_low_value_once(self, project: Project) -> None:
        """A business case that comes later is one to be looked at again."""
        project.people.dora.move(project.key, "accept_value", REASON)
        project.document("business_case", **{**CASE, "benefits": [{"period": 1, "amount": 1}]})

        assert "value_override" not in project.fields(project.key)


class TestAProduct:
    def made(self, project: Project, value: int, result: str) -> str:
        """A product that was measured once."""
        key = project.product(project.stage_key, "Form", quality_criteria=CRITERIA)
        project.people.maya.move(key, "develop")
        activity = self.activity(project, key)
        project.people.maya.move(key, "submit_for_review")
        self.measured(project, activity, value, result)
        return key

    def activity(self, project: Project, product: str) -> str:
        return project.people.maya.create(
            "prince2.quality_activity", "Test", parent=product, method="test", planned_date="2026-01-07",
            reviewers=["cora"],
        )  # fmt: skip

    def measured(self, project: Project, activity: str, value: int, result: str) -> None:
        found = [{"criterion_id": "errors", "measured": value, "ok": result == "pass"}]
        project.people.cora.move(
            activity, "record_result", result=result, actual_date="2026-01-05", criteria_results=found
        )

    def test_is_approved_by_nobody_who_manages_it(self, project: Project) -> None:
        """The project manager would write the criteria, agree them, and accept the product."""
        product = project.people.maya.create(
            "prince2.product", "Form", parent=project.stage_key, kind="specialist", purpose="p", composition="c",
            producer="ravi", approver="maya", reviewers=["cora"], moscow="must", quality_criteria=CRITERIA,
        )  # fmt: skip

        assert blocked(project.people.maya, product, "baseline_description") == {"pd_fields"}
        assert "concessions" in str(
            unmade(project.people.maya, "product", 422, parent=project.stage_key, kind="specialist", concessions=[
                {"criterion": "errors", "issue": project.key, "granted_by": "ivy", "at": START}
            ])
        )  # fmt: skip

    def test_that_became_worse_has_neither_concession_nor_handover(self, project: Project) -> None:
        """Seven errors were conceded and accepted; seventy were not."""
        people = project.people
        product = self.made(project, 7, "fail")
        [issue] = [key for key in project.all("issue") if project.fields(key)["kind"] == "off_specification"]
        people.maya.move(issue, "assess", severity=3, priority="should")
        aspects = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
        people.maya.move(
            issue, "recommend", cost_impact=0, time_impact=0, recommendation="Concede.",
            impact=dict.fromkeys(aspects, 0), options=[{"text": "Concede"}, {"text": "Rework"}],
        )  # fmt: skip
        assert blocked(people.carl, issue, "approve_issue", cost_impact=9999) >= {"frozen"}
        people.carl.move(issue, "grant_concession")
        people.maya.move(product, "ask_acceptance")
        people.uma.vote(product, "prince2.product_acceptance")
        people.maya.move(product, "approve_product")
        self.measured(project, self.activity(project, product), 70, "fail")
        people.maya.attach(product, "acceptance")

        refusal = blocked(people.maya, product, "hand_over", handover_to="Claims")

        assert refusal == {"criteria_ok"}
        for exception in project.all("exception"):
            people.maya.send("GET", f"/items/{exception}")
            assert project.fields(exception)["level"] == "project"


class TestDescoping:
    def test_is_what_the_issue_decided_and_nothing_else(self, project: Project) -> None:
        """Any approved issue on the product would do, and so would the draft that a change makes of it."""
        people = project.people
        product = project.product(project.stage_key, "Archive")
        other = project.request(0, product)
        people.carl.move(other, "approve_issue")

        assert blocked(people.maya, product, "descope") == {"descoping_decided"}
        unedited(people.maya, other, descopes=[product])
        people.maya.move(product, "change_description")
        assert blocked(people.maya, product, "descope") == {"descoping_decided"}

        people.carl.move(project.request(0, product, descopes=[product]), "approve_issue")
        assert people.maya.move(product, "descope")["state"] == "descoped"


class TestTheChangeBudget:
    def test_is_not_the_project_managers(self, project: Project) -> None:
        """An issue that changes no baseline but costs something is paid by the holder of the budget."""
        people = project.people
        key = people.maya.create(
            "prince2.issue", "Overtime", parent=project.key, kind="problem_concern", description="d"
        )
        people.maya.move(key, "assess", severity=3, priority="should")
        aspects = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
        people.maya.move(
            key,
            "recommend",
            cost_impact=300,
            time_impact=0,
            recommendation="Pay.",
            impact=dict.fromkeys(aspects, 0),
        )

        assert blocked(people.maya, key, "approve_issue") == {"authority"}
        assert blocked(people.carl, key, "grant_concession") == {"concession_offspec"}
        unedited(people.maya, key, cost_impact=0)

    def test_ends_however_small_the_parts_are(self, project: Project) -> None:
        """Each part is inside the limit; together they never pass the budget without the executive."""
        people = project.people
        product = project.product(project.stage_key, "Statistics")
        for _ in range(4):
            people.carl.move(project.request(5000, product), "approve_issue")

        last = project.request(1, product)

        assert blocked(people.carl, last, "approve_issue") == {"authority", "budget_left"}
        assert float(project.fields(project.key)["change_budget_used"]) == 20000
        unedited(people.maya, project.key, change_budget=90000)
        unedited(people.ivy, project.key, ca_limit=90000)


class TestAPlan:
    def test_that_grows_after_its_submission_has_to_fit_again(self, project: Project) -> None:
        """The figures that the stage would take are those that are compared with the project."""
        people, stage = project.people, project.all("stage")[2]
        project.planned(stage, "2026-05-31", 100000)
        plan = project.fields(stage)["stage_plan"]
        assert blocked(people.maya, plan, "revise") == {"rfc_linked"}
        people.ivy.move(project.request(0, plan), "approve_issue")
        people.maya.move(plan, "revise")
        wider = [
            each for each in project.fields(plan)["tolerances"] if each["aspect"] not in ("cost", "risk")
        ]
        wider += [percent("cost", 700000, 10, 10), tolerance("risk", 0, 40, unit="kEUR")]
        people.maya.edit(plan, budget=700000, tolerances=wider)
        people.maya.move(plan, "submit")
        project.decided(plan, "ivy", "uma", "sam")

        refusal = people.ivy.refused(stage, "authorize_stage")

        message = refusal["prince2.stage_tolerance_fit"]["message"]
        assert {"previous_completed", "stage_tolerance_fit"} <= {check[8:] for check in refusal}
        assert "770000" in message or "kEUR" in message

    def test_is_authorized_by_nobody_who_submitted_it(self, project: Project) -> None:
        """Not even after they have become the executive."""
        people, stage = project.people, project.all("stage")[2]
        with promoted(project):
            assert "sod_stage" in blocked(people.maya, stage, "authorize_stage")


class promoted:  # noqa: N801  # reads as a statement: with promoted(project)
    """The project manager becomes the executive of the same project, for a while."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def _appoint(self, role: str, *whom: str) -> None:
        path = f"/items/{self._project.key}/roles/prince2.{role}"
        self._project.people.admin.send("PUT", path, {"actors": list(whom)})

    def __enter__(self) -> None:
        self._appoint("project_manager", "ravi")
        self._appoint("executive", "maya")

    def __exit__(self, *_: object) -> None:
        self._appoint("executive", "ivy")
        self._appoint("project_manager", "maya")


class TestAnException:
    """The last of its kind here: it is answered by the end of the project."""

    def test_is_one_and_answered_from_above_alone(self, project: Project) -> None:
        """No second one, no other hand, no plan beyond the project, and no end that leaves the rest open."""
        people, stage = project.people, project.stage_key
        unmade(people.maya, "exception", 409, parent=project.all("stage")[2])
        people.maya.edit(stage, actual_cost=62000, estimate_to_complete=51500)
        unmade(people.maya, "exception", 409, parent=stage)
        [exception] = [key for key in project.all("exception") if project.fields(key)["level"] == "stage"]
        assert blocked(people.maya, exception, "withdraw", REASON) == {"inside_again"}
        people.maya.move(exception, "submit_report", **REPORT)
        assert blocked(people.maya, exception, "no_action", REASON) >= {"role"}
        assert blocked(people.maya, stage, "resume") >= {"role", "resolved"}
        with promoted(project):
            assert blocked(people.maya, exception, "no_action", REASON) == {"sod_exception"}
        other = [percent("cost", 113500, 10, 10)]
        cents = [percent("cost", 100000, 15, 10, unit="cent")]
        for given in (other, cents):
            assert blocked(people.ivy, exception, "increase_tolerance", new_tolerances=given) == {"covers"}
        people.ivy.move(exception, "request_plan")
        old = project.fields(project.fields(stage)["stage_plan"])
        wide = [each for each in old["tolerances"] if each["aspect"] != "cost"] + [
            percent("cost", 700000, 10, 90)
        ]
        plan = people.maya.create(
            "prince2.management_product", "Exception plan", parent=stage, kind="exception_plan", content="More.",
            planned_start=old["planned_start"], planned_end=old["planned_end"], budget=700000, tolerances=wide,
            products=old["products"],
        )  # fmt: skip
        assert blocked(people.maya, exception, "submit_plan", exception_plan=plan) == {"ep_numbers"}
        assert blocked(people.maya, exception, "submit_plan", exception_plan=plan, breaches=[]) >= {"frozen"}

    def test_ends_with_its_stage_and_the_project_with_nothing_open(self, project: Project) -> None:
        """A risk that stays inside the project is not handed on; an open exception lapses with its stage."""
        people = project.people
        first, second = (
            people.maya.create(
                "governance.risk",
                "Threat",
                parent=project.key,
                kind="threat",
                cause="c",
                event="e",
                effect="f",
            )
            for _ in range(2)
        )
        people.assign("governance.risk_owner", "otto")
        people.otto.link(first, "governance.follow_on", second)
        people.ivy.move(
            project.key, "prepare_premature_closure", closure_reason="Nobody needs it any more at all."
        )

        refusal = people.ivy.refused(project.key, "authorize_premature_closure")

        assert {project.state(key) for key in project.all("exception")} <= {"withdrawn", "resolved"}
        assert "2 risks still open" in refusal["prince2.issues_risks_final"]["message"]
        for key in (each for each in project.all("report") if project.state(each) == "due"):
            if project.fields(key)["kind"] == "lessons":
                people.maya.move(key, "issue_report", lessons_reviewed=1)
                assert blocked(people.maya, key, "accept_report") == {"report_vote"}


class TestAnAuthorization:
    def test_is_of_the_figures_that_the_board_has_approved(self, organization: Organization) -> None:
        """The project manager types other figures into the project, and leaves out by what it is accepted."""
        project = Project(organization)
        project.initiated()
        organization.maya.edit(project.key, budget=900000, acceptance_criteria=[])

        refusal = organization.ivy.refused(project.key, "authorize_project")

        assert "budget" in refusal["prince2.plan_agrees"]["message"].lower()
        assert "prince2.criteria_given" in refusal
        assert blocked(organization.maya, project.key, "set_tolerances", tolerances=[]) >= {"role"}
        assert blocked(organization.maya, project.key, "authorize_project") >= {"role"}
        assert "only the business layer" in unedited(organization.maya, project.key, mandate="As we like.")


class TestOneItemTwice:
    def test_in_one_request_is_decided_once(self, organization: Organization) -> None:
        """The change budget pays once for an issue, however often one request names it."""
        project = Project(organization)
        stage = project.delivering()
        issue = project.request(200, project.product(stage, "Index"))
        wish = {"key": issue, "transition": "approve_issue"}

        for atomic in (True, False):
            project.people.carl._http.post("/transitions", json={"requests": [wish, wish], "atomic": atomic})

        assert float(project.fields(project.key)["change_budget_used"]) == 200


class TestAReportThatIsLate:
    def test_stays_what_it_is_until_it_is_issued(self, organization: Organization) -> None:
        """Nobody drops it, dates it anew, makes another kind of it, or one that was due on another day."""
        project = Project(organization)
        project.delivering()
        organization.clock("2026-02-20T09:00:00Z")
        maya = project.people.maya
        [due] = [key for key in project.all("report") if project.fields(key)["kind"] == "highlight"]

        assert project.fields(due)["intervals"] == 3
        assert blocked(maya, due, "drop_report", REASON) == {"due_report_kept"}
        for change in ({"due_at": "2026-03-01T09:00:00Z"}, {"intervals": 1}, {"period_end": "2026-03-01"}):
            assert "cannot be changed" in unedited(maya, due, **change)
        assert unedited(maya, due, kind="lessons") == "it is the highlight report, and stays that"
        assert unmade(
            maya, "report", 422, parent=project.key, kind="highlight", due_at="2026-02-20T09:00:00Z"
        )
