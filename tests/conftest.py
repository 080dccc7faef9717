"""Databases for every test that stands on one: SQLite in a file, and PostgreSQL from a wheel.

`database_url`, `sqlite_url` and `postgresql_url` are migrated; `empty_database_url` has no schema yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import psycopg
import pytest
from shop import OpenShop, Shop

from placet.app import migrate
from placet.settings import Settings
from placet.testing.databases import postgres_server

#: Serializable transactions keep a lock for each row read until they are many.
_SERVER = {"max_pred_locks_per_transaction": "256", "deadlock_timeout": "100ms"}
_EMPTY, _MIGRATED = "template0", "migrated"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server without the name of a database; one for each process that runs tests."""
    with postgres_server(_SERVER) as url:
        yield url


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Callable[[str], str]:
    """Makes PostgreSQL databases of a template; answers the URL of each."""
    numbers = count(1)

    def create(template: str, name: str = "") -> str:
        name = name or f"test_{next(numbers)}"
        with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
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
def open_shop(tmp_path: Path) -> Iterator[OpenShop]:
    """Opens repair shops (see `shop.py`), and closes them after the test."""
    with ExitStack() as opened:
        yield OpenShop(tmp_path, opened)


@pytest.fixture
def shop(open_shop: OpenShop, sqlite_url: str) -> Shop:
    """A repair shop on SQLite."""
    return open_shop(sqlite_url)


@pytest.fixture
def any_shop(open_shop: OpenShop, database_url: str) -> Shop:
    """A repair shop on either database."""
    return open_shop(database_url)
