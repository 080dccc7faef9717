"""Health of the server, its metrics, and the pages of its problems. These paths have no version."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from placet.api import telemetry
from placet.api.dependencies import CurrentActor, CurrentApplication, ProblemPath
from placet.api.models.server import Health, Readiness
from placet.api.problems import Responses, page
from placet.api.readiness import ReadinessTest
from placet.api.routing import OpenRoute, Route
from placet.api.telemetry import Telemetry
from placet.engine.act.access import demand_admin
from placet.engine.act.ports import MovableClock
from placet.store import bridge

router = APIRouter(tags=["Health"], route_class=OpenRoute)
#: Operations for administrators.
guarded = APIRouter(tags=["Health"], route_class=Route)

_SAMPLE = """\
# HELP placet_requests_total Requests answered.
# TYPE placet_requests_total counter
placet_requests_total{operation="get_item",status="200"} 412.0
"""
_PROMETHEUS: Responses = {
    200: {"content": {telemetry.MEDIA_TYPE: {"schema": {"type": "string"}, "example": _SAMPLE}}}
}
_PAGE: Responses = {200: {"content": {"text/html": {"example": bytes(page("blocked").body).decode()}}}}


async def readiness_test(request: Request) -> ReadinessTest:
    """The test of whether this process can work."""
    test: ReadinessTest = request.app.state.readiness
    return test


async def current_telemetry(request: Request) -> Telemetry:
    """The counters of this process."""
    counted: Telemetry = request.app.state.telemetry
    return counted


@router.get("/healthz", operation_id="get_health")
async def get_health() -> Health:
    """Check that the process runs."""
    return Health()


@router.get("/readyz", operation_id="get_readiness")
async def get_readiness(
    application: CurrentApplication, test: Annotated[ReadinessTest, Depends(readiness_test)]
) -> Readiness:
    """Check by a write whether this process can work; also shows whether it is a sandbox."""
    await test.demand()
    return Readiness(sandbox=isinstance(application.clock, MovableClock), version=version("placet"))


@router.get(
    "/problems/{problem}", operation_id="get_problem", response_class=HTMLResponse,
    response_description="A page for people.", responses=_PAGE,
)  # fmt: skip
async def get_problem(problem: ProblemPath) -> Response:
    """Explain a kind of problem to people."""
    return page(problem)


@guarded.get(
    "/metrics", operation_id="get_server_metrics", response_class=PlainTextResponse,
    response_description="Prometheus' text format.", responses=_PROMETHEUS,
)  # fmt: skip
async def get_server_metrics(
    actor: CurrentActor,
    application: CurrentApplication,
    counted: Annotated[Telemetry, Depends(current_telemetry)],
) -> Response:
    """Read metrics of this process and of the database, for Prometheus. For administrators."""
    demand_admin(actor, "reading the server's metrics")
    found = await bridge.run(application.store, lambda: application.store.stats(application.clock.now()))
    text = counted.exposition(found)
    return Response(text, media_type=f"{telemetry.MEDIA_TYPE}; version=0.0.4")
