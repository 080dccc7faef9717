"""Building sites on both databases: houses that share one, as the processes of an installation do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings

from .works import PLUGIN


@dataclass(frozen=True, slots=True)
class Site:
    """One workspace SITE under the rules of the building works, reached through two houses."""

    applications: tuple[Application, Application]
    foreman: Actor

    @property
    def engine(self) -> Engine:
        """The first house's engine."""
        return self.applications[0].engine

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """Those of both houses: what one remembers, the other does not know."""
        return self.applications[0].engine, self.applications[1].engine

    def create(self, type: str, *, parent: str | None = None, **fields: Any) -> ItemRecord:
        """Make an item."""
        return self.engine.items.create(
            self.foreman, workspace="SITE", type=f"works.{type}", title=type, fields=fields, parent=parent
        )

    def state(self, key: str) -> str:
        """The state in which an item is now."""
        return self.engine.items.get(self.foreman, key).state


def settings_for(database_url: str, folder: Path) -> Settings:
    """Settings of a house over a database. Checks have all the time there is: acts are held in them."""
    return Settings(
        database_url=database_url, evidence_url=str(folder / "evidence"), pool_size=16, check_deadline=60
    )


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A building site with one foreman."""
    with ExitStack() as cleanup:
        settings = settings_for(database_url, tmp_path)
        applications = (
            build(settings, registry=Registry.of(PLUGIN)),
            build(settings, registry=Registry.of(PLUGIN)),
        )
        for application in applications:
            cleanup.callback(application.close)
        engine = applications[0].engine
        engine.workspaces.create(SYSTEM_ACTOR, key="SITE", name="The site", methods=["works"])
        foreman = engine.people.add(SYSTEM_ACTOR, id="fred", name="Fred")
        engine.workspaces.assign(SYSTEM_ACTOR, "SITE", "works.foreman", ["fred"])
        yield Site(applications, foreman)


#: How often each race is run: few times with all tests, many times with `make soak`.
ROUNDS = [pytest.param(30, id="30"), pytest.param(500, id="500", marks=pytest.mark.soak)]


@pytest.fixture(params=ROUNDS)
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a race is run."""
    return int(request.param)
