"""Building sites on both databases: applications that share one, as the processes of an installation do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings

from .rendezvous import lasting
from .works import FOREMAN, PLUGIN, VISITOR


@dataclass(frozen=True, slots=True)
class Site:
    """One workspace SITE under the rules of the building works, reached through two applications."""

    applications: tuple[Application, Application]
    foreman: Actor

    @property
    def engine(self) -> Engine:
        """The first application's engine."""
        return self.applications[0].engine

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """Those of both applications: what one remembers, the other does not know."""
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
    """Settings of an application over a database. Checks have all the time that a setting allows."""
    return Settings(
        database_url=database_url, evidence_url=str(folder / "evidence"), pool_size=16, check_deadline=60
    )


@contextmanager
def two_applications(
    database_url: str, folder: Path, *plugins: Any
) -> Iterator[tuple[Application, Application]]:
    """Two applications with the same plugins over one database, as two processes have them."""
    settings, registry = settings_for(database_url, folder), Registry.of(*plugins)
    with (
        closing(build(settings, registry=registry)) as one,
        closing(build(settings, registry=registry)) as other,
    ):
        for each in (one, other):
            lasting(each.engine)
        yield one, other


@pytest.fixture(autouse=True)
def patient_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts wait for each other here, and are held: on a busy machine longer than until they would give up."""
    monkeypatch.setattr("placet.store.attempts._PATIENCE", PATIENCE)


@contextmanager
def opened_site(database_url: str, folder: Path) -> Iterator[Site]:
    """A building site with one foreman, in a database that is migrated."""
    with two_applications(database_url, folder, PLUGIN) as applications:
        engine = applications[0].engine
        engine.workspaces.create(SYSTEM_ACTOR, key="SITE", name="The site", methods=["works"])
        foreman = engine.people.add(SYSTEM_ACTOR, id="fred", name="Fred")
        for role in (FOREMAN, VISITOR):
            engine.workspaces.assign(SYSTEM_ACTOR, "SITE", role.id, ["fred"])
        yield Site(applications, foreman)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site of the test's own, on either database."""
    with opened_site(database_url, tmp_path) as opened:
        yield opened


_SITES = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_site(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site that the tests of a module share, on either database: for those that speak of their own items alone."""
    folder = tmp_path_factory.mktemp("site")
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'placet.db')}"
    else:
        create: Callable[[str, str], str] = request.getfixturevalue("new_postgresql")
        # A module's tests may come back to a process after those of others: then it gets another one.
        url = create("migrated", f"site_{next(_SITES)}_of_{request.module.__name__.rpartition('.')[2]}")
    with opened_site(url, folder) as opened:
        yield opened


#: How often each race is run: with all tests, though what is forced happens every time; and with `make soak`.
ROUNDS = [pytest.param(30, id="30"), pytest.param(500, id="500", marks=pytest.mark.soak)]
#: How often processes are killed: a few times with all tests, and at as many moments as matter with `make soak`.
KILLS = [
    pytest.param(3, id="3"),
    pytest.param(20, id="20", marks=pytest.mark.soak),
]
#: Acts of one writer behind whom the log is read.
ACTS = [pytest.param(10, id="10"), pytest.param(300, id="300", marks=pytest.mark.soak)]


@pytest.fixture(params=ROUNDS)
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a race is run."""
    return int(request.param)


@pytest.fixture(params=KILLS)
def kills(request: pytest.FixtureRequest) -> int:
    """How often a process is killed."""
    return int(request.param)


@pytest.fixture(params=ACTS)
def acts(request: pytest.FixtureRequest) -> int:
    """How often each writer writes."""
    return int(request.param)
