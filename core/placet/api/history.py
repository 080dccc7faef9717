"""History: an item's events, the whole log, and whether it is intact."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes, stream
from placet.api.answers import AuditShape, EventShape, EventsShape
from placet.api.forms import AuditQuery, Erasure, EventsQuery, HistoryQuery, NoForm, NoQuery
from placet.api.operations import Answer, Call, Header, Operations, respond
from placet.engine.act.people import Actor
from placet.engine.act.queries import Page
from placet.engine.act.records import EventRecord, SealedEvent

HISTORY = Operations("History")
LAST_EVENT_ID = Header(
    "Last-Event-ID",
    "^e[1-9][0-9]{0,8}-[0-9]{8,18}$",
    "`id` of the last event that came, to go on behind it; it goes before `after`.",
    "e1-00000012",
)


@HISTORY.add(
    "GET", "/items/{key}/history", id="get_history", scope="read", answers={200: Answer(EventsShape)}
)
async def get_history(call: Call[HistoryQuery, NoForm]) -> Response:
    """Read an item's events in order, refusals included."""
    query = call.query
    after = max(query.after, query.cursor)
    return _events(
        await call.run(
            lambda: call.engine.event_log.history(
                call.actor, call.path["key"], after=after, limit=query.limit
            )
        ),
        proof=query.include == "proof",
    )


@HISTORY.add(
    "GET",
    "/events",
    id="list_events",
    scope="read",
    answers={200: Answer(EventsShape, "A page of events, or a stream of them.", media=(stream.MEDIA_TYPE,))},
    problems=("not-found",),
    headers=(LAST_EVENT_ID,),
)
async def list_events(call: Call[EventsQuery, NoForm]) -> Response:
    """Read the log by position, or follow it as it grows.

    An item's events come in their own order, and whoever goes on from a cursor misses none. `next_cursor` is there
    even at the end, to go on from later.

    With `Accept: text/event-stream` the answer is a stream of Server-Sent Events that stays open: `id` is the cursor
    behind the event, `event` its kind, `data` the event. A client that comes back with `Last-Event-ID` gets what it has
    missed. A comment every few seconds is a sign of life. The stream ends when the token does.
    """
    query = call.query
    after = call.request.headers.get(LAST_EVENT_ID.name, query.after)

    def listed(asker: Actor, after: str | None) -> Page[SealedEvent]:
        return call.engine.event_log.seen(
            asker, workspace=query.workspace, item=query.item, by=call.me(query.actor),
            kinds=query.kind, after=after, limit=query.limit,
        )  # fmt: skip

    async def read(asker: Actor, after: str | None) -> Page[SealedEvent]:
        return await call.run(lambda: listed(asker, after))

    if stream.MEDIA_TYPE in call.request.headers.get("accept", ""):
        return await stream.stream(call, read, after)
    page = await read(call.actor, after)
    events = [each.event for each in page.rows]
    return _events(Page(events, page.next_cursor), proof=query.include == "proof")


def _events(page: Page[EventRecord], *, proof: bool) -> Response:
    shown = [shapes.event(each, proof=proof) for each in page.rows]
    return respond(shapes.page("events", shown, page.next_cursor))


@HISTORY.add("POST", "/items/{key}/events/{event}/erasure", id="erase_event_texts", scope="admin",
             answers={201: Answer(EventShape, "The event that records it.")}, problems=("conflict",))  # fmt: skip
async def erase_event_texts(call: Call[NoQuery, Erasure]) -> Response:
    """Erase what people typed in an event: comment, title, free text, names and addresses of evidence, reasons.

    It cannot be undone. The event and its hash stay, and the log says who erased it, where and why. The item itself is
    not changed: edit what still holds the text, and erase the same text in other events one by one.
    """
    path, reason = call.path, call.form.reason
    event = await call.run(
        lambda: call.engine.items.erase_text(call.actor, path["key"], path["event"], reason=reason)
    )
    return respond(shapes.event(event), 201)


@HISTORY.add("GET", "/audit/verify", id="verify_audit", scope="read", answers={200: Answer(AuditShape)},
             problems=("not-found",))  # fmt: skip
async def verify_audit(call: Call[AuditQuery, NoForm]) -> Response:
    """Recompute the hash of every event that you may see, and the digests of what people typed in them."""
    audit = await call.run(lambda: call.engine.reports.verify(call.actor, call.query.workspace))
    bad = audit.first_bad
    return respond({
        "ok": audit.ok,
        "events": audit.events,
        "first_bad": None
        if bad is None
        else {"item": bad.key, "seq": bad.seq, "event": bad.event, "reason": bad.reason},
    })  # fmt: skip
