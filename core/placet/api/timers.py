"""Timers: running, late, and with the sum line by line."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from placet.api.dependencies import CurrentActor, CurrentEngine
from placet.api.models.timers import ListedTimer, Timers, TimersQuery
from placet.api.problems import refused_with
from placet.api.routing import Route

router = APIRouter(tags=["Timers"], route_class=Route)


@router.get(
    "/timers", operation_id="list_timers", responses=refused_with(404), response_model_exclude_unset=True
)
def list_timers(query: Annotated[TimersQuery, Query()], actor: CurrentActor, engine: CurrentEngine) -> Timers:
    """List timers with their present readings. A timer that exceeded its target is breached, even if it has stopped."""
    asked = engine.timers.query(
        actor, workspace=query.workspace, item=query.item, status=query.status, due_before=query.due_before,
        limit=query.limit, cursor=query.cursor,
    )  # fmt: skip
    page = engine.timers.find(actor, asked, explain=query.explain)
    read = ListedTimer.explained if query.explain else ListedTimer.model_validate
    return Timers(timers=[read(line) for line in page.rows], next_cursor=page.next_cursor)
