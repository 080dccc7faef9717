"""A project under PRINCE2, through HTTP: its people and the steps that lead to its second stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from processes import mother

from .conftest import Organization, placet, serving

#: A Monday morning.
START = "2026-01-05T09:00:00Z"
#: People of the organization outside projects.
HOLDERS = {
    "business_layer": ["dora"], "objective_owner": ["pia"], "governance_board": ["otto"], "lessons_owner": ["mia"],
    "benefit_owner": ["uma"],
}  # fmt: skip
REASON = "as was agreed in the meeting of the board"
BOARD = ("ivy", "uma", "sam")
TEAM = {
    "executive": "ivy", "senior_user": "uma", "senior_supplier": "sam", "project_manager": "maya",
    "project_assurance": "cora", "change_authority": "carl",
}  # fmt: skip
APPROACHES = (
    "benefits", "sustainability", "change", "communication", "commercial", "digital_data", "issue", "quality", "risk",
)  # fmt: skip
#: P02: 400 000 now, 200 000 in each of three years, at 8 %.
CASE: dict[str, Any] = {
    "costs": [{"period": 0, "amount": 400000}],
    "benefits": [{"period": year, "amount": 200000} for year in (1, 2, 3)],
    "discount_rate": 8,
    "desirable": True,
    "viable": True,
    "achievable": True,
}
REPORT: dict[str, Any] = {
    "cause": "The supplier has raised its prices.",
    "consequence": "The stage costs more than its tolerance.",
    "options": [{"text": "Pay"}, {"text": "Do nothing"}],
    "recommendation": "Pay.",
}


def tolerance(aspect: str, target: Any, upper: Any, lower: Any = 0, **more: Any) -> dict[str, Any]:
    """One tolerance, in the usual unit of its aspect."""
    units = {"time": "days", "scope": "percentage points", "quality": "products", "sustainability": "kgCO2e"}
    unit = units.get(aspect, "EUR")
    return {"aspect": aspect, "target": target, "unit": unit, "upper": upper, "lower": lower, **more}


def percent(aspect: str, target: Any, upper: Any, lower: Any, **more: Any) -> dict[str, Any]:
    """One tolerance as a share of its target."""
    return tolerance(aspect, target, upper, lower, basis="percent_of_target", **more)


#: Users accept the result by it.
CRITERION = {"id": "fast", "text": "A claim takes a minute", "moscow": "must"}
PROJECT_TOLERANCES = [
    tolerance("time", "2026-12-31", 60, 365),
    percent("cost", 500000, 20, 90),
    tolerance("scope", 100, 0, 10),
    tolerance("quality", 0, 0),
    tolerance("risk", 0, 40000),
    percent("benefits", 200000, 100, 10),
    percent("sustainability", 40000, 5, 100, indicator="carbon"),
]


@contextmanager
def organized(folder: Path, database: str | None = None) -> Iterator[Organization]:
    """A server whose workspace is under PRINCE2, and its people; over the database of its folder, or this one."""
    env = {} if database is None else {"PLACET_DATABASE_URL": database}
    methods = ["itil", "governance", "prince2"]
    mother().compose(*methods)
    with serving(folder, START, env) as base:
        placet("actor", "add", "root", "--admin", folder=folder, env=env)
        token = placet("token", "create", "root", folder=folder, env=env)
        with closing(Organization(base, token)) as organization:
            organization.open()
            organization.admin.send("PATCH", "/workspaces/OPS", {"methods": methods})
            for role, people in HOLDERS.items():
                organization.assign(f"governance.{role}", *people)
            yield organization


class Project:
    """One project of the organization; each step is taken by the one who takes it in real life."""

    #: Its running stage, where a fixture has brought it there.
    stage_key: str

    def __init__(self, organization: Organization) -> None:
        self.people = organization
        self.key = organization.dora.create(
            "prince2.project", "Online claims", mandate="The board wants claims to be filed online."
        )
        for role, person in TEAM.items():
            organization.admin.send("PUT", f"/items/{self.key}/roles/prince2.{role}", {"actors": [person]})

    def fields(self, key: str) -> dict[str, Any]:
        """The fields of an item."""
        fields: dict[str, Any] = self.people.admin.get(f"/items/{key}")["fields"]
        return fields

    def state(self, key: str) -> str:
        """Where an item stands."""
        return str(self.people.admin.get(f"/items/{key}")["state"])

    def status(self, key: str, aspect: str) -> dict[str, Any]:
        """One tolerance of an item against its forecast."""
        return next(each for each in self.fields(key)["statuses"] if each["aspect"] == aspect)

    def all(self, type: str) -> list[str]:
        """Items of a type in this project, the oldest first."""
        found = self.people.admin.get(
            "/items", type=f"prince2.{type}", **{"field.project": self.key}, limit=200
        )
        return sorted((each["key"] for each in found["items"]), key=lambda key: int(key.rpartition("-")[2]))

    def decided(self, key: str, *voters: str) -> str:
        """A document that those who have to have approved."""
        for person in voters:
            getattr(self.people, person).vote(key, "prince2.board_decision")
        self.people.maya.move(key, "approve")
        return key

    def document(self, kind: str, /, **fields: Any) -> str:
        """A document of the project with its decision."""
        key = self.people.maya.create(
            "prince2.management_product", kind, parent=self.key, kind=kind, content="As agreed.", **fields
        )
        self.people.maya.move(key, "submit")
        voters = ("ivy", "uma") if kind == "benefits_approach" else ("ivy",)
        return self.decided(key, *(voters if kind.endswith("_approach") else BOARD))

    def stage(self, number: int, end: str, budget: int, *, final: bool = False) -> str:
        """A stage that waits for its authorization, with its plan approved."""
        kind = "initiation" if number == 1 else "delivery"
        stage = self.people.maya.create(
            "prince2.stage", f"Stage {number}", parent=self.key, number=number, kind=kind, is_final=final
        )
        return self.planned(stage, end, budget)

    def planned(self, stage: str, end: str, budget: int) -> str:
        """The stage with its plan, which the board has approved."""
        paper = self.people.maya.create(
            "prince2.management_product", "Notes", parent=self.key, kind="team_plan", content="-"
        )
        plan = self.people.maya.create(
            "prince2.management_product", "Stage plan", parent=stage, kind="stage_plan",
            content="As agreed.", planned_start="2026-01-05", planned_end=end, budget=budget, products=[paper],
            tolerances=[
                tolerance("time", end, 10, 5), percent("cost", budget, 10, 10), tolerance("scope", 100, 0, 10),
                tolerance("risk", 0, 40000), percent("sustainability", 12000, 5, 100, indicator="carbon"),
            ],
        )  # fmt: skip
        self.people.maya.move(paper, "withdraw", REASON)
        self.people.maya.move(stage, "submit_plan", stage_plan=plan)
        self.decided(plan, *BOARD)
        return stage

    def initiating(self) -> str:
        """The project is initiated; answers its first stage, which runs."""
        self.people.dora.move(self.key, "start_up")
        self.document("project_brief")
        stage = self.stage(1, "2026-01-30", 20000)
        self.people.maya.move(self.all("report")[0], "issue_report", lessons_reviewed=3)
        objective = self.people.pia.create(
            "governance.objective", "Faster claims", level="enterprise", statement="Faster", measure="days", unit="d",
            baseline=10, target=5, target_date="2027-12-31", enterprise_goals=["EG01"], alignment_goals=["AG01"],
        )  # fmt: skip
        self.people.otto.move(objective, "activate_objective")
        self.people.ivy.move(self.key, "authorize_initiation", objective_links=[objective])
        self.people.ivy.move(stage, "authorize_stage")
        return stage

    def initiated(self) -> str:
        """Everything that the board needs to authorize the project, but for the end of its first stage."""
        first = self.initiating()
        self.document("business_case", **CASE)
        self.document("pid")
        self.document(
            "project_plan", planned_start="2026-01-05", planned_end="2026-12-31", budget=500000,
            tolerances=PROJECT_TOLERANCES,
        )  # fmt: skip
        for approach in APPROACHES:
            self.document(f"{approach}_approach")
        self.people.maya.edit(
            self.key, planned_start="2026-01-05", planned_end="2026-12-31", budget=500000, change_budget=20000,
            risk_budget=40000, ca_limit=5000, acceptance_criteria=[CRITERION],
        )  # fmt: skip
        self.people.dora.move(self.key, "set_tolerances", tolerances=PROJECT_TOLERANCES)
        return first

    def forecast(self, stage: str, carbon: int) -> None:
        """The carbon that a stage is expected to cost, by its project manager."""
        now = self.people.admin.get("/testing/clock")["now"]
        line = {"aspect": "sustainability", "indicator": "carbon", "value": carbon, "as_of": now}
        self.people.maya.move(stage, "update_forecasts", forecasts=[line])

    def reported(self, stage: str) -> str:
        """A stage at its boundary, with its report issued; answers the report."""
        self.forecast(stage, 12000)
        self.people.maya.move(stage, "start_boundary")
        report = str(self.fields(stage)["end_stage_report"])
        self.people.maya.move(report, "issue_report", issues_risks_summary="None.", outlook="Good.")
        return report

    def accepted(self, report: str) -> None:
        """The report of an end, accepted by the board."""
        for person in BOARD:
            getattr(self.people, person).vote(report, "prince2.report_acceptance")
        self.people.ivy.move(report, "accept_report")

    def delivering(self) -> str:
        """The project is authorized; answers its second stage, which runs until 31 March for 100 000."""
        first = self.initiated()
        second = self.stage(2, "2026-03-31", 100000)
        self.people.maya.create(
            "prince2.stage", "Stage 3", parent=self.key, number=3, kind="delivery", is_final=True
        )
        self.accepted(self.reported(first))
        self.people.ivy.move(first, "complete_stage")
        self.people.ivy.move(self.key, "authorize_project")
        self.people.ivy.move(second, "authorize_stage")
        return second

    def product(self, stage: str, title: str, **fields: Any) -> str:
        """A product whose description is agreed."""
        said = {
            "kind": "specialist", "purpose": "Claims", "composition": "Form", "producer": "ravi", "approver": "uma",
            "reviewers": ["cora"], "moscow": "should", "weight": 1,
            "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
        }  # fmt: skip
        key = self.people.maya.create("prince2.product", title, parent=stage, **{**said, **fields})
        self.people.maya.move(key, "baseline_description")
        return key

    def request(self, cost: int, product: str, **impact: Any) -> str:
        """A request for change with its impact, which waits for its decision."""
        key = self.people.maya.create(
            "prince2.issue",
            "Another field",
            parent=self.key,
            kind="request_for_change",
            description="One more.",
        )
        self.people.maya.move(key, "assess", severity=3, priority="should")
        aspects = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
        self.people.maya.move(
            key, "recommend", cost_impact=cost, time_impact=0, recommendation="Do it.",
            impact=dict.fromkeys(aspects, 0), options=[{"text": "Do it"}, {"text": "Leave it"}],
            baselines_affected=[product], **impact,
        )  # fmt: skip
        return key
