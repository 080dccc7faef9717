"""A workspace's log in the forms that process mining reads: written into a file, which is then sent.

A client may take as long as it likes to read, or not read at all: the view of the store is closed by then, and its
connection is given back.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import BinaryIO

from starlette.responses import Response

from placet.api.answers import OcelShape
from placet.api.files import FileAnswer
from placet.api.forms import ExportQuery, NoForm
from placet.api.operations import Answer, Call, Operations
from placet.exchange.formats import FORMATS, Format, export

EXCHANGE = Operations("Exchange")
_OTHERS = tuple(each.media_type for each in FORMATS.values() if each.id != "ocel2")
#: One of so many of a pool's connections may be used for exports; those who ask for more wait for their turn.
SHARE = 4

_Call = Call[ExportQuery, NoForm]
_ANSWER = Answer(OcelShape, "The log.", headers=("Content-Disposition",), media=_OTHERS)


@EXCHANGE.add("GET", "/workspaces/{ws}/export", id="export_log", scope="read", answers={200: _ANSWER})
async def export_log(call: Call[ExportQuery, NoForm]) -> Response:
    """Export the events of a workspace's items for process mining, as they stand when it begins.

    `ocel2` is OCEL 2.0 as JSON and `ocel2-sqlite` as SQLite, `xes` is XES, and `csv` a table with a row for each event.
    The answer begins when the whole log has been read.
    """
    form = FORMATS[call.query.format]
    async with call.request.app.state.exports:
        file = await call.run(lambda: _written(call, form))
    headers = {"Content-Disposition": f'attachment; filename="{call.path["ws"]}{form.suffix}"'}
    return FileAnswer(file, headers, form.media_type)


def _written(call: _Call, form: Format) -> BinaryIO:
    """The export in a file without a name, from its beginning."""
    file = TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    try:
        with call.engine.event_log.of_workspace(call.actor, call.path["ws"]) as log:
            export(log, form, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
