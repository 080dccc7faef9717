"""Projects with hundreds of work packages: an act costs as many statements as among a few, and an end as many steps."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from projects import Ground
from statements import sent

import placet_governance
import placet_prince2
from placet.app import build, migrate
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.testing import DeskClock
from placet.testing.bulk import fill

START = datetime(2026, 11, 16, 9, tzinfo=UTC)
FEW, MANY = 100, 400
END = "2026-12-31"
PRODUCT: dict[str, Any] = {
    "kind": "specialist", "purpose": "Claims", "composition": "Form", "producer": "project_support",
    "approver": "senior_user", "reviewers": ["project_assurance"], "moscow": "should", "weight": 1,
    "quality_criteria": [{"id": "errors", "text": "Errors in an hour", "lower": 0, "upper": 5}],
}  # fmt: skip
PACKAGE: dict[str, Any] = {
    "planned_start": "2026-11-16", "planned_end": END, "budget": 100, "tolerances": [
        {"aspect": "time", "target": END, "unit": "days", "upper": 5, "lower": 60},
        {"aspect": "cost", "target": 100, "unit": "EUR", "upper": 100, "lower": 100},
    ],
}  # fmt: skip
FORECAST = {"actual_cost": 50, "estimate_to_complete": 60, "forecast_end": "2026-12-20"}


class Site:
    """A project with a running stage of so many packages in work, each with its product, and one in draft."""

    def __init__(self, folder: Path, packages: int, cleanup: ExitStack) -> None:
        folder.mkdir()
        settings = Settings(
            database_url=f"sqlite:///{folder / 'placet.db'}", evidence_url=str(folder / "evidence")
        )
        migrate(settings)
        registry = Registry.of(placet_governance, placet_prince2)
        self.application = build(settings, clock=DeskClock(START), registry=registry)
        cleanup.callback(self.application.close)
        self.engine = self.application.engine
        self.engine.workspaces.create(
            SYSTEM_ACTOR, key="PRO", name="Projects", methods=["governance", "prince2"]
        )
        self.people: dict[str, Actor] = {}
        self.ground = Ground(self.engine, "PRO", self.person)
        self.person("business_layer")
        self.engine.workspaces.assign(SYSTEM_ACTOR, "PRO", "governance.business_layer", ["business_layer"])
        self.project, self.stage = self.ground.project()
        product = self.ground.create("project_manager", "prince2.product", parent=self.stage, **PRODUCT)
        self.ground.move("project_manager", product, "baseline_description")
        self.package, self.draft = self._drafted(product), self._drafted(product)
        self.ground.move("project_manager", self.package, "authorize_work_package")
        self.ground.appoint(self.package, "prince2", "team_manager")
        for move in ("accept", "start"):
            self.ground.move("team_manager", self.package, move)
        made = fill(self.application, product, ({} for _ in range(packages)), state="in_development")
        fill(self.application, self.package, ({"products": [each]} for each in made))

    def person(self, name: str) -> Actor:
        if name not in self.people:
            self.people[name] = self.engine.people.add(SYSTEM_ACTOR, id=name, name=name.title())
        return self.people[name]

    def _drafted(self, product: str) -> str:
        about = {**PACKAGE, "products": [product]}
        return self.ground.create("project_manager", "prince2.work_package", parent=self.stage, **about)

    def statements(self, act: Callable[[Ground], None]) -> int:
        """The statements of an act."""
        with sent(self.application.store) as found:
            act(self.ground)
        return len(found)

    def steps(self, act: Callable[[Ground], None]) -> int:
        """The functions that an act calls: what it takes on a machine of any speed."""
        profile = cProfile.Profile()
        profile.runcall(act, self.ground)
        return sum(each.callcount for each in profile.getstats())

    def states(self) -> set[str]:
        """The states of all packages."""
        found = self.engine.reports.search(SYSTEM_ACTOR, self.project, "prince2.work_package")
        return {each.state for each in found}


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[tuple[Site, Site]]:
    """The same project with few packages and with many."""
    with ExitStack() as cleanup:
        yield Site(tmp_path / "few", FEW, cleanup), Site(tmp_path / "many", MANY, cleanup)


def terminate(ground: Ground, stage: str) -> None:
    """The executive ends a stage."""
    ground.move("executive", stage, "terminate")


class TestAmongHundredsOfPackages:
    def test_every_act_costs_the_statements_that_it_costs_among_a_few(self, sites: tuple[Site, Site]) -> None:
        few, many = sites
        acts: dict[str, Callable[[Site], Callable[[Ground], None]]] = {
            "authorize": lambda site: (
                lambda ground: ground.move("project_manager", site.draft, "authorize_work_package")
            ),
            "forecast of a package": lambda site: (
                lambda ground: ground.move("team_manager", site.package, "update_forecasts", **FORECAST)
            ),
            "forecast of the stage": lambda site: (
                lambda ground: ground.move("project_manager", site.stage, "update_forecasts", **FORECAST)
            ),
        }

        costs = {name: (few.statements(act(few)), many.statements(act(many))) for name, act in acts.items()}

        assert [name for name, (among_few, among_many) in costs.items() if among_many > among_few] == [], (
            costs
        )

    def test_the_end_of_a_stage_computes_its_tolerances_once(self, sites: tuple[Site, Site]) -> None:
        """Every package is cancelled; with the tolerances anew for each of them, it took almost thrice the steps.

        A search looks at what the act itself has changed, so that some of the steps grow with the packages.
        """
        few, many = (site.steps(partial(terminate, stage=site.stage)) for site in sites)

        assert sites[1].states() == {"cancelled"}
        assert many < few * MANY / FEW * 1.5, (few, many)
