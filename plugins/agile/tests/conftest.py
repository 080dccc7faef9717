"""A company with its teams, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from placet import Blocker
from placet.testing import Desk

#: A Monday morning.
START = "2026-06-15T08:00:00Z"
REASON = "as we agreed this morning"

PEOPLE = {
    "agile.coach": ["cleo"],
    "agile.stakeholder": ["sten"],
    "agile.product_manager": ["mona"],
    "agile.release_train_engineer": ["rudi"],
    "agile.system_architect": ["archie"],
    "agile.business_owner": ["boris"],
}
#: Product owner, scrum master, flow manager and developers of a team.
TEAM = {
    "product_owner": ["pat"],
    "scrum_master": ["sam"],
    "developer": ["ana", "ben", "dora"],
}
DOD = [
    {"id": "code_reviewed", "text": "Somebody else has read it"},
    {"id": "tests_green", "text": "All tests pass"},
    {"id": "docs", "text": "It is described"},
]
READY = dict.fromkeys(
    ("value", "acceptance_criteria", "estimate", "no_open_dependency", "small_enough"), True
)
DONE = {each["id"]: True for each in DOD}


class Company:
    """The steps of a test, in the words of the method; each step is taken by the one who takes it in real life."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.at(START)

    def configure(self, **settings: Any) -> None:
        """Give the method other settings."""
        self.desk.configure("agile", **settings)

    def create(
        self, by: str, type: str, title: str = "Something", *, parent: str | None = None, **fields: Any
    ) -> str:
        """Make an item; answers its key."""
        return self.desk.create(f"agile.{type}", title, actor=by, parent=parent, **fields).key

    def edit(self, by: str, key: str, **fields: Any) -> None:
        """Change fields."""
        self.desk.edit(key, actor=by, **fields)

    def move(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> str:
        """Make a transition; answers the new state."""
        return self.desk.move(key, transition, actor=by, comment=comment, **fields).item.state

    def refused(
        self, by: str, key: str, transition: str, comment: str = "", **fields: Any
    ) -> dict[str, Blocker]:
        """The blockers of a refused transition, by check."""
        found = self.desk.refused(key, transition, actor=by, comment=comment, **fields)
        assert all(blocker.message and blocker.remedy for blocker in found.blockers)
        return {blocker.check.removeprefix("agile."): blocker for blocker in found.blockers}

    def messages(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> list[str]:
        """All that a refused transition says."""
        return self.desk.refused(key, transition, actor=by, comment=comment, **fields).messages

    def state(self, key: str) -> str:
        """Where an item stands."""
        return self.desk.item(key).state

    def fields(self, key: str) -> dict[str, Any]:
        """An item's fields, as they are stored."""
        return dict(self.desk.item(key).fields)

    # The subjects of the tests

    def team(self, mode: str = "scrum", people: dict[str, list[str]] | None = None, **fields: Any) -> str:
        """A team with its people."""
        key = self.create("cleo", "team", "Payments", mode=mode, members=[], dod=DOD, **fields)
        for role, holders in (people or TEAM).items():
            self.desk.appoint(key, f"agile.{role}", *holders)
        return key

    def story(self, team: str, title: str = "A story", **fields: Any) -> str:
        """A story that was just captured."""
        return self.create("pat", "story", title, team=team, **fields)

    def ready(self, team: str, points: str = "3", **fields: Any) -> str:
        """A story that meets the definition of ready."""
        key = self.story(team, **fields)
        self.move("ana", key, "refine")
        self.edit("ana", key, points=points)
        self.move("ana", key, "mark_ready", dor_checks=READY)
        return key

    def selected(self, team: str, sprint: str | None = None, points: str = "3", **fields: Any) -> str:
        """A story that is committed to."""
        key = self.ready(team, points, **fields)
        self.move("ana", key, "select", **({"sprint": sprint} if sprint else {}))
        return key

    def started(
        self, team: str, sprint: str | None = None, by: str = "ana", points: str = "3", **fields: Any
    ) -> str:
        """A story in work; out of order where there is one."""
        key = self.selected(team, sprint, points, **fields)
        self.move(by, key, "start", pull_override_reason="the test needs it")
        return key

    def finish(self, key: str, by: str = "ben") -> None:
        """Take a started story to done."""
        worker = self.fields(key)["assignee"]
        self.edit(worker, key, dod_checks=DONE)
        self.move(worker, key, "request_review")
        self.move(by, key, "finish")

    def sprint(
        self, team: str, number: int = 1, *, starts: str = START, days: int = 14, **fields: Any
    ) -> str:
        """A sprint in draft, with goal and dates."""
        start = datetime.fromisoformat(starts)
        given: dict[str, Any] = {
            "number": number,
            "goal": "Pay with a card",
            "planned_start": starts,
            "planned_end": (start + timedelta(days=days)).isoformat(),
        }
        return self.create("sam", "sprint", f"Sprint {number}", team=team, **given | fields)

    def planned(self, team: str, number: int = 1, points: tuple[str, ...] = ("3",), **about: Any) -> str:
        """A sprint that is planned, with stories of these sizes."""
        key = self.sprint(team, number, **about)
        for size in points:
            self.selected(team, key, size)
        self.record("sam", key, "planning", minutes=120)
        self.move("sam", key, "plan")
        return key

    def running(self, team: str, number: int = 1, points: tuple[str, ...] = ("3",), **about: Any) -> str:
        """A sprint that runs."""
        key = self.planned(team, number, points, **about)
        self.move("sam", key, "start_sprint")
        return key

    def record(
        self, by: str, sprint: str, kind: str, *, minutes: int = 60, outcome: str | None = None
    ) -> None:
        """Record an event of a sprint as held now."""
        event = {
            "kind": kind,
            "held_at": self.desk.clock.now().isoformat(),
            "minutes": minutes,
            "outcome": outcome,
        }
        self.edit(by, sprint, events=[*self.fields(sprint)["events"], event])

    def items_of(self, sprint: str, *states: str) -> list[str]:
        """The keys of a sprint's items."""
        return [
            item.key
            for item in self.desk.items()
            if item.fields.get("sprint") == sprint and (not states or item.state in states)
        ]


@contextmanager
def opened(folder: Path) -> Iterator[Company]:
    """The company on a Monday morning, under this method and the one it needs."""
    with Desk(folder, methods=["governance", "agile"], people=PEOPLE) as desk:
        yield Company(desk)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with opened(tmp_path) as company:
        yield company
