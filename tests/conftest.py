"""Databases for every test that stands on one: SQLite in a file, and PostgreSQL from a wheel.

`database_url`, `sqlite_url` and `postgresql_url` are migrated; `empty_database_url` has no schema yet.
"""

from __future__ import annotations

import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import psycopg
import pytest
import trials
from shop import OpenShop, Shop

from placet.app import migrate
from placet.settings import Settings
from placet.store import bridge
from placet.testing.databases import postgres_server

#: Where writers wait for each other in a circle, that is found out at once.
_SERVER = {
    "deadlock_timeout": "100ms",
    "full_page_writes": "off",  # as without fsync nobody could recover from them
}
_EMPTY, _MIGRATED = "template0", "migrated"
#: Databases that are kept at once. A few, as servers of former tests may still be at their end.
_KEPT = 8

trials.load()


def pytest_configure() -> None:
    """Where a trace function measures, nothing starts greenlets (pyproject.toml, at coverage's `concurrency`, why)."""
    if sys.gettrace() is not None:
        bridge.greenlet_spawn = _refuse  # type: ignore[assignment,attr-defined]  # an import of its own


@pytest.hookimpl(tryfirst=True)  # marks are chosen by at the same call
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Servers within this process (`serve`) work without threads on PostgreSQL, and so in greenlets."""
    for item in items:
        if isinstance(item, pytest.Function) and "serve" in item.fixturenames and _on_postgresql(item):
            item.add_marker(pytest.mark.greenlets)


def _on_postgresql(item: pytest.Function) -> bool:
    chosen = item.callspec.params if hasattr(item, "callspec") else {}
    return (
        "postgresql" in {chosen.get("database_url"), chosen.get("any_shop"), chosen.get("opened_shop")}
        or not {"postgresql_url", "cluster_url"}.isdisjoint(item.fixturenames)
    )  # fmt: skip


async def _refuse(_: object) -> None:
    raise RuntimeError(
        "this test starts greenlets: mark it with `greenlets`, and `make coverage` leaves it out"
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server without the name of a database; one for each process that runs tests."""
    with postgres_server(_SERVER) as url:
        yield url


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Callable[[str], str]:
    """Makes PostgreSQL databases of a template; answers the URL of each.

    One that is named stays; the others are a test's own, and go when some more were made after them.
    """
    numbers, passing = count(1), deque[str]()

    def create(template: str, name: str = "") -> str:
        statements = []
        if not name:
            name = f"test_{next(numbers)}"
            if len(passing) >= _KEPT:
                statements.append(f"DROP DATABASE {passing.popleft()} WITH (FORCE)")
            passing.append(name)
        # Copied file by file: block by block through the log takes three times as long.
        statements.append(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        return f"{postgresql_server}/{name}"

    migrate(Settings(database_url=create(_EMPTY, _MIGRATED)))
    return create


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("template") / "placet.db"
    migrate(Settings(database_url=f"sqlite:///{file}"))
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    file = tmp_path / "placet.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[str], str]) -> str:
    """A migrated PostgreSQL database of the test's own."""
    return new_postgresql(_MIGRATED)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the test's own without a schema, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    create: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return create(_EMPTY)


@pytest.fixture
def open_shop(sqlite_shop: Path, tmp_path: Path) -> Iterator[OpenShop]:
    """Opens repair shops (see `shop.py`), and closes them after the test."""
    with ExitStack() as opened:
        yield OpenShop(tmp_path, opened, sqlite_shop)


@pytest.fixture(scope="session")
def sqlite_shop(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with an open repair shop, to be copied."""
    folder = tmp_path_factory.mktemp("shop")
    file = folder / "placet.db"
    shutil.copyfile(sqlite_template, file)
    with ExitStack() as opened:
        OpenShop(folder, opened)(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_shop(new_postgresql: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with an open repair shop, to be used as a template."""
    with ExitStack() as opened:
        OpenShop(tmp_path_factory.mktemp("shop"), opened)(new_postgresql(_MIGRATED, "shop"))
    return "shop"


@pytest.fixture
def shop(open_shop: OpenShop, sqlite_shop: Path, tmp_path: Path) -> Shop:
    """A repair shop on SQLite."""
    file = tmp_path / "placet.db"
    shutil.copyfile(sqlite_shop, file)
    return open_shop.again(f"sqlite:///{file}")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_shop(request: pytest.FixtureRequest, open_shop: OpenShop) -> Shop:
    """A repair shop on either database."""
    if request.param == "sqlite":
        opened: Shop = request.getfixturevalue("shop")
        return opened
    create: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return open_shop.again(create(request.getfixturevalue("postgresql_shop")))
