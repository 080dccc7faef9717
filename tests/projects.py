"""A project that delivers, and a team that works, with their people: the ground on which their items can move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from placet import GateMode
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine

#: The people who are appointed on a project or a team: each is named after the role.
ON_PROJECT = (
    "executive", "senior_user", "senior_supplier", "project_manager", "project_assurance", "change_authority",
    "project_support",
)  # fmt: skip
ON_TEAM = ("product_owner", "scrum_master", "flow_manager", "developer")
#: The fields that a stage needs to be authorized.
TOLERANCES: list[dict[str, Any]] = [
    {"aspect": "time", "target": "2099-03-31", "unit": "days", "upper": 10, "lower": 5},
    {"aspect": "cost", "target": 100_000, "unit": "EUR", "upper": 10_000, "lower": 100_000},
    {"aspect": "scope", "target": 100, "unit": "percentage points", "upper": 0, "lower": 10},
    {"aspect": "risk", "target": 0, "unit": "EUR", "upper": 40_000, "lower": 0},
]


class Ground:
    """Projects and teams of one workspace."""

    def __init__(self, engine: Engine, workspace: str, person: Callable[[str], Actor]) -> None:
        self.engine, self.workspace, self.person = engine, workspace, person

    def appoint(self, key: str, method: str, *roles: str) -> None:
        """Give each of the roles to the person who is named after it."""
        for role in roles:
            self.engine.items.set_role(SYSTEM_ACTOR, key, f"{method}.{role}", [self.person(role).id])

    def create(self, by: str, type: str, *, parent: str | None = None, **fields: Any) -> str:
        """Make an item; answers its key."""
        made = self.engine.items.create(
            self.person(by),
            workspace=self.workspace,
            type=type,
            title="Something",
            fields=fields,
            parent=parent,
        )
        return made.key

    def move(self, by: str, key: str, transition: str, **fields: Any) -> None:
        """Make a transition."""
        self.engine.transition(
            self.person(by), key, transition, fields=fields, comment="as the board has agreed"
        )

    def team(self, by: str = "coach", **fields: Any) -> str:
        """A team with its people."""
        dod = [{"id": "good", "text": "It is good"}]
        key = self.create(by, "agile.team", **{"members": [], "dod": dod} | fields)
        self.appoint(key, "agile", *ON_TEAM)
        return key

    def project(self) -> tuple[str, str]:
        """A project with its board, and a stage of it that runs: its papers are not what is tried."""
        project = self.create("business_layer", "prince2.project", mandate="Claims are filed online.")
        self.appoint(project, "prince2", *ON_PROJECT)
        with self._papers_missing():
            self.move("business_layer", project, "start_up")
            self.move("executive", project, "authorize_initiation")
            budgets = {"budget": 500_000, "change_budget": 20_000, "risk_budget": 40_000, "ca_limit": 15_000}
            self.engine.items.edit(self.person("project_manager"), project, fields=budgets)
            self.move("executive", project, "authorize_project")
            return project, self._stage(project)

    def _stage(self, project: str) -> str:
        stage = self.create("project_manager", "prince2.stage", parent=project, number=1, kind="initiation")
        plan = self.create(
            "project_manager", "prince2.management_product", parent=stage, kind="stage_plan", content="As agreed.",
            planned_start="2026-11-16", planned_end="2099-03-31", budget=100_000, tolerances=TOLERANCES,
        )  # fmt: skip
        self.move("project_manager", stage, "submit_plan", stage_plan=plan)
        self.move("executive", stage, "authorize_stage")
        return stage

    @contextmanager
    def _papers_missing(self) -> Iterator[None]:
        """Observe what asks for papers on the way, and enforce it afterwards."""
        types = self.engine.workspaces.catalog(SYSTEM_ACTOR, self.workspace).item_types
        gates = {
            gate.id: GateMode.OBSERVE
            for type in (types["prince2.project"], types["prince2.stage"])
            for gate in (*type.creation, *(gate for move in type.workflow.transitions for gate in move.gates))
        }
        modes = self.engine.workspaces.get(SYSTEM_ACTOR, self.workspace).gate_modes
        self.engine.workspaces.change(SYSTEM_ACTOR, self.workspace, gate_modes={**modes, **gates})
        yield
        self.engine.workspaces.change(SYSTEM_ACTOR, self.workspace, gate_modes=dict(modes))
