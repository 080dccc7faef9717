"""Four projects, four teams and a service desk, with sixteen people who work in all of them, and their repeated work.

Those of one project record against the same stage, those of one team pull from the same columns, and those at the desk
share configuration items: people meet each other, and no request has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from benchmarks.desk.flow import ACTS, CIS, Turn
from placet import GateMode
from placet.app import Application, build, migrate
from placet.catalog.catalog import Catalog
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.testing import DeskClock

PEOPLE, PLACES = 16, 4
WHY = "as was agreed in the meeting of this morning"
_AGILE = {"dor_enabled": False, "estimation": "none", "second_person_review": False, "mode": "kanban"}

Fields = dict[str, Any]


@dataclass(frozen=True)
class Make:
    """The making of an item; its answer is the key."""

    by: str
    workspace: str
    type: str
    fields: Fields
    parent: str | None = None


@dataclass(frozen=True)
class Move:
    """A transition."""

    by: str
    key: str
    transition: str
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """An edit."""

    by: str
    key: str
    fields: Fields


@dataclass(frozen=True)
class Appoint:
    """The appointment of people to a role on an item."""

    by: str
    key: str
    role: str
    people: list[str]


Wish = Make | Move | Edit | Appoint
#: The work of one person without an end; each wish is answered with the key of what it was about.
Work = Generator[Wish, str, None]


@dataclass(frozen=True)
class Crews:
    """Keys of an installation in which everybody can begin, by place or by person."""

    origin: datetime
    cis: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    #: One for each person.
    products: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)

    def day(self, after: int) -> str:
        """The day so many days after the beginning."""
        return (self.origin + timedelta(days=after)).date().isoformat()

    def itil(self, number: int) -> Work:
        """Changes and incidents as at the desk, as far as one person takes them."""
        person = f"maker{number}"
        taken = [act for act in ACTS if act.verb in {"create", "move"} and not act.boss]
        for turn in (Turn(number, PEOPLE, each, self.origin) for each in count()):
            keys: dict[str, str] = {}
            for act in taken:
                fields = act.fields(turn) | ({"cis": [self.cis[turn.ci]]} if act.ci else {})
                if act.verb == "create":
                    fields |= {"implementer": person} if act.about == "change" else {}
                    keys[act.about] = yield Make(person, "OPS", f"itil.{act.about}", fields)
                else:
                    yield Move(person, keys[act.about], act.name, fields)

    def agile(self, number: int) -> Work:
        """Stories from their record to done, over a board with limits."""
        place = number % PLACES
        person, boss = f"maker{number}", f"boss{place}"
        while True:
            key = yield Make(boss, "WEB", "agile.story", {"team": self.teams[place]})
            for step in ("refine", "mark_ready", "select"):
                yield Move(person, key, step)
            yield Move(person, key, "start", {"pull_override_reason": WHY})
            yield Edit(person, key, {"dod_checks": {"good": True}})
            for step in ("request_review", "finish"):
                yield Move(person, key, step)

    def prince2(self, number: int) -> Work:
        """Work packages of a running stage, with forecasts against which its tolerances are judged."""
        place = number % PLACES
        manager, person = f"maker{place}", f"maker{number}"
        fields = {
            "products": [self.products[number]], "planned_start": self.day(0), "planned_end": self.day(45),
            "budget": 1000,
            "tolerances": [
                {"aspect": "time", "target": self.day(45), "unit": "days", "upper": 5, "lower": 20},
                {"aspect": "cost", "target": 1000, "unit": "EUR", "upper": 100, "lower": 1000},
            ],
        }  # fmt: skip
        while True:
            package = yield Make(manager, "CLAIM", "prince2.work_package", fields, self.stages[place])
            yield Appoint(manager, package, "prince2.team_manager", [person])
            yield Move(manager, package, "authorize_work_package")
            for step in ("accept", "start"):
                yield Move(person, package, step)
            for spent in (100, 300, 600):
                forecast = {"actual_cost": spent, "estimate_to_complete": 900 - spent}
                yield Move(person, package, "update_forecasts", forecast)
            yield Move(manager, package, "cancel")


#: The works that are compared.
FLOWS: dict[str, Callable[[Crews, int], Work]] = {
    "ITIL": Crews.itil,
    "PRINCE2": Crews.prince2,
    "Agile": Crews.agile,
}


class Installation:
    """An installation on a new database, and the crews in it."""

    def __init__(self, settings: Settings, origin: datetime) -> None:
        migrate(settings)
        self.application: Application = build(settings, clock=DeskClock(origin))
        self._engine = self.application.engine
        self._origin = origin
        self.people = {
            id: self._engine.people.add(SYSTEM_ACTOR, id=id, name=id.title())
            for id in (*(f"maker{n}" for n in range(PEOPLE)), *(f"boss{n}" for n in range(PLACES)))
        }
        self.crews = Crews(origin)
        self._workspace("OPS", "itil")
        self._workspace("WEB", "governance", "agile", settings={"agile": _AGILE})
        catalog = self._workspace("CLAIM", "governance", "prince2")
        # The papers of a project are not measured, and none of these projects has them.
        papers = {gate: GateMode.OBSERVE for type in ("project", "stage") for gate in _gates(catalog, type)}
        self._engine.workspaces.change(SYSTEM_ACTOR, "CLAIM", gate_modes=papers)
        self._fill()

    def _fill(self) -> None:
        item = {"kind": "server", "criticality": 1, "data_class": "internal", "owner": "boss0"}
        for _ in range(CIS):
            self.crews.cis.append(self.done(Make("boss0", "OPS", "itil.configuration_item", item)))
        for place in range(PLACES):
            self.crews.stages.append(self._stage(place))
            self.crews.teams.append(self._team(place))
        for number in range(PEOPLE):
            self.crews.products.append(self._product(number))

    def done(self, wish: Wish) -> str:
        """Act inside the process; answers the key."""
        by = self.people[wish.by]
        match wish:
            case Make():
                return self._engine.items.create(
                    by, workspace=wish.workspace, type=wish.type, title="Something", fields=wish.fields,
                    parent=wish.parent,
                ).key  # fmt: skip
            case Move():
                self._engine.transition(by, wish.key, wish.transition, fields=wish.fields, comment=WHY)
            case Edit():
                self._engine.items.edit(by, wish.key, fields=wish.fields)
            case Appoint():
                self._engine.items.set_role(by, wish.key, wish.role, wish.people)
        return wish.key

    def _workspace(self, key: str, *methods: str, settings: Fields | None = None) -> Catalog:
        self._engine.workspaces.create(
            SYSTEM_ACTOR, key=key, name=key, methods=list(methods), settings=settings or {}
        )
        catalog = self._engine.workspaces.catalog(SYSTEM_ACTOR, key)
        everybody = [*(f"boss{n}" for n in range(PLACES)), *(f"maker{n}" for n in range(PEOPLE))]
        for role in catalog.roles.values():
            if not role.held_on:
                self._engine.workspaces.assign(SYSTEM_ACTOR, key, role.id, everybody[: role.max_holders])
        return catalog

    def _appoint(self, key: str, method: str, **people: list[str]) -> None:
        for role, holders in people.items():
            self._engine.items.set_role(SYSTEM_ACTOR, key, f"{method}.{role}", holders)

    def _stage(self, place: int) -> str:
        manager, *others = _crew(place)
        boss, day = f"boss{place}", self.crews.day
        project = self.done(Make(boss, "CLAIM", "prince2.project", {"mandate": "Claims are filed online."}))
        self._appoint(
            project, "prince2", executive=[boss], senior_user=[others[0]], senior_supplier=[others[1]],
            project_manager=[manager], change_authority=[boss],
        )  # fmt: skip
        for step in ("start_up", "authorize_initiation", "authorize_project"):
            self.done(Move(boss, project, step))
        stage = self.done(
            Make(manager, "CLAIM", "prince2.stage", {"number": 1, "kind": "initiation"}, project)
        )
        plan = {
            "kind": "stage_plan", "content": "As agreed.", "planned_start": day(0), "planned_end": day(120),
            "budget": 100_000,
            "tolerances": [
                {"aspect": "time", "target": day(120), "unit": "days", "upper": 10, "lower": 5},
                {"aspect": "cost", "target": 100_000, "unit": "EUR", "upper": 10_000, "lower": 100_000},
                {"aspect": "scope", "target": 100, "unit": "percentage points", "upper": 0, "lower": 10},
                {"aspect": "risk", "target": 0, "unit": "EUR", "upper": 40_000, "lower": 0},
            ],
        }  # fmt: skip
        key = self.done(Make(manager, "CLAIM", "prince2.management_product", plan, stage))
        self.done(Move(manager, stage, "submit_plan", {"stage_plan": key}))
        self.done(Move(boss, stage, "authorize_stage"))
        return stage

    def _product(self, number: int) -> str:
        manager = f"maker{number % PLACES}"
        described = {
            "kind": "specialist", "purpose": "Claims", "composition": "Form", "producer": f"maker{number}",
            "approver": "boss0", "reviewers": ["boss1"], "moscow": "should", "weight": 1,
            "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
        }  # fmt: skip
        stage = self.crews.stages[number % PLACES]
        key = self.done(Make(manager, "CLAIM", "prince2.product", described, stage))
        self.done(Move(manager, key, "baseline_description"))
        return key

    def _team(self, place: int) -> str:
        crew, boss = _crew(place), f"boss{place}"
        limits = {"selected": 20, "in_progress": 10, "in_review": 10}
        dod = [{"id": "good", "text": "It is good"}]
        fields = {"members": [], "dod": dod, "wip_limits": limits, "person_limit": 5}
        team = self.done(Make(boss, "WEB", "agile.team", fields))
        self._appoint(team, "agile", product_owner=[boss], scrum_master=[crew[0]], developer=crew)
        return team


def _crew(place: int) -> list[str]:
    """The people of a place."""
    return [f"maker{n}" for n in range(place, PEOPLE, PLACES)]


def _gates(catalog: Catalog, type: str) -> set[str]:
    """The gates of an item type of PRINCE2."""
    item_type = catalog.item_type(f"prince2.{type}")
    moves = item_type.workflow.transitions
    return {gate.id for gate in (*item_type.creation, *(gate for move in moves for gate in move.gates))}
