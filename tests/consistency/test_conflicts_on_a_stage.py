"""Who forecasts a package of a stage meets others who forecast its packages, and nobody who works on anything else.

The forecast stands still after it has judged all levels, others come to their end beside it, and then it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from law import assert_law
from projects import Ground

import placet_governance
import placet_prince2
from placet import Consequence, EffectContext, Extension, GateMode, effect
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine

from .conftest import two_applications
from .rendezvous import MEETING, meeting_place

#: By item type, the field by which its tolerances are judged again.
FIGURES_OF = {
    "prince2.work_package": "actual_cost", "prince2.product": "undelivered", "governance.risk": "cost_impact",
}  # fmt: skip
PACKAGE: dict[str, Any] = {"planned_start": "2026-11-16", "planned_end": "2099-01-31", "budget": 1000}
RISK: dict[str, Any] = {
    "kind": "threat", "cause": "Rain", "event": "A flood", "effect": "Wet paper", "probability_percent": 50,
}  # fmt: skip


@effect("meeting.arrive")
def arrive(_: EffectContext) -> None:
    """Come by after the tolerances were judged: consequences of the type itself go first."""
    MEETING.arrive()


def _extend(catalog: Extension) -> None:
    for type, figure in FIGURES_OF.items():
        catalog.add_consequence(type, Consequence(f"meeting.{figure}", [figure], [arrive]))


MEETING_PLACE = meeting_place("prince2", placet_extend=_extend)


#: Figures that no item has had, each small enough for every tolerance.
FIGURES = count(1)


class Stage:
    """A stage that runs, with its packages, products and risks, reached through two houses."""

    def __init__(self, engines: tuple[Engine, Engine]) -> None:
        self.engine, self.other = engines
        self.people: dict[str, Actor] = {}
        self.engine.workspaces.create(
            SYSTEM_ACTOR, key="PRO", name="Projects", methods=["governance", "prince2", "meeting"]
        )
        self.ground = Ground(self.engine, "PRO", self.person)
        for name in ("business_layer", "project_manager"):
            person = self.person(name)
            self.engine.workspaces.assign(SYSTEM_ACTOR, "PRO", f"governance.{name}", [person.id])
        papers = dict.fromkeys(("prince2.wp_described", "prince2.description_complete"), GateMode.OBSERVE)
        self.engine.workspaces.change(SYSTEM_ACTOR, "PRO", gate_modes=papers)
        _, self.key = self.ground.project()
        self.packages = [self._made("work_package", "authorize_work_package", **PACKAGE) for _ in range(2)]
        # Without the two small ones, the scope is still inside its tolerance.
        _, *self.products = [
            self._made("product", "baseline_description", kind="specialist", weight=weight)
            for weight in (100, 1, 1)
        ]
        self.risk, self.other_risk = (
            self.ground.create("project_manager", "governance.risk", parent=self.key, **RISK)
            for _ in range(2)
        )
        # Everything that is searched for has been searched for before, so that it is counted by all writers.
        for key in (*self.packages, *self.products, self.risk, self.other_risk):
            self.change(self.engine, key)

    def person(self, name: str) -> Actor:
        if name not in self.people:
            self.people[name] = self.engine.people.add(SYSTEM_ACTOR, id=name, name=name.title())
        return self.people[name]

    def _made(self, type: str, transition: str, **fields: Any) -> str:
        key = self.ground.create("project_manager", f"prince2.{type}", parent=self.key, **fields)
        self.ground.move("project_manager", key, transition)
        return key

    def change(self, engine: Engine, key: str) -> None:
        """Change a figure of an item, by which tolerances are judged again."""
        item = engine.items.get(SYSTEM_ACTOR, key)
        field = FIGURES_OF[item.type]
        figure = not item.fields[field] if field == "undelivered" else next(FIGURES)
        engine.items.edit(self.person("project_manager"), key, fields={field: figure})

    def write(self, engine: Engine, key: str) -> None:
        """Change something of an item that no tolerance is judged by."""
        words = {
            "prince2.work_package": "constraints",
            "prince2.product": "handover_to",
            "governance.risk": "cause",
        }
        field = words[engine.items.get(SYSTEM_ACTOR, key).type]
        engine.items.edit(self.person("project_manager"), key, fields={field: f"number {next(FIGURES)}"})

    def attempts(self, key: str, beside: Callable[[Engine], None]) -> int:
        """How often a change of a figure came to its decision while that happened beside it."""
        with ThreadPoolExecutor(1) as pool, MEETING.stop() as stop:
            running = pool.submit(self.change, self.engine, key)
            stop.wait()
            beside(self.other)
            stop.release()
            running.result()
        return stop.arrivals


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    with two_applications(database_url, tmp_path, placet_governance, placet_prince2, MEETING_PLACE) as (
        one,
        other,
    ):
        yield Stage((one.engine, other.engine))


class TestAForecastOfAPackage:
    def test_meets_nobody_who_works_on_products_and_risks(self, stage: Stage) -> None:
        """Time and cost are all that it can change of its stage, and it reads what these are made of."""
        assert stage.attempts(stage.packages[0], lambda engine: stage.write(engine, stage.products[0])) == 1
        assert stage.attempts(stage.packages[0], lambda engine: stage.write(engine, stage.risk)) == 1
        assert_law(stage.engine)

    def test_meets_other_forecasts_of_the_stage(self, stage: Stage) -> None:
        """The control: a stage costs its packages together."""
        assert stage.attempts(stage.packages[0], lambda engine: stage.change(engine, stage.packages[1])) == 2


class TestAChangeOfAProduct:
    def test_meets_nobody_who_works_on_packages_and_risks(self, stage: Stage) -> None:
        """Scope and quality are all that it can change of its stage."""
        assert stage.attempts(stage.products[0], lambda engine: stage.change(engine, stage.packages[0])) == 1
        assert stage.attempts(stage.products[0], lambda engine: stage.write(engine, stage.risk)) == 1
        assert_law(stage.engine)

    def test_meets_other_products_of_the_stage(self, stage: Stage) -> None:
        """The control: the scope is a share of all products together."""
        assert stage.attempts(stage.products[0], lambda engine: stage.change(engine, stage.products[1])) == 2


class TestAChangeOfARisk:
    def test_meets_nobody_who_works_on_packages_and_products(self, stage: Stage) -> None:
        """The exposure is all that it can change of its stage."""
        assert stage.attempts(stage.risk, lambda engine: stage.change(engine, stage.packages[0])) == 1
        assert stage.attempts(stage.risk, lambda engine: stage.write(engine, stage.products[0])) == 1
        assert_law(stage.engine)

    def test_meets_other_risks_of_the_stage(self, stage: Stage) -> None:
        """The control: the exposure is that of all risks together."""
        assert stage.attempts(stage.risk, lambda engine: stage.change(engine, stage.other_risk)) == 2
