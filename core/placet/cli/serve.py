"""`placet serve`: the database made ready, what cannot work shown, and the server started."""

from __future__ import annotations

import gc
import os
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import uvicorn

from placet.api import create_app
from placet.api.connection import Connection
from placet.app import House, build, make_sandbox, migrate
from placet.cli.output import OUT
from placet.demo import Showing, load_demo
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import SettingsError
from placet.settings import Settings, load_settings
from placet.store import schema
from placet.store.database import open_store

#: After how many new objects, and how many collections of the younger ones, the collector looks for circles.
_COLLECTIONS = (20_000, 20, 20)


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    demo: bool,
    test_clock: datetime | None,
    working: bool,
) -> None:
    """Serve until interrupted.

    Raises:
        SchemaError, SettingsError
    """
    _make_ready(settings)
    if test_clock is not None:
        make_sandbox(settings, test_clock)
    base = f"http://{host}:{port}"
    house = build(settings)
    _report(house)
    showing = load_demo(house) if demo else None
    house.close()
    OUT.note(f"Placet listens at {base}, its operations are listed at {base}/docs")
    if showing is not None:
        _present(showing, base)
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "log_level": "warning" if settings.log_level == "info" else settings.log_level,
        "access_log": settings.log_level == "debug",
        "server_header": False,
        "http": Connection,
    }
    # Other processes read their settings themselves, so what came from a flag has to be in the environment.
    os.environ["PLACET_DATABASE_URL"] = settings.database_url
    # On PostgreSQL there are as many workers as are started.
    with _worker_beside() if working and settings.sqlite_file is not None else nullcontext():
        if workers == 1:
            uvicorn.run(application(), **options)
        else:
            uvicorn.run("placet.cli.serve:application", factory=True, workers=workers, **options)


def _worker_beside() -> AbstractContextManager[None]:
    from placet.cli.work import worker_beside  # the engine of tasks takes half a second to import

    return worker_beside()


def application() -> Any:
    """The application of one server process."""
    settings = load_settings()
    made = create_app(build(settings, asynchronous=settings.sqlite_file is None))
    _collect_less()
    return made


def _collect_less() -> None:
    """Keep Python's collector off what stays for as long as the process lives, and let it look less often.

    An act makes thousands of objects and hardly a circle: at the usual thresholds a tenth of its time goes into looking
    for some, and now and then a request waits while everything is looked through.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)


def _make_ready(settings: Settings) -> None:
    """Migrate an empty SQLite database; on PostgreSQL that is an administrator's decision."""
    if settings.sqlite_file is None:
        return
    folder = settings.sqlite_file.parent
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder} for the database: make it first")
    store = open_store(settings.database_url)
    empty = schema.current(store.engine) is None
    store.close()
    if empty:
        migrate(settings)


def _report(house: House) -> None:
    """Show what cannot work: a plugin that did not load, and a workspace whose rules are not usable.

    Neither keeps the others from working: gates of such a workspace fail closed, and its answers say why.
    """
    for plugin in house.registry.plugins:
        if plugin.status == "failed":
            OUT.note(f"the plugin {plugin.name} did not load: {plugin.error}")
    for finding in house.engine.lint(SYSTEM_ACTOR):
        if finding.severity == "error" and finding.code != "missing-method":
            OUT.note(f"rules in use cannot work, and nothing moves under them: {finding}")


def _present(showing: Showing, base: str) -> None:
    OUT.note("")
    OUT.note(showing.welcome)
    for person in showing.people:
        OUT.note(f"  {person.name}, {person.does}: {person.token}")
    OUT.note("")
    OUT.note("A refusal that explains itself:")
    OUT.note(
        f"  curl -s -X POST {base}/api/v1{showing.path} -H 'Authorization: Bearer {showing.people[0].token}' "
        f"-H 'Content-Type: application/json' -d '{showing.body}'"
    )
    OUT.note("")
