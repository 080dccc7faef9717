"""The web application: all operations on their paths, and the OpenAPI document with its page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import cache

import anyio
import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.routing import BaseRoute

from placet.api import (
    approvals,
    audit,
    confirmations,
    definitions,
    documentation,
    evidence,
    health,
    history,
    home,
    inbox,
    items,
    metrics,
    people,
    proposals,
    sandbox,
    timers,
    transitions,
    webhooks,
    workspaces,
)
from placet.api.absent import absent_routes
from placet.api.access import HOUR, MINUTE, Rates
from placet.api.connection import Connection, Patience
from placet.api.dependencies import SHARE
from placet.api.document import describe
from placet.api.examples import GENERIC
from placet.api.middleware import Observed, RequestIds
from placet.api.mounted import Mounted
from placet.api.overrides import Overrides
from placet.api.plugins import plugin_routes
from placet.api.readiness import ReadinessTest
from placet.api.refusals import handle_refusals
from placet.api.routing import BASE
from placet.api.stream import before_the_end
from placet.api.telemetry import Telemetry
from placet.app import Application
from placet.catalog.discovery import Registry
from placet.showing import Showing
from placet.store import bridge
from placet.store.sealing import Sealer

#: The subjects below `BASE`. The most frequent ones come first, as paths are matched in this order.
_SUBJECTS = (
    transitions, items, approvals, confirmations, inbox, evidence, timers, history, metrics, definitions, workspaces,
    proposals, audit,
    people, webhooks, sandbox,
)  # fmt: skip

#: FastAPI's own traces are not made: those of this server have its operations and acts.
_UNTRACED = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False)


def create_app(application: Application, showing: Showing | None = None) -> FastAPI:
    """The API over a wired application. It seals the log while the server runs, and closes everything when it stops.

    A plugin whose operations cannot be mounted is left out with them, and the list of plugins says why.

    Args:
        application: the wired application.
        showing: its demonstration, whose people anybody on this machine may play.
    """
    mounted = plugin_operations(application.registry)
    routes = [*_own_routes(), *mounted.routes]
    routes += absent_routes(routes)
    app = FastAPI(
        openapi_url=None, redirect_slashes=False, lifespan=_lifespan, routes=routes, telemetry=_UNTRACED
    )  # fmt: skip
    _provide(app, application, showing)
    app.state.mounted = mounted
    handle_refusals(app)
    app.add_middleware(Observed, application=application, telemetry=app.state.telemetry)
    app.add_middleware(RequestIds)
    describe(app, GENERIC if showing is None else {**GENERIC, **showing.examples})
    return app


def plugin_operations(registry: Registry) -> Mounted:
    """The operations of plugins beside the core's own."""
    return plugin_routes(registry, _own_routes())


@cache
def _own_routes() -> list[BaseRoute]:
    """The routers, shared by all applications of a process, as FastAPI's analysis of signatures takes a while."""
    own = APIRouter(dependency_overrides_provider=Overrides())
    for subject in _SUBJECTS:
        own.include_router(subject.router, prefix=BASE)
    own.include_router(people.open_router, prefix=BASE)
    for router in (health.router, health.guarded, documentation.router, home.router):
        own.include_router(router)
    return own.routes


def _provide(app: FastAPI, application: Application, showing: Showing | None) -> None:
    """The application's state, for dependencies."""
    settings, state = application.settings, app.state
    state.application, state.showing, state.leaving = application, showing, threading.Event()
    state.rates = Rates(settings.rate_limit, seconds=MINUTE, what="requests a minute")
    state.uploads = Rates(settings.evidence_rate, seconds=HOUR, what="bytes of evidence an hour")
    state.exports = anyio.Semaphore(max(1, settings.pool_size // SHARE))
    state.readiness = ReadinessTest(application)
    state.telemetry = application.engine.observer = Telemetry(application)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Patience]]:
    application: Application = app.state.application
    settings = application.settings

    def end_streams() -> None:
        app.state.leaving.set()
        application.store.log_signal.announce()

    def end_streams_soon() -> None:
        # By the loop, since a handler of a signal may interrupt anything, even the setting of the same event.
        loop.call_soon_threadsafe(end_streams)

    running, loop = ExitStack(), asyncio.get_running_loop()
    try:
        await anyio.to_thread.run_sync(running.enter_context, Sealer(application.store))
        with before_the_end(end_streams_soon):
            yield {
                Connection.PATIENCE: Patience(
                    settings.receive_timeout, settings.receive_rate, settings.send_timeout
                )
            }
    finally:
        await anyio.to_thread.run_sync(running.close)
        await bridge.run(application.store, application.close)
