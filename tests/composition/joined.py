"""A workspace in which a project directs, a team delivers, and changes put into operation what was made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from projects import TOLERANCES, Ground

from placet import GateMode
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk

METHODS = ["agile", "cobit", "governance", "integration", "itil", "prince2"]
START = "2026-11-16T09:00:00Z"
SPOKEN = "as was agreed in the weekly meeting"


class Joined(Ground):
    """One project with a running stage, one team, and a service; each role has one holder, named after it."""

    #: Whether all gates are observed now.
    _observing = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.engine, desk.key, desk.person)
        self.desk = desk
        desk.at(START)
        self.team_key = self.team()
        self.project_key, self.stage_key = self.project()
        self.package()

    def findings(self, key: str, transition: str, by: str) -> dict[str, str]:
        """The messages of bridges that stand against a transition, by check."""
        found = self.desk.explain(key, transition, actor=by).blockers
        return {
            each.check.removeprefix("integration."): each.message
            for each in found
            if each.source == "integration"
        }

    def item(self, key: str) -> Any:
        return self.desk.item(key)

    def configure(self, **settings: Any) -> None:
        self.desk.configure("integration", **settings)

    def forced(self, key: str, transition: str, by: str, **fields: Any) -> None:
        """Make a transition whose gates are not what is tried: all are observed meanwhile."""
        with self.observed():
            self.desk.move(key, transition, actor=by, comment=SPOKEN, **fields)

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Observe all gates, for a way of several transitions: each change of their modes costs more than a move."""
        if self._observing:
            yield
            return
        types = self.desk.catalog.item_types.values()
        every = {gate.id for type in types for gate in (*type.gates, *type.creation, *type.editing)}
        self._modes(dict.fromkeys(sorted(every), GateMode.OBSERVE))
        self._observing = True
        try:
            yield
        finally:
            self._observing = False
            self._modes({})

    def _modes(self, modes: dict[str, GateMode]) -> None:
        self.engine.workspaces.change(SYSTEM_ACTOR, self.workspace, gate_modes=modes)

    # Projects

    def package(self, **fields: Any) -> str:
        """A work package of the stage for a Scrum team."""
        said: dict[str, Any] = {"delivery_method": "scrum", "team": self.team_key}
        return self.create("project_manager", "prince2.work_package", parent=self.stage_key, **said | fields)

    def started(self, **fields: Any) -> str:
        """A work package that its team works on."""
        key = self.package(**fields)
        self.appoint(key, "prince2", "team_manager")
        with self.observed():
            for transition, by in (
                ("authorize_work_package", "project_manager"),
                ("accept", "team_manager"),
                ("start", "team_manager"),
            ):
                self.forced(key, transition, by)
        return key

    def product(self, state: str = "baselined", *, stage: str | None = None, **fields: Any) -> str:
        """A product of the stage, or of another one."""
        said: dict[str, Any] = {"kind": "specialist", "moscow": "must", "approver": "senior_user"}
        key = self.create(
            "project_manager", "prince2.product", parent=stage or self.stage_key, **said | fields
        )
        way = [
            ("baseline_description", "baselined"), ("develop", "in_development"), ("submit_for_review", "in_review"),
            ("approve_product", "approved"), ("hand_over", "handed_over"),
        ]  # fmt: skip
        with self.observed():
            for transition, target in way:
                self.forced(key, transition, "project_manager")
                if target == state:
                    break
        return key

    # Teams

    def story(self, *delivers: str) -> str:
        """A story of the backlog that delivers these."""
        key = self.create("product_owner", "agile.story", team=self.team_key)
        for target in delivers:
            self.desk.link(key, "integration.delivers", target, actor="product_owner")
        return key

    def finished(self, *delivers: str) -> str:
        """A story that is done."""
        key = self.story(*delivers)
        with self.observed():
            for transition in ("refine", "mark_ready", "select", "start", "request_review", "finish"):
                self.forced(key, transition, "developer")
        return key

    def sprint(self, *, stage: str | None = None, **fields: Any) -> str:
        """A sprint of the team, part of a stage."""
        number = 1 + sum(each.type == "agile.sprint" for each in self.desk.items())
        times: dict[str, Any] = {
            "planned_start": "2026-11-16T08:00:00Z",
            "planned_end": "2026-11-30T08:00:00Z",
        }
        said: dict[str, Any] = {
            "team": self.team_key,
            "number": number,
            "goal": "Pay with a card",
            **times,
        } | fields
        key = self.create("scrum_master", "agile.sprint", **said)
        self.desk.link(key, "integration.timebox_of", stage or self.stage_key, actor="scrum_master")
        return key

    def planned(self, **fields: Any) -> str:
        """A sprint that can be started."""
        key = self.sprint(**fields)
        self.forced(key, "plan", "scrum_master")
        return key

    def increment(self) -> str:
        """An increment that is usable."""
        key = self.create("product_owner", "agile.increment", team=self.team_key)
        self.forced(key, "declare_usable", "developer")
        return key

    # People's time and objectives

    def allocated(self, key: str, *percents: int, person: str = "developer") -> None:
        """Shares of a person's time for these weeks, confirmed for the item whatever they sum up to."""
        for percent in percents:
            made = self.create(
                "resource_manager", "governance.resource_allocation", person=person, percent=percent,
                week_from="2026-W47", week_to="2026-W48",
            )  # fmt: skip
            self.desk.link(made, "governance.allocated_to", key, actor="resource_manager")
            self.forced(made, "confirm", "resource_manager")

    def objective(self, goal: str = "EG05") -> str:
        """An objective that is pursued."""
        key = self.create(
            "objective_owner", "governance.objective", level="enterprise", statement="Fewer calls", measure="calls",
            unit="calls", baseline=100, target=70, target_date="2027-12-31", enterprise_goals=[goal],
            alignment_goals=["AG05"],
        )  # fmt: skip
        self.forced(key, "activate_objective", "governance_board")
        return key

    # Controls

    def finding(self, practice: str = "BAI11.09", **fields: Any) -> str:
        """A severe finding on a key control, which is overdue."""
        control = self.create("control_owner", "cobit.control", practice_id=practice, key_control=True)
        said = {"condition": "Nobody reviews.", "criteria": "Somebody does.", "effect": "Anybody may read."}
        return self.create(
            "internal_auditor", "cobit.finding", parent=control, source="ineffective", due_date="2026-11-13",
            **said | fields,
        )  # fmt: skip

    def next_stage(self) -> str:
        """The second stage of the project, with the board."""
        key = self.create(
            "project_manager", "prince2.stage", parent=self.project_key, number=2, kind="delivery"
        )
        plan = self.create(
            "project_manager", "prince2.management_product", parent=key, kind="stage_plan", content="As agreed.",
            planned_start="2026-11-16", planned_end="2099-03-31", budget=100_000, tolerances=TOLERANCES,
        )  # fmt: skip
        self.forced(key, "submit_plan", "project_manager", stage_plan=plan)
        return key

    # Services

    def change(self, *implements: str, state: str = "new", outcome: str = "successful", **fields: Any) -> str:
        """A change that implements these, in a state of its way."""
        said: dict[str, Any] = {"type": "normal", "reason": "release", **fields}
        key = self.desk.create("itil.change", "Release it", actor="change_initiator", **said).key
        for target in implements:
            self.desk.link(key, "itil.implements", target, actor="change_initiator")
        way = [
            ("submit", "change_initiator", "assess", {}),
            ("request_authorization", "change_manager", "authorize", {}),
            ("authorize_change", "change_manager", "scheduled", {}),
            ("start_implementation", "change_implementer", "implement", {}),
            ("complete_implementation", "change_implementer", "review", {"outcome": outcome}),
            ("close_change", "change_manager", "closed", {}),
        ]
        if state == "new":
            return key
        with self.observed():
            for transition, by, target, given in way:
                self.forced(key, transition, by, **given)
                if target == state:
                    break
        return key

    def incident(self, *changes: str, **fields: Any) -> str:
        """An incident that changes have caused."""
        said: dict[str, Any] = {"summary": "All down", "symptoms": "Nothing works.", "channel": "phone"}
        key = self.create("service_desk_analyst", "itil.incident", **said | fields)
        for change in changes:
            self.desk.link(key, "itil.caused_by_change", change, actor="service_desk_analyst")
        return key


@contextmanager
def joined(folder: Path) -> Iterator[Joined]:
    """A desk under all methods, with a project, a team and a service."""
    people = {f"itil.{role}": [role] for role in ("change_initiator", "service_desk_analyst")}
    with Desk(
        folder, methods=METHODS, people=people, settings={"agile": {"second_person_review": False}}
    ) as desk:
        yield Joined(desk)
