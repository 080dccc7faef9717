"""The agenda of a workspace: windows, and everything that takes place, for calendar programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from placet.api import bodies, ics, shapes
from placet.api.answers import ItemsMadeShape, WindowsShape
from placet.api.forms import NoForm, WindowForm, WindowsQuery, WindowsSentQuery
from placet.api.operations import JSON, Answer, Call, Operations, Plain, respond
from placet.api.problems import MEDIA, HttpError
from placet.engine.act.records import ItemRecord
from placet.engine.items.agenda import AgendaEntry, WindowWish
from placet.errors import MalformedError

AGENDA = Operations("Agenda")

#: How far one looks ahead without saying it, and at most.
_AHEAD, _LONGEST = timedelta(days=92), timedelta(days=732)
#: How far a calendar goes back.
_PAST = timedelta(days=366)
#: Nobody plans for later, and the last days of the year 9999 have no day after them.
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)


@AGENDA.add("GET", "/workspaces/{ws}/windows", id="list_windows", scope="read",
            answers={200: Answer(WindowsShape)}, problems=("malformed",))  # fmt: skip
async def list_windows(call: Call[WindowsQuery, NoForm]) -> Response:
    """List maintenance windows, freezes and the like as they come about in a time, three months from now by default."""
    query, ws = call.query, call.path["ws"]

    def listed() -> list[tuple[AgendaEntry, datetime, datetime]]:
        start = query.since or call.application.clock.now()
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
        return call.engine.agenda.windows(call.actor, ws, start, end, kind=query.kind)

    return respond({"windows": [shapes.occurrence(*each) for each in await call.run(listed)]})


@AGENDA.add("POST", "/workspaces/{ws}/windows", id="declare_windows", scope="write",
            answers={201: Answer(ItemsMadeShape, "They are declared.")},
            problems=("malformed", "invalid", "forbidden"),
            bodies={JSON: WindowForm, ics.MEDIA: {"type": "string"}})  # fmt: skip
async def declare_windows(call: Call[WindowsSentQuery, NoForm]) -> Response:
    """Declare a window, or take over those of an iCalendar file: all of them or none.

    An event's first category is the kind of window; `kind` stands for all of them.
    """
    ws = call.path["ws"]
    media = call.request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media not in {JSON, ics.MEDIA}:
        raise HttpError(MEDIA, f"the body is {media[:100] or 'of no type'}: send {JSON} or {ics.MEDIA}")
    content = await bodies.content(call.request, call.application.settings.body_limit)
    form = bodies.parsed(content, WindowForm) if media == JSON else None

    def declared() -> list[ItemRecord]:
        if form is not None:
            wish = WindowWish(form.title, form.start, form.end, form.kind, form.rrule, form.fields)
            return call.engine.agenda.declare_windows(call.actor, ws, [wish], type=form.type)
        zone = call.engine.workspaces.get(call.actor, ws).calendar.zone
        wishes = ics.read(content, zone, call.query.kind)
        return call.engine.agenda.declare_windows(call.actor, ws, wishes, type=call.query.type)

    made = await call.run(declared)
    return respond({"items": await call.run(lambda: shapes.items(call.engine, call.actor, made))}, 201)


@AGENDA.add("GET", "/workspaces/{ws}/calendar.ics", id="get_calendar", scope="read",
            answers={200: Answer(None, "A calendar.", media=(ics.MEDIA,))})  # fmt: skip
async def get_calendar(call: Plain) -> Response:
    """Fetch the agenda for a calendar program: planned work, windows, and what else has its dates.

    What was over a year ago is not in it.
    """
    ws = call.path["ws"]

    def written() -> bytes:
        place, now = call.engine.workspaces.get(call.actor, ws), call.application.clock.now()
        lines = call.engine.agenda.entries(call.actor, ws, since=now - _PAST)
        return ics.written(lines, ws, place.calendar.zone, now)

    headers = {"Content-Disposition": f'attachment; filename="{ws}.ics"'}
    return Response(await call.run(written), headers=headers, media_type=ics.MEDIA)
