"""The method's own routes: the scorecard and the state of every control; seeding has its own in `seeding/`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from placet import NotFoundError
from placet.api import CurrentActor, CurrentEngine, Day, InTurn, Route, refused_with
from placet_cobit.scorecard.card import Asked, scorecard
from placet_cobit.scorecard.models import Controls, Scorecard
from placet_cobit.scorecard.standing import controls
from placet_cobit.seeding.routes import router as seeding
from placet_cobit.settings import CobitSettings

router = APIRouter(prefix="/x/cobit", tags=["COBIT"], route_class=Route)

_METHOD = "cobit"


WorkspaceKey = Annotated[
    str,
    Query(
        alias="workspace",
        pattern="^[A-Z][A-Z0-9_]{0,19}$",
        description="Key of the workspace.",
        examples=["OPS"],
    ),
]


@router.get(
    "/scorecard",
    operation_id="cobit_scorecard",
    response_description="The scorecard.",
    dependencies=[InTurn],
    responses=refused_with(404),
)
def get_scorecard(workspace: WorkspaceKey, actor: CurrentActor, engine: CurrentEngine) -> Scorecard:
    """Read the scorecard of a workspace: value, risk, performance and conformance, with targets and a year's trend.

    Items that you may not see are not counted.
    """
    return scorecard(_asked(engine, actor, workspace))


@router.get(
    "/controls",
    operation_id="cobit_controls",
    response_description="The controls.",
    dependencies=[InTurn],
    responses=refused_with(404),
)
def get_controls(
    workspace: WorkspaceKey,
    actor: CurrentActor,
    engine: CurrentEngine,
    due_before: Annotated[
        Day | None, Query(description="Leave out what is due, or ends, on this day or later.")
    ] = None,
) -> Controls:
    """Read the state of every control: what is due, what failed, what ends, and what an auditor will ask.

    Items that you may not see are neither shown nor counted.
    """
    return controls(_asked(engine, actor, workspace), due_before)


def _asked(engine: CurrentEngine, actor: CurrentActor, workspace: str) -> Asked:
    """The workspace, as the actor asks about it now.

    Raises:
        NotFoundError: the workspace does not exist, the actor may not see it, or the method is off in it.
    """
    place = engine.workspaces.get(actor, workspace)
    settings = engine.workspaces.settings(workspace, _METHOD)
    if _METHOD not in place.methods or not isinstance(settings, CobitSettings):
        raise NotFoundError(f"method of {workspace}", _METHOD, place.methods)
    return Asked(
        engine, actor, workspace, settings, settings.maturity, place.calendar.zone, engine.clock.now()
    )


router.include_router(seeding)
