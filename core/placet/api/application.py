"""The application: all operations on their paths, and the OpenAPI document with its page."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from placet.api import home, problems
from placet.api.access import HOUR, MINUTE, Rates
from placet.api.agenda import AGENDA
from placet.api.approvals import APPROVALS
from placet.api.connection import Connection, Patience
from placet.api.definitions import DEFINITIONS
from placet.api.deliveries import WEBHOOKS
from placet.api.documentation import POLICY, page
from placet.api.entry import Entry, RequestIds
from placet.api.evidence import EVIDENCE
from placet.api.export import EXCHANGE, SHARE
from placet.api.history import HISTORY
from placet.api.inbox import INBOX
from placet.api.items import ITEMS
from placet.api.metrics import METRICS
from placet.api.openapi import document
from placet.api.operations import Operation, respond
from placet.api.people import PEOPLE
from placet.api.readiness import Readiness
from placet.api.sandbox import HEALTH, SANDBOX
from placet.api.stream import told_to_end
from placet.api.telemetry import SERVER, Telemetry
from placet.api.timers import TIMERS
from placet.api.transitions import TRANSITIONS
from placet.api.workspaces import WORKSPACES
from placet.app import Application
from placet.demo import Showing
from placet.engine.act.ports import MovableClock
from placet.store import bridge
from placet.store.sealing import Sealer

_SUBJECTS = (
    ITEMS, TRANSITIONS, APPROVALS, INBOX, EVIDENCE, TIMERS, AGENDA, HISTORY, METRICS, EXCHANGE, DEFINITIONS, WORKSPACES,
    PEOPLE, WEBHOOKS, SANDBOX, HEALTH, SERVER,
)  # fmt: skip


def operations() -> list[Operation]:
    """Everything that the API can do."""
    return list(chain.from_iterable(subject.all for subject in _SUBJECTS))


@lru_cache(maxsize=1)
def _documentation() -> tuple[dict[str, Any], str]:
    """The OpenAPI document and its page: the same for every application of a process."""
    described = document(operations())
    return described, page(described)


def create_app(application: Application, showing: Showing | None = None) -> FastAPI:
    """The API over a wired application. It seals the log while the server runs, and closes all when it stops.

    Args:
        application: what it serves.
        showing: the demonstration that it holds, whose people anybody on this machine may be.
    """
    settings = application.settings
    patience = Patience(settings.receive_timeout, settings.receive_rate, settings.send_timeout)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Patience]]:  # noqa: ARG001  # FastAPI's signature
        running = ExitStack()
        try:
            await anyio.to_thread.run_sync(running.enter_context, Sealer(application.store))
            with told_to_end(end_streams):
                yield {Connection.PATIENCE: patience}
        finally:
            await anyio.to_thread.run_sync(running.close)
            await bridge.run(application.store, application.close)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    leaving = app.state.leaving = threading.Event()

    def end_streams() -> None:
        leaving.set()
        application.store.log_signal.announce()

    described, html = _documentation()
    # The routes call the operations themselves: what FastAPI would do between them (dependencies, response
    # models) costs about a third of a request, and the document says more than it could find out.
    telemetry = app.state.telemetry = application.engine.observer = Telemetry(application)
    app.state.readiness = Readiness(application)
    app.state.exports = anyio.Semaphore(max(1, settings.pool_size // SHARE))
    rates = Rates(settings.rate_limit, seconds=MINUTE, what="requests a minute")
    app.state.uploads = Rates(settings.evidence_rate, seconds=HOUR, what="bytes of evidence an hour")
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations():
        by_path.setdefault(operation.path, {})[operation.method] = operation
    for path, methods in by_path.items():
        app.router.routes.append(Route(path, Entry(application, rates, methods, telemetry)))

    async def openapi(request: Request) -> Response:  # noqa: ARG001  # Starlette's signature
        return respond(described)

    async def docs(request: Request) -> Response:  # noqa: ARG001
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})

    app.router.routes.append(Route("/openapi.json", openapi))
    app.router.routes.append(Route("/docs", docs))
    app.router.routes += home.routes(sandbox=isinstance(application.clock, MovableClock), showing=showing)
    app.add_exception_handler(HTTPException, _no_such_path)
    app.add_middleware(RequestIds)
    return app


async def _no_such_path(request: Request, error: Exception) -> Response:
    """What the router itself refuses: a path that there is not, or another method than GET on a page."""
    if isinstance(error, HTTPException) and error.status_code == problems.NO_METHOD.status:
        body: dict[str, Any] = problems.document(
            problems.NO_METHOD, f"{request.method[:20]} is not allowed here"
        )
        return problems.answer(body, error.headers)
    detail = f"there is no path {request.url.path[:200]!r}: /docs lists those that there are"
    return problems.answer(problems.document(problems.NOT_FOUND, detail))
