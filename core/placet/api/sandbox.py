"""The sandbox's clock."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from placet.api.dependencies import CurrentAdministrator, CurrentApplication, CurrentEngine
from placet.api.models.server import ClockForm, SandboxClock
from placet.api.problems import refused_with
from placet.api.routing import Route
from placet.engine.act.access import demand_admin
from placet.engine.act.ports import MovableClock
from placet.errors import NotFoundError

router = APIRouter(tags=["Sandbox"], route_class=Route)


async def movable_clock(application: CurrentApplication) -> MovableClock:
    """The clock of a sandbox. Raises `NotFoundError` on other servers."""
    if not isinstance(application.clock, MovableClock):
        raise NotFoundError("clock to be moved here: start a sandbox with placet serve --test-clock MOMENT")
    return application.clock


CurrentClock = Annotated[MovableClock, Depends(movable_clock)]


@router.get("/testing/clock", operation_id="get_clock", responses=refused_with(404))
def get_clock(clock: CurrentClock) -> SandboxClock:
    """Read the sandbox's clock."""
    return SandboxClock(now=clock.now())


@router.put("/testing/clock", operation_id="move_clock", responses=refused_with(404, 409))
def move_clock(
    form: ClockForm, clock: CurrentClock, actor: CurrentAdministrator, engine: CurrentEngine
) -> SandboxClock:
    """Move the sandbox's clock forward. Everything that becomes due on the way has fired before the answer."""
    demand_admin(actor, "moving the clock")
    engine.timers.pass_time(clock, form.now)
    return SandboxClock(now=clock.now())
