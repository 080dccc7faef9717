"""Agile teams, through HTTP: their people and the steps that lead to a running sprint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from processes import mother

from .conftest import Organization, Person, placet, serving

METHODS = ["governance", "agile"]
#: In the workspace, and on each team.
HOLDERS = {
    "coach": ["ivy"],
    "product_manager": ["pia"],
    "business_owner": ["otto"],
    "release_train_engineer": ["cora"],
}
TEAM = {"product_owner": ["maya"], "scrum_master": ["carl"], "developer": ["ravi", "rosa", "sam"]}
#: Of another team.
OTHERS = {"product_owner": ["lea"], "scrum_master": ["finn"], "developer": ["gina", "dana"]}
READY = dict.fromkeys(
    ("value", "acceptance_criteria", "estimate", "no_open_dependency", "small_enough"), True
)
DOD = [{"id": each, "text": each} for each in ("code_reviewed", "tests_green", "docs")]
DONE = dict.fromkeys(("code_reviewed", "tests_green", "docs"), True)
#: A sprint whose last day is today.
NOW = {"planned_start": "2026-11-02T10:00:00Z", "planned_end": "2026-11-16T10:00:00Z"}
LATER = {"planned_start": "2026-11-16T10:00:00Z", "planned_end": "2026-11-30T10:00:00Z"}
HELD = "2026-11-16T08:30:00Z"
PLANNED = {"kind": "planning", "held_at": HELD, "minutes": 120}
ENDED = [
    {"kind": "review", "held_at": HELD, "minutes": 60, "outcome": "Shown to everybody"},
    {"kind": "retrospective", "held_at": HELD, "minutes": 45, "outcome": "Nothing to change this time"},
]


class Company(Organization):
    """A running server with one workspace OPS in which teams work."""

    def open(self, **settings: Any) -> None:
        """Open the workspace with everybody in their roles."""
        methods = {"methods": METHODS, "settings": {"agile": settings}}
        self.admin.send("POST", "/workspaces", {"key": "OPS", "name": "Payments", **methods}, expect=201)
        named = (people for roles in (HOLDERS, TEAM, OTHERS) for people in roles.values())
        for person in {person for people in named for person in people}:
            self.admin.send("POST", "/actors", {"id": person, "name": person.title()}, expect=201)
        for role, people in HOLDERS.items():
            self.assign(f"agile.{role}", *people)

    def team(self, mode: str, people: dict[str, list[str]] | None = None, **limits: Any) -> str:
        key = self.ivy.create("agile.team", "Payments", mode=mode, members=[], dod=DOD, **limits)
        for role, holders in (people or TEAM).items():
            self.ivy.send("PUT", f"/items/{key}/roles/agile.{role}", {"actors": holders})
        return key

    def ready(self, team: str, points: int = 3, **fields: Any) -> str:
        key = self.maya.create("agile.story", "A story", team=team, **fields)
        self.ravi.move(key, "refine")
        self.ravi.edit(key, points=points)
        self.ravi.move(key, "mark_ready", dor_checks=READY)
        return key

    def selected(self, team: str, points: int = 3, *, sprint: str | None = None, **fields: Any) -> str:
        key = self.ready(team, points, **fields)
        self.ravi.move(key, "select", **({} if sprint is None else {"sprint": sprint}))
        return key

    def started(self, team: str, by: Person | None = None, **fields: Any) -> str:
        key = self.selected(team, **fields)
        (by or self.ravi).move(key, "start", pull_override_reason="as agreed this morning")
        return key

    def finish(self, key: str) -> None:
        self.ravi.move(key, "start")
        self.ravi.edit(key, dod_checks=DONE)
        self.ravi.move(key, "request_review")
        self.rosa.move(key, "finish")

    def sprint(self, team: str, number: int, times: dict[str, str], **fields: Any) -> str:
        given = {"number": number, "team": team, "events": [PLANNED], **times}
        return self.carl.create("agile.sprint", f"Sprint {number}", **given | fields)

    def running(self, team: str, *points: int) -> tuple[str, list[str]]:
        sprint = self.sprint(team, 1, NOW, goal="Pay with a card")
        items = [self.selected(team, size, sprint=sprint) for size in points]
        self.carl.move(sprint, "plan")
        self.carl.move(sprint, "start_sprint")
        return sprint, items

    def item(self, key: str) -> Any:
        return self.maya.get(f"/items/{key}")


@contextmanager
def opened(folder: Path, database: str | None = None, **settings: Any) -> Iterator[Company]:
    """A server in a folder, with the workspace open; over the database of that folder, or this one."""
    env = {} if database is None else {"PLACET_DATABASE_URL": database}
    mother().compose(*METHODS, agile=settings)
    with serving(folder, env=env) as base:
        placet("actor", "add", "root", "--admin", folder=folder, env=env)
        with closing(Company(base, placet("token", "create", "root", folder=folder, env=env))) as company:
            company.open(**settings)
            yield company
