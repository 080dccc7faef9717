"""`placet serve`: prepares the database, reports unusable rules, and starts the server."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import datetime
from functools import partial
from typing import Any

import uvicorn

from placet.api import create_app
from placet.api.connection import Connection
from placet.app import Application, build, make_sandbox, migrate
from placet.cli.collecting import collect_less, loading
from placet.cli.logs import in_full, said_already, without
from placet.cli.output import OUT
from placet.cli.servers import Processes, Server
from placet.definitions.demonstration import Shown
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import SettingsError
from placet.settings import Settings, load_settings
from placet.showing import Showing, load_demo
from placet.store import schema
from placet.store.store import open_store

#: Connections that may wait until they are accepted, as many as with uvicorn.
_BACKLOG = 2048
_LAST_PORT = 65535
#: Seconds after which a server process that does not answer is restarted. It answers once it has imported everything,
#: which on a busy machine takes longer than the five seconds of uvicorn: it would be restarted forever.
_STARTING = 60


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
    """Serve until interrupted. Nothing is written unless the port is free, and nothing announced before it answers.

    Raises:
        SchemaError, SettingsError
    """
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    _demand_folder(settings)
    with ExitStack() as until_over:
        # First of all: a start that fails for the port leaves no database behind, and loads no demonstration.
        listening = until_over.enter_context(_listening(host, port))
        _make_ready(settings)
        if test_clock is not None:
            make_sandbox(settings, test_clock)
        with loading():
            opened = build(settings)
        with closing(opened) as application:
            _report(application)
            application.engine.installation.note_plugins()
            showing = _loaded(application) if demo else None
        # Other processes read their settings themselves, so what came from a flag has to be in the environment.
        os.environ["PLACET_DATABASE_URL"] = settings.database_url
        if demo and settings.tokens_for_others is None:
            os.environ["PLACET_TOKENS_FOR_OTHERS"] = "full"
        config = _config(settings, showing, host=host, port=port, workers=workers)
        # On PostgreSQL, workers are started separately.
        if working and settings.sqlite_file is not None:
            until_over.enter_context(_worker_beside())
        in_full()
        _run(config, listening, partial(_announce, base, showing))


def _loaded(application: Application) -> Showing:
    # Warnings about slow checks, while months are played in seconds, do not help users of the demonstration.
    with without(logging.WARNING):
        return load_demo(application)


def _listening(host: str, port: int) -> socket.socket:
    """The listening socket of the server. Clients that connect before the server is ready wait in its queue.

    Raises:
        SettingsError: the port is in use, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            another = port + 1 if port < _LAST_PORT else port - 1
            raise SettingsError(
                f"another program listens at port {port} of {host} already: stop it, or choose another port, such as "
                f'placet serve --port {another} or make run RUN="--port {another}"'
            ) from error
        # The text of the error repeats the address; the error of an unknown host name has no such number.
        reason = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
        raise SettingsError(
            f"the server cannot listen at port {port} of {host}, {reason}: choose another --host or --port"
        ) from error


def _config(
    settings: Settings, showing: Showing | None, *, host: str, port: int, workers: int
) -> uvicorn.Config:
    return uvicorn.Config(
        partial(served, showing),
        factory=True,
        host=host,
        port=port,
        workers=workers,
        timeout_worker_healthcheck=_STARTING,
        log_level="warning" if settings.log_level == "info" else settings.log_level,
        access_log=settings.log_level == "debug",
        server_header=False,
        http=Connection,
    )


def _run(config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until a signal ends it, as `uvicorn.run` does with a socket of its own."""
    if config.workers > 1:
        Processes(config, listening, announce).run()
        return
    config.load()  # outside the event loop, as it takes a while
    server = Server(config, announce)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        return  # it has shut down in order
    if not server.started:
        sys.exit(1)


def _worker_beside() -> AbstractContextManager[None]:
    from placet.cli.work import worker_beside  # DBOS takes half a second to import

    return worker_beside()


def served(showing: Showing | None) -> Any:
    """The application of one server process."""
    settings = load_settings()
    with said_already():
        application = build(settings, asynchronous=settings.sqlite_file is None)
    made = create_app(application, showing)
    collect_less()
    return made


def _demand_folder(settings: Settings) -> None:
    folder = None if settings.sqlite_file is None else settings.sqlite_file.parent
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"the folder {folder} for the database does not exist: make it first")


def _make_ready(settings: Settings) -> None:
    """Migrate an empty SQLite database; on PostgreSQL an administrator decides on that."""
    if settings.sqlite_file is None:
        return
    store = open_store(settings.database_url)
    empty = schema.current(store.engine) is None
    store.close()
    if empty:
        migrate(settings)


def _report(application: Application) -> None:
    """Report workspaces whose rules are not usable; the log has shown plugins that did not load.

    Neither affects the others: gates of such a workspace fail closed, and its answers give the reason. The items
    are not read for it, or every start would take longer the more of them there are.
    """
    for finding in application.engine.reports.lint(SYSTEM_ACTOR, stored=False):
        if finding.severity == "error" and finding.code != "missing-method":
            OUT.note(f"rules in use cannot work, and nothing moves under them: {finding}")


def _announce(base: str, showing: Showing | None) -> None:
    OUT.note(f"Placet listens at {base}, which says where to begin; its operations are listed at {base}/docs")
    if showing is not None:
        _present(showing, base)


def _present(showing: Showing, base: str) -> None:
    for scene in showing.scenes:
        OUT.note("")
        OUT.note(scene.welcome)
        _introduce(*scene.people)
        OUT.note("  A refusal that explains itself:")
        OUT.note(
            f"  curl -s -X POST {base}/api/v1{scene.path} -H 'Authorization: Bearer {scene.people[0].token}' "
            f"-H 'Content-Type: application/json' -d '{scene.body}'"
        )
    OUT.note("")
    OUT.note("Behind all of them:")
    _introduce(showing.administrator)
    OUT.note("")


def _introduce(*people: Shown) -> None:
    for person in people:
        OUT.note(f"  {person.name} {person.does}: {person.token}")
