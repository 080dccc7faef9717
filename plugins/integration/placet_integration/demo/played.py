"""The story played on an engine, by the clock of a demonstration: it ends now, whatever day that is.

Dates are written as the story has them. On the way in they are moved by whole weeks, so that weekdays, notice periods
and weeks of the calendar stay what they are; on the way out the clock is moved back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from placet import BlockedError, Decision, week_of
from placet.demo import Stage
from placet_integration.demo.tale import CAST, START, WORKSPACE, Tale

if TYPE_CHECKING:
    from placet.api import CurrentEngine

_KEY = WORKSPACE["key"]
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK = re.compile(r"\d{4}-W\d{2}")
_MOST = 1000


class Played(Tale):
    """The story on the stage of a demonstration."""

    def __init__(self, stage: Stage, end: str) -> None:
        super().__init__()
        self.stage = stage
        self.engine = stage.engine
        self._shift = timedelta(weeks=(stage.today - datetime.fromisoformat(end)) // timedelta(weeks=1))
        self._people: dict[str, Any] = {}
        self._now = START
        self.clock(START)
        self._open()

    def _open(self) -> None:
        director = self.stage.director
        self.engine.workspaces.create(director, **WORKSPACE)
        holders: dict[str, list[str]] = {}
        for person, (name, roles) in CAST.items():
            self._people[person] = self.stage.person(person, name, f"{person}@portal.example")
            for role in roles:
                holders.setdefault(role, []).append(person)
        for role, people in holders.items():
            self.engine.workspaces.assign(director, _KEY, role, people)

    def by(self, person: str) -> Acting:
        return Acting(self, self._people[person])

    def clock(self, now: str) -> None:
        self._now = now
        self.stage.at(datetime.fromisoformat(self.shifted(now)))

    @property
    def now(self) -> str:
        return self._now

    def this_sunday(self, days: int) -> str:
        """The Sunday of the week in which the demonstration is loaded, and so many days after it, as a day of the story."""
        today = self.stage.today.date()
        return (today + timedelta(days=7 - today.isoweekday() + days) - self._shift).isoformat()

    def shifted(self, value: Any) -> Any:
        """A value with its dates moved to those of the demonstration."""
        match value:
            case str() if _MOMENT.fullmatch(value):
                moved = datetime.fromisoformat(value).astimezone(UTC) + self._shift
                return moved.strftime("%Y-%m-%dT%H:%M:%SZ")
            case str() if _DAY.fullmatch(value):
                return (date.fromisoformat(value) + self._shift).isoformat()
            case str() if _WEEK.fullmatch(value):
                monday = date.fromisocalendar(int(value[:4]), int(value[6:]), 1) + self._shift
                return week_of(monday)
            case Mapping():
                return {name: self.shifted(each) for name, each in value.items()}
            case list():
                return [self.shifted(each) for each in value]
            case _:
                return value

    def appoint(self, by: str, key: str, role: str, *people: str) -> None:
        self.engine.items.set_role(self._people[by], key, role, list(people))

    def confirm(self, person: str, key: str, confirmation: str) -> None:
        self.engine.confirmations.decide(self._people[person], key, confirmation, confirm=True, comment="")

    def seed(self, only: tuple[str, ...]) -> list[str]:
        from placet_cobit.controls.defaults import shipped_controls  # noqa: PLC0415  # installed where it is played
        from placet_cobit.objectives.tables import shipped_table  # noqa: PLC0415
        from placet_cobit.seeding.seeds import seed_controls, seed_objectives  # noqa: PLC0415

        engine = cast("CurrentEngine", self.engine)
        seed_objectives(engine, self._people["cora"], _KEY, shipped_table())
        return seed_controls(engine, self._people["cleo"], _KEY, shipped_controls(), only).made

    def fields(self, key: str) -> dict[str, Any]:
        return dict(self.engine.items.get(self.stage.director, key).fields)

    def state(self, key: str) -> str:
        return str(self.engine.items.get(self.stage.director, key).state)

    def linked(self, key: str, link_type: str) -> list[str]:
        found = self.engine.items.links(self.stage.director, key)
        return [end.key for end in found if end.link_type == link_type]

    def all(self, type: str, **where: Any) -> list[str]:
        found = self._found(type)
        return [
            each.key for each in found if all(each.fields.get(name) == value for name, value in where.items())
        ]

    def below(self, parent: str, type: str) -> list[str]:
        return [each.key for each in self._found(type) if each.parent == parent]

    def _found(self, type: str) -> list[Any]:
        director = self.stage.director
        query = self.engine.reports.item_query(director, workspace=_KEY, type=type, limit=_MOST)
        return sorted(self.engine.reports.items(director, query).rows, key=lambda each: each.number)

    def attempt(self, person: str, key: str, transition: str, /, **fields: Any) -> None:
        """Let somebody try a transition that is refused: the refusal is in the log."""
        with suppress(BlockedError):
            self.by(person).move(key, transition, **fields)
            raise AssertionError(f"{transition} on {key} was to be refused")


class Acting:
    """One of the people, who acts through the engine: see `tale.Player`."""

    def __init__(self, tale: Played, actor: Any) -> None:
        self._tale = tale
        self._engine = tale.engine
        self._actor = actor

    def create(self, item_type: str, title: str, /, **fields: Any) -> str:
        parent = fields.pop("parent", None)
        made = self._engine.items.create(
            self._actor, workspace=_KEY, type=item_type, title=title, parent=parent, fields=self._tale.shifted(fields)
        )  # fmt: skip
        return str(made.key)

    def edit(self, key: str, **fields: Any) -> None:
        self._engine.items.edit(self._actor, key, fields=self._tale.shifted(fields))

    def link(self, key: str, link_type: str, target: str, **attributes: Any) -> None:
        self._engine.items.link(self._actor, key, link_type, target, attributes or None)

    def move(self, key: str, transition: str, comment: str = "", /, **fields: Any) -> None:
        self._tale.stage.move(self._actor, key, transition, comment=comment, **self._tale.shifted(fields))

    def vote(self, key: str, approval: str, decision: str = "approve") -> None:
        self._engine.approvals.vote(self._actor, key, approval, Decision(decision), comment="")

    def attach(self, key: str, kind: str) -> None:
        self._engine.evidence.attach(
            self._actor, key, kind=kind, name=f"{kind}.txt", content=b"passed", media_type="text/plain"
        )  # fmt: skip
