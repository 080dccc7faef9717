"""Clocks: what runs, what is late, and the sum line by line."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import TimersShape
from placet.api.forms import NoForm, TimersQuery
from placet.api.operations import Answer, Call, Operations, respond
from placet.engine.act.queries import Page
from placet.engine.timers.views import TimerView

TIMERS = Operations("Timers")


@TIMERS.add("GET", "/timers", id="list_timers", scope="read", answers={200: Answer(TimersShape)},
            problems=("not-found",))  # fmt: skip
async def list_timers(call: Call[TimersQuery, NoForm]) -> Response:
    """List clocks, as they read now. One that ran over its target is breached, whether it still runs or not."""
    query = call.query

    def listed() -> Page[TimerView]:
        asked = call.engine.timers.query(
            call.actor, workspace=query.workspace, item=query.item, status=query.status,
            due_before=query.due_before, limit=query.limit, cursor=query.cursor,
        )  # fmt: skip
        return call.engine.timers.find(call.actor, asked, explain=query.explain)

    page = await call.run(listed)
    lines = [shapes.timer(line, explain=query.explain) for line in page.rows]
    return respond(shapes.page("timers", lines, page.next_cursor))
