"""The agenda of a workspace: windows, and everything that takes place, for calendar programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from placet.api import bodies, ics
from placet.api.bodies import JSON
from placet.api.dependencies import CurrentActor, CurrentEngine, CurrentHouse, WorkspacePath
from placet.api.models.agenda import ItemsMade, Occurrence, WindowForm, Windows, WindowsQuery
from placet.api.models.base import Name, Words
from placet.api.models.items import Item
from placet.api.problems import Responses, problems
from placet.api.routing import Route
from placet.engine.agenda import WindowWish
from placet.engine.engine import Engine
from placet.engine.records import Actor
from placet.errors import MalformedError
from placet.store import bridge

router = APIRouter(tags=["Agenda"], route_class=Route)

#: How far one looks ahead without saying it, and at most.
_AHEAD, _LONGEST = timedelta(days=92), timedelta(days=732)
#: How far a calendar goes back.
_PAST = timedelta(days=366)
#: Nobody plans for later, and the last days of the year 9999 have no day after them.
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)

_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": WindowForm.model_json_schema()},
            ics.MEDIA: {"schema": {"type": "string"}},
        },
    }
}
_CALENDAR: Responses = {200: {"content": {ics.MEDIA: {"schema": {"type": "string"}}}}}


@router.get("/workspaces/{ws}/windows", operation_id="list_windows")
def list_windows(
    ws: WorkspacePath, query: Annotated[WindowsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Windows:
    """List maintenance windows, freezes and the like as they come about in a time, three months from now by default."""
    start, end = _span(query, engine.clock.now())
    found = engine.windows(actor, ws, start, end, kind=query.kind)
    return Windows(windows=[Occurrence.of(*each) for each in found])


def _span(query: WindowsQuery, now: datetime) -> tuple[datetime, datetime]:
    """The time that is asked for. Raises `MalformedError` where there is none, or too much of it."""
    start = query.since or now
    if start > _LATEST:
        raise MalformedError(
            f"from {start.isoformat()} lies after {_LATEST:%Y-%m-%d}: ask for an earlier time"
        )
    end = query.until or start + _AHEAD
    if not start < end or end - start > _LONGEST:
        raise MalformedError(
            f"from {start.isoformat()} to {end.isoformat()} is no time of up to {_LONGEST.days} days: "
            "let to be later than from, and ask for less"
        )
    return start, end


@router.post(
    "/workspaces/{ws}/windows", operation_id="declare_windows", status_code=201,
    response_description="They are declared.", openapi_extra=_BODIES, responses=problems(403),
)  # fmt: skip
async def declare_windows(
    ws: WorkspacePath,
    *,
    actor: CurrentActor,
    house: CurrentHouse,
    request: Request,
    kind: Annotated[Words | None, Query(description="The kind of all windows of a calendar file.")] = None,
    type: Annotated[Name | None, Query(description="Their item type, where there are several.")] = None,
) -> ItemsMade:
    """Declare a window, or take over those of an iCalendar file: all of them or none.

    An event's first category is the kind of window; `kind` stands for all of them.
    """
    media = bodies.media_type(request)
    if media not in {JSON, ics.MEDIA}:
        raise bodies.unsupported(media, f"{JSON} or {ics.MEDIA}")
    content = await bodies.content(request, house.settings.body_limit)
    if media == ics.MEDIA:
        declare = partial(_taken_over, house.engine, actor, ws, content, kind=kind, type=type)
    else:
        form = bodies.validated(bodies.parsed(content), WindowForm)
        declare = partial(_declared, house.engine, actor, ws, [form.wish], form.type)
    return await bridge.run(house.store, declare)


def _taken_over(
    engine: Engine, actor: Actor, ws: str, content: bytes, *, kind: str | None, type: str | None
) -> ItemsMade:
    zone = engine.workspace(actor, ws).calendar.zone
    return _declared(engine, actor, ws, ics.read(content, zone, kind), type)


def _declared(engine: Engine, actor: Actor, ws: str, wishes: list[WindowWish], type: str | None) -> ItemsMade:
    made = engine.declare_windows(actor, ws, wishes, type=type)
    return ItemsMade(items=[Item.of(view) for view in engine.views(actor, made)])


@router.get(
    "/workspaces/{ws}/calendar.ics", operation_id="get_calendar", response_class=Response,
    response_description="A calendar.", responses=_CALENDAR,
)  # fmt: skip
def get_calendar(ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine) -> Response:
    """Fetch the agenda for a calendar program: planned work, windows, and what else has its dates.

    What was over a year ago is not in it.
    """
    place, now = engine.workspace(actor, ws), engine.clock.now()
    lines = engine.agenda(actor, ws, since=now - _PAST)
    written = ics.written(lines, ws, place.calendar.zone, now)
    headers = {"Content-Disposition": f'attachment; filename="{ws}.ics"'}
    return Response(written, headers=headers, media_type=ics.MEDIA)
