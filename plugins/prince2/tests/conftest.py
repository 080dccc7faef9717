"""A project with its people, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from placet import Blocker
from placet.testing import Desk

#: A Monday morning.
START = "2026-01-05T09:00:00Z"
REASON = "as was agreed in the meeting of the board"
#: The people of every project, by role.
TEAM = {
    "executive": ["eva"],
    "senior_user": ["uma"],
    "senior_supplier": ["sven"],
    "project_manager": ["pia"],
    "project_assurance": ["ada"],
    "change_authority": ["carl"],
    "project_support": ["paul"],
}
CURRENCY = "EUR"


def tolerance(
    aspect: str, target: Any, upper: Any, lower: Any = 0, unit: str = "", **more: Any
) -> dict[str, Any]:
    """One tolerance, in its usual unit."""
    units = {"time": "days", "scope": "percentage points", "quality": "products", "sustainability": "kgCO2e"}
    return {
        "aspect": aspect, "target": target, "unit": unit or units.get(aspect, CURRENCY), "upper": upper,
        "lower": lower, **more,
    }  # fmt: skip


def percent(aspect: str, target: Any, upper: Any, lower: Any, **more: Any) -> dict[str, Any]:
    """One tolerance as a share of its target."""
    return tolerance(aspect, target, upper, lower, basis="percent_of_target", **more)


def stage_tolerances(end: str, budget: int, days: str = "days") -> list[dict[str, Any]]:
    """The tolerances of a stage."""
    return [
        tolerance("time", end, 10, 5, days),
        percent("cost", budget, 10, 10),
        tolerance("scope", 100, 0, 10),
        tolerance("risk", 0, 40000),
        percent("sustainability", 12000, 5, 100, indicator="carbon"),
    ]


PROJECT_TOLERANCES = [
    tolerance("time", "2026-12-31", 60, 120),
    percent("cost", 500000, 20, 90),
    tolerance("scope", 100, 0, 10),
    tolerance("quality", 0, 0),
    tolerance("risk", 0, 40000),
    percent("benefits", 200000, 100, 10),
    percent("sustainability", 40000, 5, 100, indicator="carbon"),
]
CASE: dict[str, Any] = {
    "costs": [{"period": 0, "amount": 400000}],
    "benefits": [{"period": year, "amount": 200000} for year in (1, 2, 3)],
    "desirable": True,
    "viable": True,
    "achievable": True,
}
#: Users accept the result by it.
CRITERION = {"id": "fast", "text": "A claim takes a minute"}
APPROACHES = (
    "benefits", "sustainability", "change", "communication", "commercial", "digital_data", "issue", "quality", "risk",
)  # fmt: skip


class Organization:
    """The steps of a test, in the words of projects; each step is taken by the one who takes it in real life."""

    project: str
    #: The unit of tolerances for time in the plans of its stages.
    days = "days"

    def __init__(
        self, folder: Path, opened: ExitStack, delivering: tuple[Organization, str] | None = None
    ) -> None:
        """Its desk lies in a folder, and is closed with what was opened.

        Where there is one already with a running second stage, that is copied by who begins there.
        """
        self._folder, self._opened, self._delivering = folder, opened, delivering

    @cached_property
    def desk(self) -> Desk:
        """A workspace with both methods, opened by the first step."""
        desk = self._opened.enter_context(Desk(self._folder, methods=["governance", "prince2"]))
        desk.at(START)
        for people in (*TEAM.values(), ["tom", "tara"]):
            for person in people:
                desk.person(person)
        # Objectives belong to the organization: people who link one hold a role in the workspace.
        desk.hold("governance.objective_owner", "omar", "eva", "pia")
        return desk

    def create(
        self, by: str, type: str, title: str = "Something", *, parent: str | None = None, **fields: Any
    ) -> str:
        """Make an item; answers its key."""
        name = type if "." in type else f"prince2.{type}"
        return self.desk.create(name, title, actor=by, parent=parent, **fields).key

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> str:
        """Make a transition; answers the new state."""
        return self.desk.move(key, transition, actor=by, comment=comment, **fields).item.state

    def edit(self, by: str, key: str, **fields: Any) -> None:
        """Change fields."""
        self.desk.edit(key, actor=by, **fields)

    def refused(
        self, by: str, key: str, transition: str, comment: str = "", **fields: Any
    ) -> dict[str, Blocker]:
        """The blockers of a refused transition, by check."""
        found = self.desk.refused(key, transition, actor=by, comment=comment, **fields)
        assert all(blocker.message and blocker.remedy for blocker in found.blockers)
        return {blocker.check.removeprefix("prince2."): blocker for blocker in found.blockers}

    def state(self, key: str) -> str:
        """Where an item stands."""
        return self.desk.item(key).state

    def fields(self, key: str) -> dict[str, Any]:
        """An item's fields, as they are stored."""
        return dict(self.desk.item(key).fields)

    def status(self, key: str, aspect: str) -> dict[str, Any]:
        """One tolerance of an item against its forecast."""
        return next(each for each in self.fields(key)["statuses"] if each["aspect"] == aspect)

    def all(self, type: str, *states: str) -> list[str]:
        """The keys of all items of a type, in these states if any are named."""
        found = [each for each in self.desk.items() if each.type == f"prince2.{type}"]
        return [each.key for each in found if not states or each.state in states]

    def appoint(self, key: str, role: str, *people: str, by: str = "") -> None:
        """Give people a role on an item."""
        self.desk.appoint(key, f"prince2.{role}", *people, actor=by or "system")

    def vote(
        self, key: str, *people: str, decision: str = "approve", approval: str = "board_decision"
    ) -> None:
        """Let people vote, one after the other."""
        self.desk.approve(key, f"prince2.{approval}", by=people, decision=decision)

    # Steps of a project

    def begun(self) -> str:
        """A project with its people."""
        self.project = self.create(
            "business_layer", "project", "Online claims", mandate="The board wants claims to be filed online."
        )
        for role, people in TEAM.items():
            self.appoint(self.project, role, *people)
        return self.project

    def document(self, kind: str, parent: str | None = None, **fields: Any) -> str:
        """A management product with its decision."""
        key = self.create("pia", "management_product", kind, parent=parent or self.project, kind=kind,
                          content="As agreed.", **fields)  # fmt: skip
        self.move("pia", key, "submit")
        return self.decided(key, kind)

    def decided(self, key: str, kind: str) -> str:
        """A document that those who have to have decided on."""
        both = ["eva", "uma"] if kind == "benefits_approach" else ["eva"]
        self.vote(key, *(both if kind.endswith("_approach") else ["eva", "uma", "sven"]))
        self.move("pia", key, "approve")
        return key

    def planned_stage(
        self, number: int, end: str = "2026-03-31", budget: int = 100000, *, final: bool = False
    ) -> str:
        """A stage that waits for its authorization, with its plan approved."""
        kind = "initiation" if number == 1 else "delivery"
        stage = self.create("pia", "stage", f"Stage {number}", parent=self.project, number=number, kind=kind,
                            is_final=final)  # fmt: skip
        return self.with_plan(stage, end, budget)

    def with_plan(self, stage: str, end: str = "2026-03-31", budget: int = 100000) -> str:
        """The stage with its plan, which is approved."""
        paper = self.create(
            "pia", "management_product", "Notes", parent=self.project, kind="team_plan", content="-"
        )
        plan = self.create(
            "pia", "management_product", f"Plan of {stage}", parent=stage, kind="stage_plan", content="As agreed.",
            planned_start="2026-01-05", planned_end=end, budget=budget, products=[paper],
            tolerances=stage_tolerances(end, budget, self.days),
        )  # fmt: skip
        self.move("pia", paper, "withdraw", REASON)
        self.move("pia", stage, "submit_plan", stage_plan=plan)
        self.decided(plan, "stage_plan")
        return stage

    def initiated(self) -> str:
        """A project whose initiation stage runs."""
        self.begun()
        self.move("business_layer", self.project, "start_up")
        self.document("project_brief")
        stage = self.planned_stage(1, "2026-01-30", 20000)
        (lessons,) = self.all("report")
        self.move("pia", lessons, "issue_report", lessons_reviewed=3)
        objective = self.desk.given(
            "governance.objective", state="pursued", title="Faster claims", level="enterprise", statement="Faster",
            measure="days", unit="days", baseline=10, target=5, target_date="2026-12-31",
            enterprise_goals=["EG01"], alignment_goals=["AG01"],
        ).key  # fmt: skip
        self.move("eva", self.project, "authorize_initiation", objective_links=[objective])
        self.move("eva", stage, "authorize_stage")
        return self.project

    def delivering(self) -> str:
        """A project whose second stage runs, with a budget of 100 000 until 31 March; answers the stage."""
        if self._delivering is None or "desk" in vars(self):
            return self._delivered()
        other, stage = self._delivering
        self.desk = self._opened.enter_context(other.desk.copy(self._folder))
        self.project = other.project
        return stage

    def _delivered(self) -> str:
        self.initiated()
        first = self.all("stage")[0]
        self.document("business_case", **CASE)
        self.document("pid")
        self.document("project_plan", planned_start="2026-01-05", planned_end="2026-12-31", budget=500000,
                      tolerances=PROJECT_TOLERANCES)  # fmt: skip
        for approach in APPROACHES:
            self.document(f"{approach}_approach")
        self.edit("pia", self.project, planned_start="2026-01-05", planned_end="2026-12-31", budget=500000,
                  change_budget=20000, risk_budget=40000, ca_limit=5000, acceptance_criteria=[CRITERION])  # fmt: skip
        self.move("business_layer", self.project, "set_tolerances", tolerances=PROJECT_TOLERANCES)
        second = self.planned_stage(2)
        self.create("pia", "stage", "Stage 3", parent=self.project, number=3, kind="delivery", is_final=True)
        self.finished(first)
        self.move("eva", self.project, "authorize_project")
        self.move("eva", second, "authorize_stage")
        return second

    def forecast(self, key: str, **values: Any) -> None:
        """The forecasts of a project manager, by aspect: carbon for sustainability."""
        now = self.desk.clock.now().isoformat()
        lines = [
            {"aspect": aspect, "value": value, "as_of": now}
            | ({"indicator": "carbon"} if aspect == "sustainability" else {})
            for aspect, value in values.items()
        ]
        self.move("pia", key, "update_forecasts", forecasts=lines)

    def finished(self, stage: str) -> str:
        """A stage that is reported, accepted and completed."""
        self.forecast(stage, sustainability=12000)
        self.move("pia", stage, "start_boundary")
        return self.reported(stage)

    def reported(self, stage: str) -> str:
        """A stage at its boundary that is reported, accepted and completed."""
        report = self.fields(stage)["end_stage_report"]
        self.move("pia", report, "issue_report", issues_risks_summary="None.", outlook="Good.")
        self.vote(report, "eva", "uma", "sven", approval="report_acceptance")
        self.move("eva", report, "accept_report")
        self.move("eva", stage, "complete_stage")
        return stage


@pytest.fixture(scope="session")
def delivering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Organization, str]]:
    """An organization with a project whose second stage runs, and that stage: most tests begin with a copy."""
    with ExitStack() as opened:
        made = Organization(tmp_path_factory.mktemp("delivering"), opened)
        yield made, made.delivering()


@pytest.fixture
def organization(tmp_path: Path, delivering: tuple[Organization, str]) -> Iterator[Organization]:
    """A workspace with both methods, and its people."""
    with ExitStack() as opened:
        yield Organization(tmp_path, opened, delivering)
