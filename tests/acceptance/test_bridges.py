"""The acceptance scenarios of what joins the methods, through HTTP, with their figures.

X06 is in `test_integration.py`; X09, X11 and X12 are of governance alone, in `test_governance.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from processes import mother

from .conftest import Organization, Person
from .projects import Project, organized
from .teams import DOD
from .test_itil_change import LOW_RISK, PLANS, emergency, item, normal, to_authorize

METHODS = ["agile", "cobit", "governance", "integration", "itil", "prince2"]
#: The people of a team.
ROLES = {"product_owner": ["pia"], "scrum_master": ["finn"], "developer": ["ravi", "rosa"]}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server whose workspace is under all methods and what joins them."""
    mother().compose(*METHODS)
    with organized(tmp_path_factory.mktemp("joined")) as found:
        found.admin.send("PATCH", "/workspaces/OPS", {"methods": METHODS})
        found.assign("agile.coach", "ivy")
        found.assign("governance.project_manager", "maya")
        found.assign("governance.process_owner", "pia")
        found.assign("governance.communication_owner", "otto")
        yield found


@pytest.fixture(scope="module")
def project(company: Organization) -> Project:
    """A project in its second stage, which ends on 31 March with a tolerance of ten days."""
    found = Project(company)
    found.stage_key = found.delivering()
    return found


@pytest.fixture(scope="module")
def team(company: Organization) -> str:
    key = company.ivy.create("agile.team", "Payments", mode="scrum", members=[], dod=DOD)
    for role, people in ROLES.items():
        company.ivy.send("PUT", f"/items/{key}/roles/agile.{role}", {"actors": people})
    return key


def settings(company: Organization, **values: Any) -> None:
    company.admin.send("PATCH", "/workspaces/OPS", {"settings": values})


def modes(company: Organization, **gates: str) -> None:
    """How some gates apply, by their ids with `__` for the dot; all others are enforced."""
    named = {gate.replace("__", "."): mode for gate, mode in gates.items()}
    company.admin.send("PATCH", "/workspaces/OPS", {"gate_modes": named})


def blockers(person: Person, key: str, transition: str) -> dict[str, str]:
    """The messages that stand against a transition, by check."""
    offered = person.get(f"/items/{key}/transitions")["transitions"]
    (found,) = [each for each in offered if each["name"] == transition]
    return {each["check"]: each["message"] for each in found["blockers"]}


def package(project: Project, products: list[str], team: str) -> str:
    """A work package of the stage, which a Scrum team works on."""
    tolerances = [
        {"aspect": "time", "target": "2026-03-20", "unit": "days", "upper": 0, "lower": 5},
        {"aspect": "cost", "target": 1000, "unit": "EUR", "upper": 0, "lower": 500},
        {"aspect": "scope", "target": 100, "unit": "percentage points", "upper": 0, "lower": 20},
    ]
    people = project.people
    agile = {"delivery_method": "scrum", "team": team} if team else {}
    key = people.maya.create(
        "prince2.work_package", "Portal", parent=project.stage_key, products=products, planned_start="2026-01-05",
        planned_end="2026-03-20", budget=1000, tolerances=tolerances, **agile,
    )  # fmt: skip
    people.maya.send("PUT", f"/items/{key}/roles/prince2.team_manager", {"actors": ["rosa"]})
    people.maya.move(key, "authorize_work_package")
    people.rosa.move(key, "accept")
    people.rosa.move(key, "start")
    return key


class TestX01Intake:
    def test_three_of_six_questions_make_a_project_and_two_a_change(self, company: Organization) -> None:
        """Not in the catalog, 2 units, 45 days, 60 person-days, 18 000, risk 6; then 30 person-days."""
        key = company.pia.create(
            "governance.improvement_initiative", "A portal", in_catalogue=False, units_changing=2, duration_days=45,
            effort_days=60, cost_estimate=18000, inherent_risk=6,
        )  # fmt: skip
        first = company.admin.get(f"/items/{key}")["fields"]["work_class"]
        company.pia.edit(key, effort_days=30)

        assert first == "project"
        assert company.admin.get(f"/items/{key}")["fields"]["work_class"] == "operational_change"


class TestX02Alignment:
    def test_of_30_is_below_40(self, company: Organization) -> None:
        """An objective of priority 2 and one of priority 1, each served with contribution 1: 100 * 3 / 10."""
        settings(company, governance={"eg_importance": {"EG01": 2, "EG02": 1}})
        project = Project(company)
        project.initiating()
        other = company.pia.create(
            "governance.objective", "Cheaper claims", level="enterprise", statement="Cheaper", measure="cost",
            unit="EUR", baseline=10, target=5, target_date="2027-12-31", enterprise_goals=["EG02"],
            alignment_goals=["AG01"],
        )  # fmt: skip
        company.otto.move(other, "activate_objective")
        company.maya.link(project.key, "governance.serves", other)

        blocker = company.ivy.refused(project.key, "authorize_project")["integration.alignment_min"]
        settings(company, governance={})

        assert project.fields(project.key)["alignment_score"] == 30.0
        assert blocker["gate"] == "integration.alignment"
        assert blocker["message"] == "its alignment with the objectives is 30.0 of 100, and 40 is required"


class TestX03TheTimebox:
    def test_lies_inside_the_stage_and_its_tolerance(
        self, company: Organization, project: Project, team: str
    ) -> None:
        """The stage ends on 31 March, with its tolerance on 10 April; a sprint until the 17th is outside."""
        package(project, [project.product(project.stage_key, "Table")], team)
        found: dict[str, set[str]] = {}
        for number, end in ((1, "2026-04-17"), (2, "2026-04-10")):
            sprint = company.finn.create(
                "agile.sprint", f"Sprint {number}", team=team, number=number, goal="Pay with a card",
                planned_start="2026-03-30T08:00:00Z", planned_end=f"{end}T15:00:00Z",
            )  # fmt: skip
            company.finn.link(sprint, "integration.timebox_of", project.stage_key)
            modes(company, agile__backlog_selected="observe", agile__planning_held="observe")
            company.finn.move(sprint, "plan")
            found[end] = set(blockers(company.finn, sprint, "start_sprint"))
            company.finn.move(sprint, "discard", "it was planned at another time in the end")

        assert "integration.stage_active" in found["2026-04-17"]
        assert "integration.stage_active" not in found["2026-04-10"]


class TestX04AStageInException:
    def test_releases_no_change_of_its_packages(self, company: Organization, team: str) -> None:
        project = Project(company)
        project.stage_key = project.delivering()
        key = package(project, [project.product(project.stage_key, "Form")], team)
        modes(company, prince2__wp_products_approved="observe")
        company.rosa.move(key, "notify_completion")
        modes(company)
        change = normal(company, item(company, "portal"), "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z")
        company.maya.link(change, "itil.implements", key)
        to_authorize(company, change)
        company.lea.vote(change, "itil.change_approval")
        company.maya.edit(project.stage_key, actual_cost=90000, estimate_to_complete=60000)
        exception = project.all("exception")[0]
        company.maya.move(
            exception, "submit_report", cause="Prices", consequence="It costs more", recommendation="Pay.",
            options=[{"text": "Pay"}, {"text": "Stop"}],
        )  # fmt: skip

        blocker = company.carl.refused(change, "authorize_change")["integration.wp_delivered"]

        assert project.state(project.stage_key) == "in_exception"
        assert blocker["message"] == f"'Stage 2' ({project.stage_key}) is in 'In exception'"


@pytest.fixture(scope="module")
def solo(company: Organization) -> Iterator[Person]:
    """The change manager of the services, who sees nothing of the project."""
    company.admin.send("POST", "/actors", {"id": "solo", "name": "Solo"}, expect=201)
    token = company.admin.send("POST", "/actors/solo/tokens", {"name": "test"}, expect=201)["token"]
    with closing(Person(company.base, token)) as person:
        yield person


@pytest.fixture(scope="module")
def change(company: Organization, project: Project, solo: Person) -> str:
    """A change of a service workspace, with its change authority, that implements a product of the project."""
    company.admin.send(
        "POST", "/workspaces",
        {"key": "SVC", "name": "Services", "methods": ["itil", "integration"],
         "settings": {"integration": {"linked_methods": ["prince2"]}}},
        expect=201,
    )  # fmt: skip
    holders = {
        "change_initiator": "maya", "change_implementer": "ravi", "configuration_manager": "cora",
        "change_manager": "solo", "delegated_change_authority": "lea",
    }  # fmt: skip
    for role, person in holders.items():
        company.admin.send("PUT", f"/workspaces/SVC/roles/itil.{role}", {"actors": [person]})
    ci = {"kind": "service", "criticality": 2, "data_class": "public", "owner": "cora"}
    ci_key = made(company.cora, "itil.configuration_item", "portal", ci)
    times = {"planned_start": "2026-03-02T10:00:00Z", "planned_end": "2026-03-02T12:00:00Z"}
    said = {
        "type": "normal",
        "reason": "release",
        "cis": [ci_key],
        "implementer": "ravi",
        **PLANS,
        **LOW_RISK,
    }
    key = made(company.maya, "itil.change", "Release the portal", said | times)
    product = project.product(project.stage_key, "Secret plan")
    package(project, [product], "")
    company.maya.link(key, "itil.implements", product)
    company.maya.move(key, "submit")
    company.ravi.attach(key, "test_result")
    solo.move(key, "request_authorization")
    company.lea.vote(key, "itil.change_approval")
    return key


def made(person: Person, type: str, title: str, fields: dict[str, Any]) -> str:
    body = {"workspace": "SVC", "type": type, "title": title, "fields": fields}
    return str(person.send("POST", "/items", body, expect=201)["key"])


class TestX07TwoWorkspaces:
    def test_name_what_stands_in_the_way_by_its_key_alone(
        self, project: Project, solo: Person, change: str
    ) -> None:
        """Neither title nor state of the project's package; and a new reference to it is to nothing known."""
        package = project.all("work_package")[-1]

        refusal = solo.refused(change, "authorize_change")["integration.wp_delivered"]
        shown = solo.get(f"/items/{change}")["links"]["itil.implements"]

        assert refusal["message"] == (
            f"{package} of another workspace has to be delivered, in a stage without an exception"
        )
        assert refusal["params"] == {"keys": [package], "open": 1}
        assert shown == project.all("product")[-1:]
        solo.send("PUT", f"/items/{change}/links/itil.implements/{package}", expect=404)

    def test_raise_an_issue_in_the_project_for_an_incident_of_the_services(
        self, company: Organization, project: Project, solo: Person, change: str
    ) -> None:
        """Once both have agreed to it; the project reads the incident's key, and nothing of what it says."""
        company.admin.send("PUT", "/workspaces/SVC/roles/itil.service_desk_analyst", {"actors": ["sam"]})
        before = project.all("issue")

        refused = self.incident(company, change)
        left_out = company.sam.get(f"/items/{refused}/history", limit=100)["events"][-1]
        alone = project.all("issue")
        for one, other in (("OPS", "SVC"), ("SVC", "OPS")):
            company.admin.send("PATCH", f"/workspaces/{one}", {"effects_with": [other]})
        caused = self.incident(company, change)

        new = [key for key in project.all("issue") if key not in before]
        issue = company.maya.get(f"/items/{new[0]}")
        created = company.maya.get(f"/items/{new[0]}/history", limit=100)["events"][0]
        assert (alone, len(new), left_out["left_out"]) == (before, 1, [project.key])
        assert (issue["parent"], issue["fields"]["kind"], issue["fields"]["severity"]) == (
            project.key, "off_specification", 4,
        )  # fmt: skip
        assert issue["title"] == f"Incident {caused}: caused by change {change}"
        assert issue["links"]["integration.raised_from"] == [caused]
        assert issue["fields"]["baselines_affected"] == project.all("product")[-1:]
        assert "Nobody can pay" not in str(issue)
        assert (created["actor"], created["caused_by"]) == ("system", "itil.caused_by_change")
        solo.send("GET", f"/items/{new[0]}", expect=404)

    def incident(self, company: Organization, change: str) -> str:
        """An urgent incident of the services that the change has caused."""
        said = {
            "summary": "No page",
            "symptoms": "Nobody can pay",
            "channel": "phone",
            "impact": 1,
            "urgency": 1,
        }
        key = made(company.sam, "itil.incident", "Nobody can pay", said)
        company.sam.link(key, "itil.caused_by_change", change)
        return key


class TestX08AnOverdueFinding:
    def test_stops_the_stages_of_projects_until_its_risk_is_accepted(self, company: Organization) -> None:
        """Severe, on a control of managed projects, overdue by three days."""
        for role, person in (
            ("control_owner", "cora"),
            ("internal_auditor", "ed"),
            ("finding_owner", "carl"),
        ):
            company.assign(f"cobit.{role}", person)
        control = company.cora.create("cobit.control", "Plans", practice_id="BAI11.09", key_control=True)
        finding = company.ed.create(
            "cobit.finding", "No plan is checked", parent=control, condition="Nobody checks.",
            criteria="Somebody does.",
            effect="Plans are wrong.", source="ineffective", owner="carl", cause="Nobody was named.",
            due_date="2026-01-02",
        )  # fmt: skip
        project = Project(company)
        company.dora.move(project.key, "start_up")
        project.document("project_brief")
        stage = project.stage(1, "2026-01-30", 20000)

        before = blockers(company.ivy, stage, "authorize_stage")
        company.carl.move(finding, "agree_finding")
        gates = ("complete", "limits", "approved", "authority")
        modes(company, **{f"cobit__acceptance_{gate}": "observe" for gate in gates})
        acceptance = company.carl.create("cobit.risk_acceptance", "Until March", parent=finding)
        company.carl.move(acceptance, "request_acceptance", valid_from="2026-01-05", valid_until="2026-03-01")
        company.pia.move(acceptance, "approve_acceptance")
        modes(company)
        after = blockers(company.ivy, stage, "authorize_stage")

        assert company.admin.get(f"/items/{finding}")["fields"]["severity"] == "high"
        assert before["integration.no_overdue_finding"] == (
            f"'No plan is checked' ({finding}) has been overdue since Friday 2 January"
        )
        assert "integration.no_overdue_finding" not in after


class TestX10ABackout:
    def test_sends_the_product_back_with_a_bug_and_no_issue(
        self, company: Organization, project: Project, team: str
    ) -> None:
        product = project.product(project.stage_key, "Portal")
        package(project, [product], team)
        gates = ("quality_planned", "quality_passed", "product_approval")
        modes(company, **{f"prince2__{gate}": "observe" for gate in gates})
        for transition, by in (
            ("develop", "maya"),
            ("submit_for_review", "maya"),
            ("approve_product", "uma"),
        ):
            getattr(company, by).move(product, transition)
        modes(company)
        story = company.pia.create("agile.story", "The form", team=team)
        company.pia.link(story, "integration.delivers", product)
        change = emergency(company, item(company, "portal-2"))
        company.maya.link(change, "itil.implements", product)
        company.ravi.move(change, "implement_on_verbal")
        company.ravi.move(change, "start_backout")
        issues = project.all("issue")

        company.ravi.move(
            change, "finish_backout", verification_note="The old version works again, probes are green."
        )

        bugs = company.admin.get("/items", type="agile.bug", **{"field.team": team})["items"]
        assert project.state(product) == "in_development"
        assert [each["title"] for each in bugs] == [f"Change {change} failed: Portal"]
        assert project.all("issue") == issues


class TestX05ItilSwitchedOff:
    def test_leaves_the_handover_to_the_project_and_loses_nothing(
        self, company: Organization, project: Project
    ) -> None:
        """The fields of the bridge are kept, shown as former, and there again when both are on."""
        product = project.product(project.stage_key, "Guide")
        company.maya.edit(product, support_group="desk")
        checks = {}
        for name, methods in (("off", [each for each in METHODS if each != "itil"]), ("on", METHODS)):
            company.admin.send("PATCH", "/workspaces/OPS", {"methods": methods, "force": True})
            document = company.admin.get("/workspaces/OPS/workflows/prince2.product")
            (hand_over,) = [t for t in document["transitions"] if t["name"] == "hand_over"]
            checks[name] = {
                gate["id"] for gate in hand_over["gates"] if gate["id"].startswith("integration.")
            }

        assert checks == {
            "off": set(), "on": {"integration.handover_needs_change", "integration.operations_ready"},
        }  # fmt: skip
        assert project.fields(product)["support_group"] == "desk"
