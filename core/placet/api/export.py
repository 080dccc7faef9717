"""A workspace's log in the forms that process mining reads: written into a file, which is then sent.

A client may take as long as it likes to read, or not read at all: the view of the store is closed by then, and its
connection is given back.
"""

from __future__ import annotations

from functools import partial
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, Literal

import anyio
from fastapi import APIRouter, Query, Request

from placet.api.dependencies import CurrentActor, CurrentHouse, WorkspacePath
from placet.api.files import FileAnswer
from placet.api.models.exchange import Ocel
from placet.api.problems import Responses, header
from placet.api.routing import Route
from placet.engine.engine import Engine
from placet.engine.records import Actor
from placet.exchange.formats import FORMATS, Format, export
from placet.exchange.log import workspace_log
from placet.store import bridge

router = APIRouter(tags=["Exchange"], route_class=Route)

#: One of so many of a pool's connections may be used for exports; those who ask for more wait for their turn.
SHARE = 4
_FORMS: Responses = {
    200: {
        "headers": {"Content-Disposition": header("Content-Disposition")},
        "content": {
            each.media_type: {"schema": {"type": "string"}} for each in FORMATS.values() if each.id != "ocel2"
        },
    }
}


@router.get(
    "/workspaces/{ws}/export", operation_id="export_log", response_model=Ocel, response_description="The log.",
    responses=_FORMS,
)  # fmt: skip
async def export_log(
    ws: WorkspacePath,
    actor: CurrentActor,
    house: CurrentHouse,
    request: Request,
    form: Annotated[
        Literal["ocel2", "ocel2-sqlite", "xes", "csv"],
        Query(alias="format", description="The form of the export."),
    ] = "ocel2",
) -> FileAnswer:
    """Export the events of a workspace's items for process mining, as they stand when it begins.

    `ocel2` is OCEL 2.0 as JSON and `ocel2-sqlite` as SQLite, `xes` is XES, and `csv` a table with a row for each event.
    The answer begins when the whole log has been read.
    """
    wanted = FORMATS[form]
    turns: anyio.Semaphore = request.app.state.exports
    async with turns:
        file = await bridge.run(house.store, partial(_written, house.engine, actor, ws, wanted))
    headers = {"Content-Disposition": f'attachment; filename="{ws}{wanted.suffix}"'}
    return FileAnswer(file, headers, wanted.media_type)


def _written(engine: Engine, actor: Actor, ws: str, form: Format) -> BinaryIO:
    """The export in a file without a name, from its beginning."""
    file = TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    try:
        with workspace_log(engine, actor, ws) as log:
            export(log, form, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
