"""History: an item's events, the whole log, and whether it is intact."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import AuditShape, EventsShape
from placet.api.forms import AuditQuery, EventsQuery, HistoryQuery, NoForm
from placet.api.operations import Answer, Call, Operations, respond
from placet.engine.ports import Page
from placet.engine.records import EventRecord

HISTORY = Operations("History")


@HISTORY.add(
    "GET", "/items/{key}/history", id="get_history", scope="read", answers={200: Answer(EventsShape)}
)
async def get_history(call: Call[HistoryQuery, NoForm]) -> Response:
    """Read an item's events in order, refusals included."""
    query = call.query
    after = max(query.after, query.cursor)
    return _events(
        await call.run(
            lambda: call.engine.history(call.actor, call.path["key"], after=after, limit=query.limit)
        )
    )


@HISTORY.add("GET", "/events", id="list_events", scope="read", answers={200: Answer(EventsShape)},
             problems=("not-found",))  # fmt: skip
async def list_events(call: Call[EventsQuery, NoForm]) -> Response:
    """Read the log in the order of commit. `next_cursor` is there even at its end, to go on from later."""
    query = call.query

    def listed() -> Page[EventRecord]:
        return call.engine.events(
            call.engine.event_query(
                call.actor, workspace=query.workspace, item=query.item, actor=call.me(query.actor),
                kinds=query.kind, after=query.after, limit=query.limit,
            )
        )  # fmt: skip

    return _events(await call.run(listed))


def _events(page: Page[EventRecord]) -> Response:
    return respond(shapes.page("events", [shapes.event(each) for each in page.rows], page.next_cursor))


@HISTORY.add("GET", "/audit/verify", id="verify_audit", scope="read", answers={200: Answer(AuditShape)},
             problems=("not-found",))  # fmt: skip
async def verify_audit(call: Call[AuditQuery, NoForm]) -> Response:
    """Recompute the hash of every event that you may see."""
    audit = await call.run(lambda: call.engine.verify(call.actor, call.query.workspace))
    bad = audit.first_bad
    return respond({
        "ok": audit.ok,
        "events": audit.events,
        "first_bad": None
        if bad is None
        else {"item": bad.key, "seq": bad.seq, "event": bad.event, "reason": bad.reason},
    })  # fmt: skip
