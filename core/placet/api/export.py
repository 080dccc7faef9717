"""A workspace's log in the forms that process mining reads, sent while it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator

import anyio
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from placet.api.answers import OcelShape
from placet.api.forms import ExportQuery, NoForm
from placet.api.operations import Answer, Call, Operations
from placet.exchange.formats import FORMATS, Format, chunks
from placet.exchange.log import workspace_log

EXCHANGE = Operations("Exchange")
_OTHERS = tuple(each.media_type for each in FORMATS.values() if each.id != "ocel2")

_Call = Call[ExportQuery, NoForm]
_Parts = Generator[bytes]


_ANSWER = Answer(OcelShape, "The log.", headers=("Content-Disposition",), media=_OTHERS)


@EXCHANGE.add("GET", "/workspaces/{ws}/export", id="export_log", scope="read", answers={200: _ANSWER})
async def export_log(call: Call[ExportQuery, NoForm]) -> Response:
    """Export the events of a workspace's items for process mining, as they stand when it begins.

    `ocel2` is OCEL 2.0 as JSON and `ocel2-sqlite` as SQLite, `xes` is XES, and `csv` a table with a row for each event.
    """
    form = FORMATS[call.query.format]
    parts = _parts(call, form)
    # Asked for before anything is answered: whatever stands against the export is still a problem then.
    first = await call.run(lambda: next(parts, b""))
    headers = {"Content-Disposition": f'attachment; filename="{call.path["ws"]}{form.suffix}"'}
    return _Export(call, parts, first, headers, form.media_type)


def _parts(call: _Call, form: Format) -> _Parts:
    """The export part by part; the view of the store that it reads is open as long as it is."""
    with workspace_log(call.engine, call.actor, call.path["ws"]) as log:
        yield from chunks(log, form)


class _Export(StreamingResponse):
    """An answer that is made while it is sent."""

    def __init__(
        self, call: _Call, parts: _Parts, first: bytes, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(self._sent(first), headers=headers, media_type=media_type)
        self._call, self._parts = call, parts

    async def _sent(self, first: bytes) -> AsyncIterator[bytes]:
        part = b"" if self._call.request.method == "HEAD" else first
        while part:
            yield part
            part = await self._call.run(lambda: next(self._parts, b""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also where the client has gone: the view has to be closed where the database can be waited for.
            with anyio.CancelScope(shield=True):
                await self._call.run(self._parts.close)
