"""The sandbox's clock, and whether the server lives and is ready."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from starlette.responses import Response

from placet.api import problems
from placet.api.forms import ClockForm, NoQuery
from placet.api.operations import Answer, AnyCall, Call, Operations, Plain, respond
from placet.api.registers import ClockShape, HealthShape, ReadinessShape
from placet.engine.act.access import demand_admin
from placet.engine.act.ports import MovableClock
from placet.errors import NotFoundError

SANDBOX = Operations("Sandbox")
HEALTH = Operations("Health", base="")


def _clock(call: AnyCall) -> MovableClock:
    clock = call.application.clock
    if not isinstance(clock, MovableClock):
        raise NotFoundError("clock of its own in this installation", "clock")
    return clock


@SANDBOX.add("GET", "/testing/clock", id="get_clock", scope="read", answers={200: Answer(ClockShape)},
             problems=("not-found",))  # fmt: skip
async def get_clock(call: Plain) -> Response:
    """Tell where the sandbox's clock stands."""
    clock = _clock(call)
    return respond({"now": await call.run(clock.now)})


@SANDBOX.add("PUT", "/testing/clock", id="move_clock", scope="admin", answers={200: Answer(ClockShape)},
             problems=("not-found", "conflict"))  # fmt: skip
async def move_clock(call: Call[NoQuery, ClockForm]) -> Response:
    """Move the sandbox's clock forward. What becomes due on the way has happened when this answers."""
    clock = _clock(call)

    def moved() -> datetime:
        demand_admin(call.actor, "moving the clock")
        call.engine.timers.pass_time(clock, call.form.now)
        return clock.now()

    return respond({"now": await call.run(moved)})


@HEALTH.add("GET", "/healthz", id="get_health", answers={200: Answer(HealthShape)})
async def get_health(call: Plain) -> Response:  # noqa: ARG001  # every operation takes its call
    """Tell that the process runs."""
    return respond({"status": "ok"})


@HEALTH.add("GET", "/readyz", id="get_readiness", answers={200: Answer(ReadinessShape)})
async def get_readiness(call: Plain) -> Response:
    """Tell whether this process can work, which it shows by writing something; and whether this is a sandbox."""
    await call.request.app.state.readiness.demand()
    sandbox = isinstance(call.application.clock, MovableClock)
    return respond({"status": "ready", "sandbox": sandbox, "version": version("placet")})


@HEALTH.add("GET", "/problems/{problem}", id="get_problem", answers={200: Answer(None, "A page for people.",
            media=("text/html",))})  # fmt: skip
async def get_problem(call: Plain) -> Response:
    """Explain a kind of problem to people."""
    return problems.page(call.path["problem"])
