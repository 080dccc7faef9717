"""The agenda of a workspace: windows, and a feed of all entries for calendar programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from placet import MalformedError
from placet.api import (
    JSON,
    PROPOSED,
    CurrentActor,
    CurrentBody,
    CurrentEngine,
    Item,
    Name,
    Responses,
    Route,
    Sent,
    WindowWish,
    Words,
    WorkspacePath,
    proposed,
    refused_with,
)
from placet_calendar_feed import ics
from placet_calendar_feed.models import HeldUp, ItemsMade, Occurrence, WindowForm, Windows, WindowsQuery

router = APIRouter(tags=["Agenda"], route_class=Route)

#: How far ahead windows are listed: by default, and at most.
_AHEAD, _LONGEST = timedelta(days=92), timedelta(days=732)
#: How far back a calendar goes.
_PAST = timedelta(days=366)
#: The latest moment, as the last days of the year 9999 have no day after them.
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
_SAMPLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Placet//Agenda//EN
X-WR-CALNAME:OPS
BEGIN:VEVENT
SUMMARY:OPS-12 Year-end freeze
DTSTART;VALUE=DATE:20261221
DTEND;VALUE=DATE:20270107
DTSTAMP:20260302T090000Z
UID:OPS-12@placet
CATEGORIES:freeze
STATUS:CONFIRMED
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
_CALENDAR: Responses = {200: {"content": {ics.MEDIA: {"schema": {"type": "string"}, "example": _SAMPLE}}}}


@router.get("/workspaces/{ws}/windows", operation_id="list_windows")
def list_windows(
    ws: WorkspacePath, query: Annotated[WindowsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Windows:
    """List the occurrences of maintenance windows, freezes and the like in a time, by default the next three months."""
    start, end = _span(query, engine.clock.now())
    found = engine.agenda.windows(actor, ws, start, end, kind=query.kind)
    return Windows(windows=[Occurrence.of(*each) for each in found])


def _span(query: WindowsQuery, now: datetime) -> tuple[datetime, datetime]:
    """The requested time. Raises `MalformedError` if it is empty or too long."""
    start = query.since or now
    if start > _LATEST:
        raise MalformedError(
            f"from {start.isoformat()} lies after {_LATEST:%Y-%m-%d}: ask for an earlier time"
        )
    end = query.until or start + _AHEAD
    if not start < end or end - start > _LONGEST:
        raise MalformedError(
            f"from {start.isoformat()} to {end.isoformat()} is not a time of up to {_LONGEST.days} days: "
            "let to be later than from, and ask for less"
        )
    return start, end


@router.post(
    "/workspaces/{ws}/windows", operation_id="declare_windows", status_code=201,
    response_description="The declared windows.", openapi_extra=_BODIES, response_model=ItemsMade,
    responses={
        **PROPOSED, **refused_with(403, 409), 200: {"model": ItemsMade, "description": "The result of a dry run."},
    },
)  # fmt: skip
def declare_windows(
    ws: WorkspacePath,
    *,
    actor: CurrentActor,
    engine: CurrentEngine,
    sent: Annotated[Sent, CurrentBody(JSON, ics.MEDIA)],
    kind: Annotated[Words | None, Query(description="The kind of all windows of a calendar file.")] = None,
    type: Annotated[Name | None, Query(description="Their item type, if there are several.")] = None,
    dry_run: Annotated[bool, Query(description="Declare nothing, and show what it would hold up.")] = False,
    response: Response,
) -> ItemsMade | Response:
    """Declare a window, or import those of an iCalendar file: all of them or none.

    An event's first category is the kind of window; `kind` stands for all of them. With `dry_run` nothing is declared:
    the answer has the planned items that the windows would hold up, so that a freeze surprises nobody.
    Where `windows` are governed in the workspace, they become a proposal, and a second person declares them.
    """
    wishes: list[WindowWish]
    if sent.media_type == ics.MEDIA:
        wishes = ics.read(sent.content, engine.workspaces.get(actor, ws).calendar.zone, kind)
    else:
        form = sent.read_as(WindowForm)
        wishes, type = [form.wish], form.type  # the query's name
    if dry_run:
        response.status_code = 200
        found = engine.agenda.preview_windows(actor, ws, wishes, type=type)
        return ItemsMade(items=[], held_up=[HeldUp.of(*each) for each in found])
    made = engine.agenda.declare_windows(actor, ws, wishes, type=type)
    if not isinstance(made, list):
        return proposed(made)
    return ItemsMade(items=[Item.of(each) for each in engine.reports.details(actor, made)])


@router.get(
    "/workspaces/{ws}/calendar.ics", operation_id="get_calendar", response_class=Response,
    response_description="A calendar.", responses=_CALENDAR,
)  # fmt: skip
def get_calendar(ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine) -> Response:
    """Fetch the agenda for a calendar program: planned work, windows, and other entries with dates.

    Entries that ended more than a year ago are left out.
    """
    place, now = engine.workspaces.get(actor, ws), engine.clock.now()
    lines = engine.agenda.entries(actor, ws, since=now - _PAST)
    written = ics.written(lines, ws, place.calendar.zone, now)
    headers = {"Content-Disposition": f'attachment; filename="{ws}.ics"'}
    return Response(written, headers=headers, media_type=ics.MEDIA)
