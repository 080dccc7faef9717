"""An act under PRINCE2 and under Agile, against one under ITIL: no method costs much more than another.

Sixteen people on four projects, in four teams, and at one service desk. Those of one project record against the same
stage, those of one team pull from the same columns, and those at the desk share configuration items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import placet_agile
import placet_governance
import placet_itil_change
import placet_prince2
from benchmarks.desk.flow import ACTS, CIS, Turn
from benchmarks.rounds import Candidate, Effort, Line, compare, in_threads
from placet import GateMode
from placet.app import Application, build, migrate
from placet.catalog.catalog import Catalog
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.testing import DeskClock

PEOPLE, PLACES = 16, 4
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
_WHY = "as was agreed in the meeting of this morning"
#: Ratio of an act's rate to that of ITIL.
_AIM = 0.5
_TOLERANCES: list[dict[str, Any]] = [
    {"aspect": "time", "target": "2027-03-31", "unit": "days", "upper": 10, "lower": 5},
    {"aspect": "cost", "target": 100_000, "unit": "EUR", "upper": 10_000, "lower": 100_000},
    {"aspect": "scope", "target": 100, "unit": "percentage points", "upper": 0, "lower": 10},
    {"aspect": "risk", "target": 0, "unit": "EUR", "upper": 40_000, "lower": 0},
]
_AGILE = {"dor_enabled": False, "estimation": "none", "second_person_review": False, "mode": "kanban"}


def methods(kind: str, url: str, effort: Effort) -> list[Line]:
    """The methods against each other on one database: one person, and as many threads as there are places."""
    site = _Site(url)
    lines = []
    for clients in (1, PLACES):
        for name, flow in (("PRINCE2", _prince2), ("Agile", _agile)):
            candidates: dict[str, Candidate] = {
                name: in_threads([_next_of(flow(site, n)) for n in range(clients)]),
                "ITIL": in_threads([_next_of(_itil(site, n)) for n in range(clients)]),
            }
            title = f"an act under {name}, {kind}, {clients} client(s)"
            lines += compare(title, candidates, {"ITIL": _AIM}, effort)
    site.application.close()
    return lines


def _next_of(acts: Iterator[None]) -> Callable[[], object]:
    """A client that makes the next act each time."""
    return lambda: next(acts)


class _Site:
    """A database with a desk, four projects with a running stage each, and four teams, all with their people."""

    def __init__(self, url: str) -> None:
        settings = Settings(database_url=url)
        migrate(settings)
        registry = Registry.of(placet_governance, placet_itil_change, placet_prince2, placet_agile)
        self.application: Application = build(settings, clock=DeskClock(NOW), registry=registry)
        self.engine = self.application.engine
        self.people = [self._person(f"maker{n}") for n in range(PEOPLE)]
        self.bosses = [self._person(f"boss{n}") for n in range(PLACES)]
        self._workspace("OPS", "itil")
        self._workspace("WEB", "governance", "agile", settings={"agile": _AGILE})
        catalog = self._workspace("CLAIM", "governance", "prince2")
        # The papers of a project are not measured, and none of these projects has them.
        papers = {gate: GateMode.OBSERVE for type in ("project", "stage") for gate in _gates(catalog, type)}
        self.engine.workspaces.change(SYSTEM_ACTOR, "CLAIM", gate_modes=papers)
        item = {"kind": "server", "criticality": 1, "data_class": "internal", "owner": "boss0"}
        self.cis = [self.make(self.bosses[0], "OPS", "itil.configuration_item", item) for _ in range(CIS)]
        self.stages = [self._stage(n) for n in range(PLACES)]
        self.teams = [self._team(n) for n in range(PLACES)]

    def make(
        self, by: Actor, workspace: str, type: str, fields: dict[str, Any], parent: str | None = None
    ) -> str:
        """Make an item; returns its key."""
        made = self.engine.items.create(
            by, workspace=workspace, type=type, title="Something", fields=fields, parent=parent
        )
        return made.key

    def move(self, by: Actor, key: str, transition: str, **fields: Any) -> None:
        """Make a transition."""
        self.engine.transition(by, key, transition, fields=fields, comment=_WHY)

    def _person(self, id: str) -> Actor:
        return self.engine.people.add(SYSTEM_ACTOR, id=id, name=id.title())

    def _workspace(self, key: str, *methods: str, settings: dict[str, Any] | None = None) -> Catalog:
        self.engine.workspaces.create(
            SYSTEM_ACTOR, key=key, name=key, methods=list(methods), settings=settings or {}
        )
        catalog = self.engine.workspaces.catalog(SYSTEM_ACTOR, key)
        everybody = [each.id for each in (*self.bosses, *self.people)]
        for role in catalog.roles.values():
            if not role.held_on:
                self.engine.workspaces.assign(SYSTEM_ACTOR, key, role.id, everybody[: role.max_holders])
        return catalog

    def _appoint(self, key: str, **people: list[Actor]) -> None:
        method = self.engine.items.get(SYSTEM_ACTOR, key).type.partition(".")[0]
        for role, holders in people.items():
            ids = [each.id for each in holders]
            self.engine.items.set_role(SYSTEM_ACTOR, key, f"{method}.{role}", ids)

    def _crew(self, place: int) -> list[Actor]:
        """The people of a place."""
        return self.people[place::PLACES]

    def _stage(self, place: int) -> str:
        manager, *others = self._crew(place)
        boss = self.bosses[place]
        project = self.make(boss, "CLAIM", "prince2.project", {"mandate": "Claims are filed online."})
        self._appoint(
            project, executive=[boss], senior_user=[others[0]], senior_supplier=[others[1]],
            project_manager=[manager], change_authority=[boss],
        )  # fmt: skip
        self.move(boss, project, "start_up")
        self.move(boss, project, "authorize_initiation")
        self.move(boss, project, "authorize_project")
        stage = self.make(manager, "CLAIM", "prince2.stage", {"number": 1, "kind": "initiation"}, project)
        plan = self.make(
            manager, "CLAIM", "prince2.management_product",
            {
                "kind": "stage_plan", "content": "As agreed.", "planned_start": "2026-11-16",
                "planned_end": "2027-03-31", "budget": 100_000, "tolerances": _TOLERANCES,
            }, stage,
        )  # fmt: skip
        self.move(manager, stage, "submit_plan", stage_plan=plan)
        self.move(boss, stage, "authorize_stage")
        return stage

    def _team(self, place: int) -> str:
        crew = self._crew(place)
        limits = {"selected": 20, "in_progress": 10, "in_review": 10}
        dod = [{"id": "good", "text": "It is good"}]
        fields = {"members": [], "dod": dod, "wip_limits": limits, "person_limit": 5}
        team = self.make(self.bosses[place], "WEB", "agile.team", fields)
        self._appoint(team, product_owner=[self.bosses[place]], scrum_master=[crew[0]], developer=crew)
        return team


def _gates(catalog: Catalog, type: str) -> set[str]:
    """The gates of an item type of PRINCE2."""
    item_type = catalog.item_type(f"prince2.{type}")
    moves = item_type.workflow.transitions
    return {gate.id for gate in (*item_type.creation, *(gate for move in moves for gate in move.gates))}


def _itil(site: _Site, number: int) -> Iterator[None]:
    """Changes and incidents as at the desk, as far as one person takes them."""
    person = site.people[number]
    taken = [act for act in ACTS if act.verb in {"create", "move"} and not act.boss]
    for turn in (Turn(number, PEOPLE, each, NOW) for each in count()):
        keys: dict[str, str] = {}
        for act in taken:
            fields = act.fields(turn)
            if act.ci:
                fields = {**fields, "cis": [site.cis[turn.ci]]}
            if act.verb == "create":
                fields = {**fields, "implementer": person.id} if act.about == "change" else fields
                keys[act.about] = site.make(person, "OPS", f"itil.{act.about}", fields)
            else:
                site.move(person, keys[act.about], act.name, **fields)
            yield


def _agile(site: _Site, number: int) -> Iterator[None]:
    """Stories from their record to done, over a board with limits."""
    team, person, boss = site.teams[number % PLACES], site.people[number], site.bosses[number % PLACES]
    while True:
        key = site.make(boss, "WEB", "agile.story", {"team": team})
        yield
        for act in ("refine", "mark_ready", "select"):
            site.move(person, key, act)
            yield
        site.move(person, key, "start", pull_override_reason=_WHY)
        yield
        site.engine.items.edit(person, key, fields={"dod_checks": {"good": True}})
        yield
        for act in ("request_review", "finish"):
            site.move(person, key, act)
            yield


def _prince2(site: _Site, number: int) -> Iterator[None]:
    """Work packages of a running stage, with their forecasts, which the tolerances of the stage are held against."""
    stage, manager, person = site.stages[number % PLACES], site.people[number % PLACES], site.people[number]
    product = site.make(
        manager, "CLAIM", "prince2.product",
        {
            "kind": "specialist", "purpose": "Claims", "composition": "Form", "producer": person.id,
            "approver": site.bosses[0].id, "reviewers": [site.bosses[1].id], "moscow": "should", "weight": 1,
            "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
        }, stage,
    )  # fmt: skip
    site.move(manager, product, "baseline_description")
    agreed = [
        {"aspect": "time", "target": "2026-12-31", "unit": "days", "upper": 5, "lower": 20},
        {"aspect": "cost", "target": 1000, "unit": "EUR", "upper": 100, "lower": 1000},
    ]
    fields = {
        "products": [product], "planned_start": "2026-11-16", "planned_end": "2026-12-31", "budget": 1000,
        "tolerances": agreed,
    }  # fmt: skip
    while True:
        package = site.make(manager, "CLAIM", "prince2.work_package", fields, stage)
        yield
        site.engine.items.set_role(manager, package, "prince2.team_manager", [person.id])
        yield
        site.move(manager, package, "authorize_work_package")
        yield
        for act in ("accept", "start"):
            site.move(person, package, act)
            yield
        for spent in (100, 300, 600):
            site.move(
                person, package, "update_forecasts", actual_cost=spent, estimate_to_complete=900 - spent
            )
            yield
        site.move(manager, package, "cancel")
        yield
