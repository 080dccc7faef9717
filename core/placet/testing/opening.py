"""Opening a desk: the slow parts are done once, and kept as a file to be copied."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from placet.app import Application, build, migrate
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings
from placet.testing.clock import DeskClock

#: Key of the workspace.
KEY = "DESK"
FILE, EVIDENCE = "desk.db", "evidence"


@lru_cache(maxsize=1)
def _empty_database() -> bytes:
    """A migrated SQLite file, made once in a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        migrate(Settings(database_url=f"sqlite:///{file}"))
        return file.read_bytes()


#: A database, and the people in it by id.
_Opened = tuple[bytes, dict[str, Actor]]
#: By the plugins, and by the arguments of the desk.
_OPENED: WeakKeyDictionary[Registry, dict[str, _Opened]] = WeakKeyDictionary()


def opened(
    registry: Registry,
    key: str,
    methods: Sequence[str] | None,
    settings: Mapping[str, Mapping[str, Any]] | None,
    people: Mapping[str, Sequence[str]] | None,
) -> _Opened:
    """The database of a newly opened desk, whose workspace has a key, and its people.

    Made once for each registry and set of arguments: opening a workspace and filling its roles takes longer than most
    tests.
    """
    made = _OPENED.setdefault(registry, {})
    wanted = json.dumps([key, methods, settings, people], default=str, sort_keys=True)
    if wanted not in made:
        with TemporaryDirectory() as folder:
            file = Path(folder) / FILE
            file.write_bytes(_empty_database())
            with closing(application_over(file, registry, DeskClock())) as application:
                chosen = list(registry.methods) if methods is None else methods
                actors = _furnish(application.engine, key, chosen, settings or {}, people or {})
            made[wanted] = file.read_bytes(), actors
    return made[wanted]


def copy_files(folder: Path, to: Path) -> None:
    """Copy a desk's database, which may be open, its keys and its evidence."""
    if (folder / EVIDENCE).is_dir():
        shutil.copytree(folder / EVIDENCE, to / EVIDENCE)
    for key in folder.glob(f"{FILE}.*"):
        shutil.copy(key, to)
    with closing(sqlite3.connect(folder / FILE)) as there, closing(sqlite3.connect(to / FILE)) as here:
        there.backup(here)


def application_over(file: Path, registry: Registry, clock: DeskClock) -> Application:
    """The application over a database."""
    settings = Settings(database_url=f"sqlite:///{file}", evidence_url=str(file.parent / EVIDENCE))
    return build(settings, clock=clock, registry=registry)


def _furnish(
    engine: Engine,
    key: str,
    methods: Sequence[str],
    settings: Mapping[str, Mapping[str, Any]],
    people: Mapping[str, Sequence[str]],
) -> dict[str, Actor]:
    """Make the workspace, and put people into all its roles; returns them by id.

    A role that is held on items is given there, by the test.
    """
    engine.workspaces.create(SYSTEM_ACTOR, key=key, name="The desk", methods=methods, settings=settings)
    roles = engine.workspaces.catalog(SYSTEM_ACTOR, key).roles
    own = {id: [id.partition(".")[2]] for id, role in roles.items() if not role.held_on}
    actors: dict[str, Actor] = {}
    for role, names in {**own, **people}.items():
        for name in names:
            if name not in actors and name != SYSTEM_ACTOR.id:
                actors[name] = add_person(engine, name)
        engine.workspaces.assign(SYSTEM_ACTOR, key, role, names)
    return actors


def add_person(engine: Engine, name: str) -> Actor:
    """A new person, named after the id."""
    return engine.people.add(SYSTEM_ACTOR, id=name, name=name.replace("_", " ").title())
