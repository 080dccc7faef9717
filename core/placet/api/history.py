"""History: an item's events, and the whole log."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import StringConstraints
from starlette.responses import JSONResponse, Response

from placet.api import stream
from placet.api.dependencies import (
    CurrentActor,
    CurrentAdministrator,
    CurrentApplication,
    CurrentEngine,
    EventPath,
    ItemPath,
    me,
)
from placet.api.models.history import (
    Erasure,
    Event,
    Events,
    EventsQuery,
    HistoryQuery,
    InstallationQuery,
    Thread,
    ThreadQuery,
)
from placet.api.models.proposals import PROPOSED, proposed
from placet.api.problems import Responses, refused_with
from placet.api.routing import Route
from placet.engine.act.people import Actor
from placet.engine.act.proposals import Proposal
from placet.engine.act.queries import Page
from placet.engine.act.records import SealedEvent
from placet.store import bridge

router = APIRouter(tags=["History"], route_class=Route)

LastEventId = Annotated[
    Annotated[str, StringConstraints(max_length=200)] | None,
    Header(
        alias="Last-Event-ID",
        description="`id` of the last received event, to go on after it; it takes precedence over `after`.",
        json_schema_extra={"pattern": "^e[1-9][0-9]{0,8}-[0-9]{8,18}$"},
        examples=["e1-00000012"],
    ),
]
_STREAM: Responses = {200: {"content": {stream.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@router.get("/items/{key}/history", operation_id="get_history")
def get_history(
    key: ItemPath, query: Annotated[HistoryQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Events:
    """Read an item's events in order, refusals included."""
    page = engine.event_log.history(actor, key, after=max(query.after, query.cursor), limit=query.limit)
    rows = [Event.of(each, proof=query.include == "proof") for each in page.rows]
    return Events(events=rows, next_cursor=page.next_cursor)


@router.get("/items/{key}/thread", operation_id="get_thread")
def get_thread(
    key: ItemPath, query: Annotated[ThreadQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Thread:
    """Read the events of everything that is connected to an item, in the order of the log: what an auditor asks for.

    The thread goes up to the parents, down to the children, and along links whose type has a `trace`, and on from the
    items that it reaches so. Parents, the targets of links that are traced to the target alone, and items that traced
    fields name (the configuration items of a change) are shown and followed upwards only. Items that you may not see
    are counted in `hidden`.
    """
    found = engine.event_log.thread(actor, key, kinds=query.kind, after=query.cursor, limit=query.limit)
    return Thread.of(found, proof=query.include == "proof")


@router.get(
    "/events", operation_id="list_events", response_model=Events,
    response_description="A page of events, or a stream of them.", responses={**_STREAM, **refused_with(404)},
)  # fmt: skip
async def list_events(
    query: Annotated[EventsQuery, Query()], *, actor: CurrentActor, application: CurrentApplication, request: Request,
    last: LastEventId = None, accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Events | Response:  # fmt: skip
    """Read the log by position, or follow it as it grows.

    An item's events come in their own order, and a client that goes on from a cursor misses none. There is a
    `next_cursor` even at the end, to go on from later.

    With `Accept: text/event-stream` the answer is a stream of Server-Sent Events that stays open: `id` is the cursor
    after the event, `event` its kind, `data` the event. A client that reconnects with `Last-Event-ID` gets the events
    that it has missed. A comment every few seconds keeps the connection alive. The stream ends when the token does.
    """

    async def read(reader: Actor, after: str | None) -> Page[SealedEvent]:
        page = partial(
            application.engine.event_log.seen, reader, workspace=query.workspace, item=query.item,
            by=me(actor, query.actor), kinds=query.kind, after=after, limit=query.limit,
        )  # fmt: skip
        return await bridge.run(application.store, page)

    after = query.after if last is None else last
    if stream.MEDIA_TYPE in accept:
        return await stream.stream(request, application, actor, read, after)
    page = await read(actor, after)
    rows = [Event.of(each.event, proof=query.include == "proof") for each in page.rows]
    return Events(events=rows, next_cursor=page.next_cursor)


@router.post(
    "/items/{key}/events/{event}/erasure", operation_id="erase_event_texts", status_code=201,
    response_model=Event, response_description="The event that records it.",
    responses={**PROPOSED, **refused_with(409)},
)  # fmt: skip
def erase_event_texts(
    key: ItemPath, event: EventPath, wish: Erasure, actor: CurrentAdministrator, engine: CurrentEngine
) -> Event | JSONResponse:
    """Erase what people typed in an event: comment, title, free text, names and addresses of evidence, reasons.

    This cannot be undone. The event and its hash stay, and the log records who erased it, where and why. The item
    itself is not changed: edit its fields that still have the text, and erase the same text in other events one by one.
    Where erasing is governed in the workspace, it becomes a proposal, and a second person carries it out.
    """
    found = engine.erasing.erase_text(actor, key, event, reason=wish.reason)
    return proposed(found) if isinstance(found, Proposal) else Event.of(found)


@router.get("/installation/events", operation_id="list_installation_events")
def list_installation_events(
    query: Annotated[InstallationQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Events:
    """Read the installation's own history: actors, tokens, invitations, delegations, webhooks, plugins and restores.

    For administrators and for auditors of all workspaces. Its events have positions in the same log as all others, and
    a chain of their own; `item` is `installation`.
    """
    page = engine.installation.events(actor, kinds=query.kind, after=query.after, limit=query.limit)
    rows = [Event.of(each, proof=query.include == "proof") for each in page.rows]
    return Events(events=rows, next_cursor=page.next_cursor)
