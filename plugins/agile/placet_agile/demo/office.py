"""The people of the demonstration's two teams, and the verbs of their weeks.

Everything is made through the engine, by the responsible people, each step at its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from placet.demo import Stage

WORKSPACE = "WEB"
COACH = "hana"
PEOPLE = {
    "hana": "Hana Sato",
    "vera": "Vera Koch",
    "milo": "Milo Grant",
    "nils": "Nils Dahl",
    "aya": "Aya Mori",
    "jon": "Jon Reyes",
    "dina": "Dina Weiss",
    "felix": "Felix Moor",
    "kim": "Kim Lund",
    "omar": "Omar Aziz",
    "rita": "Rita Bello",
}
#: Days from Monday to Friday.
_WEEK = 5
_READY = dict.fromkeys(
    ("value", "acceptance_criteria", "estimate", "no_open_dependency", "small_enough"), True
)
_DOD = (
    {"id": "code_reviewed", "text": "Somebody else has read it"},
    {"id": "tests_green", "text": "All tests pass"},
)

Step = Callable[[], object]


class Office:
    """Two teams on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.engine = stage.engine
        midnight = stage.today.replace(hour=0)
        days = -midnight.weekday() if midnight.isoweekday() <= _WEEK else 8 - midnight.isoweekday()
        #: The Monday of this week; at a weekend, that of the next one.
        self._monday = midnight + timedelta(days=days)
        #: Keys by title.
        self.keys: dict[str, str] = {}
        self._steps: list[tuple[datetime, Step]] = []
        stage.at(self.moment(-35, 8))
        director = stage.director
        methods = ["governance", "agile"]
        self.engine.workspaces.create(director, key=WORKSPACE, name="Web shop", methods=methods)
        self._people = {id: stage.person(id, name, f"{id}@shop.example") for id, name in PEOPLE.items()}
        self.engine.workspaces.assign(director, WORKSPACE, "agile.coach", [COACH])

    # Time

    def moment(self, day: int, hour: int = 9) -> datetime:
        """An hour of a working day, counted from the Monday of this week."""
        weeks, rest = divmod(day, _WEEK)
        return self._monday + timedelta(weeks=weeks, days=rest, hours=hour)

    def on(self, day: int, hour: int, step: Step) -> None:
        """Take a step then."""
        self._steps.append((self.moment(day, hour), step))

    def play(self) -> None:
        """Take all steps in their order, up to now."""
        for moment, step in sorted(self._steps, key=lambda each: each[0]):
            if moment <= self.stage.today:
                self.stage.at(moment)
                step()
        self.stage.at(self.stage.today)

    # Acts of people

    def create(self, by: str, type: str, title: str, **fields: Any) -> str:
        """Make an item; returns its key."""
        made = self.engine.items.create(
            self._people[by], workspace=WORKSPACE, type=f"agile.{type}", title=title, fields=fields
        )
        self.keys[title] = str(made.key)
        return self.keys[title]

    def edit(self, by: str, title: str, **fields: Any) -> None:
        """Change fields."""
        self.engine.items.edit(self._people[by], self.keys[title], fields=fields)

    def move(self, by: str, title: str, transition: str, comment: str = "", **fields: Any) -> None:
        """Make a transition."""
        self.stage.move(self._people[by], self.keys[title], transition, comment=comment, **fields)

    def confirm(self, by: str, title: str, confirmation: str, comment: str) -> None:
        """Confirm something in person."""
        self.engine.confirmations.decide(
            self._people[by], self.keys[title], f"agile.{confirmation}", confirm=True, comment=comment
        )

    def team(self, title: str, mode: str, roles: Mapping[str, list[str]], **about: Any) -> str:
        """Make a team with its people; returns its key."""
        members = [{"actor": person} for people in roles.values() for person in people]
        key = self.create(COACH, "team", title, mode=mode, members=members, dod=_DOD, **about)
        for role, people in roles.items():
            self.engine.items.set_role(self._people[COACH], key, f"agile.{role}", people)
        return key

    # The way of every story

    def ready(self, by: str, type: str, title: str, *, team: str, points: int, **about: Any) -> None:
        """Capture a story or a bug, and refine it."""
        self.create(by, type, title, team=team, points=points, **about)
        self.refined(by, title)

    def refined(self, by: str, title: str) -> None:
        """Refine a story or a bug until it is ready."""
        self.move(by, title, "refine")
        self.move(by, title, "mark_ready", dor_checks=_READY)

    def review(self, by: str, title: str) -> None:
        """Hand it over to a second person."""
        self.edit(by, title, dod_checks=dict.fromkeys((each["id"] for each in _DOD), True))
        self.move(by, title, "request_review")
