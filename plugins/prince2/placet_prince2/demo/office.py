"""The people of the demonstration's project, and the verbs of its story.

Everything is made through the engine, by the responsible people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from placet import Decision
from placet.demo import Stage

WORKSPACE = "CLAIM"
#: Roles in the workspace, by person.
PEOPLE = {
    "berta": ("Berta Ruiz", ["governance.business_layer", "governance.governance_board"]),
    "edgar": ("Edgar Holm", ["governance.objective_owner"]),
    "ulla": ("Ulla Stein", ["governance.senior_user"]),
    "simon": ("Simon Park", ["governance.process_owner"]),
    "paula": ("Paula Berg", ["governance.lessons_owner"]),
    "anton": ("Anton Vass", ["governance.process_owner"]),
    "tilda": ("Tilda Moss", ["governance.process_owner"]),
}
#: Roles on the project.
TEAM = {
    "executive": "edgar", "senior_user": "ulla", "senior_supplier": "simon", "project_manager": "paula",
    "project_assurance": "anton",
}  # fmt: skip
BOARD = ("edgar", "ulla", "simon")


class Office:
    """A project on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.engine = stage.engine
        morning = stage.today.replace(hour=9)
        #: The last morning before now: nothing of a demonstration happens later than now.
        self.today = morning if morning <= stage.today else morning - timedelta(days=1)
        self.people: dict[str, Any] = {}
        self.at(-56)
        self._open()

    def _open(self) -> None:
        director = self.stage.director
        self.engine.workspaces.create(
            director, key=WORKSPACE, name="Online claims", methods=["governance", "prince2"]
        )
        holders: dict[str, list[str]] = {}
        for id, (name, roles) in PEOPLE.items():
            self.people[id] = self.stage.person(id, name, f"{id}@claims.example")
            for role in roles:
                holders.setdefault(role, []).append(id)
        for role, people in holders.items():
            self.engine.workspaces.assign(director, WORKSPACE, role, people)

    def at(self, days: int) -> None:
        """Move to a day before today."""
        self.stage.at(self.today + timedelta(days=days))

    def day(self, days: int) -> str:
        """A day before or after today, as it is sent."""
        return (self.today + timedelta(days=days)).date().isoformat()

    def forecast(self, aspect: str, value: int, days: int, **more: Any) -> dict[str, Any]:
        """A forecast that was made on a day before today."""
        made = (self.today + timedelta(days=days)).isoformat()
        return {"aspect": aspect, "value": value, "as_of": made, **more}

    def create(self, by: str, type: str, title: str, /, parent: str | None = None, **fields: Any) -> str:
        """Make an item; returns its key."""
        name = type if "." in type else f"prince2.{type}"
        made = self.engine.items.create(
            self.people[by], workspace=WORKSPACE, type=name, title=title, parent=parent, fields=fields
        )
        return str(made.key)

    def edit(self, by: str, key: str, **fields: Any) -> None:
        """Change fields."""
        self.engine.items.edit(self.people[by], key, fields=fields)

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> None:
        """Make a transition."""
        self.stage.move(self.people[by], key, transition, comment=comment, **fields)

    def appoint(self, by: str, key: str, role: str, person: str) -> None:
        """Give somebody a role on an item."""
        self.engine.items.set_role(self.people[by], key, f"prince2.{role}", [person])

    def fields(self, key: str) -> Any:
        """The fields of an item as they are stored."""
        return self.engine.items.get(self.stage.director, key).fields

    def found(self, type: str, *states: str) -> list[str]:
        """The keys of items of a type, the oldest first."""
        query = self.engine.reports.item_query(self.stage.director, workspace=WORKSPACE, limit=1000)
        rows = self.engine.reports.items(self.stage.director, query).rows
        return [
            row.key for row in rows if row.type == f"prince2.{type}" and (not states or row.state in states)
        ]

    def vote(self, key: str, approval: str, people: Iterable[str]) -> None:
        """Let people approve."""
        for person in people:
            self.engine.approvals.vote(
                self.people[person], key, f"prince2.{approval}", Decision.APPROVE, comment=""
            )

    def decided(self, key: str, *voters: str) -> str:
        """A document that those who have to have approved."""
        self.vote(key, "board_decision", voters or BOARD)
        self.move("paula", key, "approve")
        return key

    def document(self, kind: str, title: str, parent: str, /, **fields: Any) -> str:
        """A document with its decision."""
        key = self.create("paula", "management_product", title, parent, kind=kind, content=f"{title}, as agreed.",
                          **fields)  # fmt: skip
        self.move("paula", key, "submit")
        voters = ("edgar", "ulla") if kind == "benefits_approach" else ("edgar",)
        return self.decided(key, *(voters if kind.endswith("_approach") else BOARD))
